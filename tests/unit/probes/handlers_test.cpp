// SPDX-License-Identifier: Apache-2.0
// Probes against real servers on loopback, and what the end of each kind means.
#include "probes/handlers.hpp"

#include "fixtures/http/receiver.hpp"
#include "fixtures/net/loopback.hpp"
#include "fixtures/tls/certificates.hpp"
#include "unit/engine/support/fake_runtime.hpp"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <vector>

namespace holdfast::probes {
namespace {

using namespace std::chrono_literals;
using fixtures::answering;
using fixtures::ScriptedAnswer;
using fixtures::ScriptedReceiver;
using Kind = Attempt::Kind;

// Far more than any attempt here takes: what hangs fails.
constexpr auto kPatience = 20s;

class HandlersTest : public ::testing::Test {
 protected:
  HandlersTest() : handlers("1.2.3", {&runtime}) {
    task.runtime = "docker";
    task.containerId = "c1";
  }

  static Place at(int port) {
    return {"127.0.0.1", static_cast<std::uint16_t>(port), "host network", {}};
  }

  std::future<Attempt> begin(const model::Probe& probe, const Place& place) {
    auto promise = std::make_shared<std::promise<Attempt>>();
    flights_.push_back(handlers.begin(task, probe, place, [promise](Attempt attempt) {
      promise->set_value(std::move(attempt));
    }));
    return promise->get_future();
  }
  Attempt probe(const model::Probe& what, const Place& place) {
    auto answer = begin(what, place);
    if (answer.wait_for(kPatience) != std::future_status::ready)
      return {Kind::Error, "the test's own time is over", {}};
    return answer.get();
  }
  Attempt get(const ScriptedReceiver& server, model::Probe what = {}) {
    return probe(what, at(server.port()));
  }

  static ScriptedAnswer redirectTo(const std::string& location) {
    return answering("302 Found", "", "Location: " + location + "\r\n");
  }

  engine::test::ManualClock clock;
  engine::test::FakeRuntime runtime{"docker", clock};
  RealHandlers handlers;
  engine::ProbeTask task;

 private:
  std::vector<std::unique_ptr<Flight>> flights_;
};

TEST_F(HandlersTest, AsksAsThisAgent) {
  const ScriptedReceiver server({answering("200 OK", "fine")});
  model::Probe what;
  what.path = "/health?deep=1";
  what.headers = {{"Host", "web.example"}, {"X-Probe", "yes"}};
  const Attempt attempt = get(server, what);
  EXPECT_EQ(attempt.kind, Kind::Success) << attempt.text;
  EXPECT_EQ(attempt.text, "HTTP status 200");
  ASSERT_EQ(server.requests().size(), 1U);
  const auto request = server.requests()[0];
  EXPECT_EQ(request.line, "GET /health?deep=1 HTTP/1.1");
  EXPECT_EQ(request.header("User-Agent"), "holdfast-probe/1.2.3");
  EXPECT_EQ(request.header("Accept"), "*/*");
  EXPECT_EQ(request.header("Host"), "web.example");
  EXPECT_EQ(request.header("X-Probe"), "yes");
}

TEST_F(HandlersTest, HeadersOfTheTargetReplaceItsOwn) {
  const ScriptedReceiver server({answering("200 OK")});
  model::Probe what;
  what.headers = {{"user-agent", "mine"}, {"Accept", ""}};
  EXPECT_EQ(get(server, what).kind, Kind::Success);
  EXPECT_EQ(server.requests()[0].header("User-Agent"), "mine");
  EXPECT_EQ(server.requests()[0].head.find("Accept:"), std::string::npos);
}

struct Status {
  int code;
  int least;
  int most;
  Kind kind;
};
class StatusRule : public HandlersTest, public ::testing::WithParamInterface<Status> {};

TEST_P(StatusRule, DecidesByTheExpectedRange) {
  const ScriptedReceiver server({answering(std::to_string(GetParam().code) + " Any")});
  model::Probe what;
  what.expectedStatusMin = GetParam().least;
  what.expectedStatusMax = GetParam().most;
  const Attempt attempt = get(server, what);
  EXPECT_EQ(attempt.kind, GetParam().kind);
  if (GetParam().kind == Kind::Failure) {
    EXPECT_EQ(attempt.text,
              "HTTP probe failed with statuscode: " + std::to_string(GetParam().code));
  }
}
INSTANTIATE_TEST_SUITE_P(
    Table, StatusRule,
    ::testing::Values(Status{200, 200, 399, Kind::Success}, Status{204, 200, 399, Kind::Success},
                      Status{304, 200, 399, Kind::Success}, Status{400, 200, 399, Kind::Failure},
                      Status{503, 200, 399, Kind::Failure}, Status{401, 401, 401, Kind::Success},
                      Status{200, 204, 204, Kind::Failure}),
    [](const auto& test) {
      return std::to_string(test.param.code) + "in" + std::to_string(test.param.least) + "to" +
             std::to_string(test.param.most);
    });

TEST_F(HandlersTest, FollowsRedirectsToTheSameHost) {
  const ScriptedReceiver end({answering("500 Broken")});
  const ScriptedReceiver server(
      {redirectTo("/next?for=http://web.example/"), redirectTo(end.url("/end"))});
  model::Probe what;
  what.headers = {{"Host", "web.example"}};
  EXPECT_EQ(get(server, what).text, "HTTP probe failed with statuscode: 500");
  ASSERT_EQ(server.requests().size(), 2U);
  EXPECT_EQ(server.requests()[1].line, "GET /next?for=http://web.example/ HTTP/1.1");
  EXPECT_EQ(server.requests()[1].header("Host"), "web.example");
  ASSERT_EQ(end.requests().size(), 1U) << "another port is no other host";
  EXPECT_EQ(end.requests()[0].header("Host"), "127.0.0.1:" + std::to_string(end.port()));
}

TEST_F(HandlersTest, ARedirectToAnotherHostIsASuccessWithAWarning) {
  const ScriptedReceiver server({redirectTo("https://me:word@elsewhere.example:8443/in?key=s3c")});
  const Attempt attempt = get(server);
  EXPECT_EQ(attempt.kind, Kind::Success);
  EXPECT_EQ(attempt.warning,
            "the redirect to another host was not followed: https://elsewhere.example:8443");
}

TEST_F(HandlersTest, StopsAfterTenRedirects) {
  const ScriptedReceiver server({redirectTo("/again")});
  const Attempt attempt = get(server);
  EXPECT_EQ(attempt.kind, Kind::Failure);
  EXPECT_EQ(attempt.text, "HTTP probe failed: stopped after 10 redirects");
  EXPECT_EQ(server.requests().size(), 11U);
}

TEST_F(HandlersTest, ARedirectThatIsExpectedIsTheAnswer) {
  const ScriptedReceiver server({redirectTo("/login"), answering("500 Broken")});
  model::Probe what;
  what.expectedStatusMin = what.expectedStatusMax = 302;
  const Attempt attempt = get(server, what);
  EXPECT_EQ(attempt.kind, Kind::Success);
  EXPECT_EQ(attempt.warning, "");
}

TEST_F(HandlersTest, VerifiesNoCertificate) {
  const fixtures::Certificates certificates;
  const ScriptedReceiver server({answering("200 OK")},
                                fixtures::ServerTls{certificates.otherName(), {}});
  model::Probe what;
  what.scheme = "https";
  const Attempt attempt = get(server, what);
  EXPECT_EQ(attempt.kind, Kind::Success) << attempt.text;
}

TEST_F(HandlersTest, GoesThroughNoProxy) {
  ::setenv("http_proxy", "http://127.0.0.1:9", 1);
  const ScriptedReceiver server({answering("200 OK")});
  EXPECT_EQ(get(server).kind, Kind::Success);
  ::unsetenv("http_proxy");
}

TEST_F(HandlersTest, ReadsTenKibibytesOfABodyAndIsContent) {
  const ScriptedReceiver server({{"HTTP/1.1 200 OK\r\n\r\n", ScriptedAnswer::After::Endless}});
  EXPECT_EQ(get(server).kind, Kind::Success);
}

TEST_F(HandlersTest, AServerThatNeverAnswersTimesOut) {
  const ScriptedReceiver server({{"", ScriptedAnswer::After::Hang}});
  const Attempt attempt = get(server);
  EXPECT_EQ(attempt.kind, Kind::Failure);
  EXPECT_EQ(attempt.text, "HTTP probe timed out after 1s");
}

TEST_F(HandlersTest, ABodyThatDripsTimesOut) {
  const ScriptedReceiver server({{"HTTP/1.1 200 OK\r\n\r\n", ScriptedAnswer::After::Drip}});
  EXPECT_EQ(get(server).text, "HTTP probe timed out after 1s");
}

TEST_F(HandlersTest, RedirectsHaveOneTimeTogether) {
  // Each takes 700 ms: 35 bytes, one every 20 ms.
  const ScriptedReceiver server(
      {{"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 35\r\n\r\n",
        ScriptedAnswer::After::Drip}});
  EXPECT_EQ(get(server).text, "HTTP probe timed out after 1s");
}

TEST_F(HandlersTest, NonsenseIsAFailure) {
  const ScriptedReceiver server({{"SSH-2.0-OpenSSH_9.2\r\n", ScriptedAnswer::After::Close}});
  const Attempt attempt = get(server);
  EXPECT_EQ(attempt.kind, Kind::Failure);
  EXPECT_TRUE(attempt.text.starts_with("HTTP probe failed: ")) << attempt.text;
}

TEST_F(HandlersTest, AResetIsAFailure) {
  const ScriptedReceiver server({{"", ScriptedAnswer::After::Reset}});
  EXPECT_EQ(get(server).kind, Kind::Failure);
}

TEST_F(HandlersTest, AClosedPortIsAFailure) {
  const Attempt attempt = probe({}, at(fixtures::freePort()));
  EXPECT_EQ(attempt.kind, Kind::Failure);
  EXPECT_TRUE(attempt.text.starts_with("HTTP probe failed: ")) << attempt.text;
}

TEST_F(HandlersTest, TcpSucceedsWhereSomebodyListens) {
  model::Probe what;
  what.type = model::Probe::Type::Tcp;
  const fixtures::LoopbackSocket listener(SOCK_STREAM);
  EXPECT_EQ(probe(what, at(listener.port())).kind, Kind::Success);
  const Attempt refused = probe(what, at(fixtures::freePort()));
  EXPECT_EQ(refused.kind, Kind::Failure);
  EXPECT_TRUE(refused.text.starts_with("TCP probe failed: ")) << refused.text;
}

TEST_F(HandlersTest, NoWayToTheContainerIsAnError) {
  Place nowhere;
  nowhere.problem = "no address";
  EXPECT_EQ(probe({}, nowhere).kind, Kind::Error);
  EXPECT_EQ(probe({}, nowhere).text, "no address");
}

TEST_F(HandlersTest, OneThatHangsDelaysNobodyElse) {
  const ScriptedReceiver hanging({{"", ScriptedAnswer::After::Hang}});
  model::Probe patient;
  patient.timeout = 60s;
  std::vector<std::future<Attempt>> waiting;
  for (int count = 0; count < 20; ++count)
    waiting.push_back(begin(patient, at(hanging.port())));
  const ScriptedReceiver server({answering("200 OK")});
  EXPECT_EQ(get(server).kind, Kind::Success);
  EXPECT_EQ(waiting.front().wait_for(0s), std::future_status::timeout);
}

TEST_F(HandlersTest, AnUnknownRuntimeIsAnError) {
  task.runtime = "podman";
  model::Probe what;
  what.type = model::Probe::Type::Exec;
  what.command = {"true"};
  EXPECT_EQ(probe(what, {}).text, "the runtime podman is not loaded");
}

TEST_F(HandlersTest, ACommandThatCouldNotBeRunIsAnError) {
  model::Probe what;
  what.type = model::Probe::Type::Exec;
  what.command = {"true"};
  const Attempt attempt = probe(what, {});
  EXPECT_EQ(attempt.kind, Kind::Error);
  EXPECT_EQ(attempt.text, "no commands are run here");
}

TEST(JudgeExec, GoesByTheExitCode) {
  model::Probe what;
  what.timeout = 2s;
  EXPECT_EQ(judgeExec(what, {}, {0, false, "fine"}).kind, Kind::Success);
  EXPECT_EQ(judgeExec(what, {}, {0, false, "fine"}).text, "fine");
  EXPECT_EQ(judgeExec(what, {}, {1, false, "broken"}).kind, Kind::Failure);
  EXPECT_EQ(judgeExec(what, {}, {1, false, "broken"}).text,
            "command ended with exit code 1: broken");
  EXPECT_EQ(judgeExec(what, {}, {127, false, ""}).text, "command ended with exit code 127");
  EXPECT_EQ(judgeExec(what, {}, {0, true, "half"}).kind, Kind::Failure);
  EXPECT_EQ(judgeExec(what, {}, {0, true, ""}).text, "command timed out after 2s");
}

}  // namespace
}  // namespace holdfast::probes
