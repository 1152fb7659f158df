// SPDX-License-Identifier: Apache-2.0
// The server on a real socket, before an agent that is a fake.
#include "api/server.hpp"

#include "api/unix_socket.hpp"
#include "fixtures/plugins/temporary_directory.hpp"
#include "unit/api/fake_agent.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <mutex>

namespace holdfast::api {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

class Client {
 public:
  explicit Client(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(&address.sun_path[0], path.c_str(), path.size());
    connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~Client() { close(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }
  void send(const std::string& bytes) const {
    EXPECT_EQ(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  void finish() const { ::shutdown(fd_, SHUT_WR); }
  void close() { ::close(std::exchange(fd_, -1)); }

  void trySend(const std::string& bytes) const {
    static_cast<void>(!::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
  }
  [[nodiscard]] bool closedWithin(std::chrono::milliseconds patience) const {
    pollfd wait{fd_, POLLIN, 0};
    return ::poll(&wait, 1, static_cast<int>(patience.count())) > 0;
  }

  // Everything until the server closes; or until `wanted` is part of it.
  std::string receive(const std::string& wanted = "") {
    char buffer[4096];
    pollfd wait{fd_, POLLIN, 0};
    while ((wanted.empty() || text_.find(wanted) == std::string::npos) &&
           ::poll(&wait, 1, 20'000) > 0) {
      const ssize_t got = ::recv(fd_, buffer, sizeof buffer, 0);
      if (got <= 0) {
        break;
      }
      text_.append(buffer, static_cast<std::size_t>(got));
    }
    return text_;
  }

 private:
  int fd_;
  bool connected_ = false;
  std::string text_;
};

// Waits for real, and may be asked from several threads.
class WaitingAgent : public FakeAgent {
 public:
  model::Now now() const override { return model::SystemClock().now(); }
  News waitForNews(const News& seen, model::Milliseconds patience) override {
    return feed.wait(seen, patience);
  }
  std::vector<model::Event> events(const EventQuery& query) override {
    const std::lock_guard lock(mutex_);
    return FakeAgent::events(query);
  }
  void happens(std::int64_t id) {
    const std::lock_guard lock(mutex_);
    model::Event event;
    event.id = id;
    history.push_back(event);
    feed.publishEvents();
  }

 private:
  std::mutex mutex_;
};

class ServerTest : public testing::Test {
 protected:
  void start(ServerSettings settings = {}) {
    settings.socketPath = path();
    server_ = std::make_unique<Server>(settings, agent_,
                                       [this](engine::Severity, const std::string& text) {
                                         const std::lock_guard lock(mutex_);
                                         log_.push_back(text);
                                       });
    server_->start();
  }
  void TearDown() override {
    agent_.feed.stop();
    server_.reset();
  }

  [[nodiscard]] std::string path() const { return directory_.path() / "s.sock"; }

  std::string exchange(const std::string& request) {
    Client client(path());
    client.send(request);
    client.finish();
    return client.receive();
  }

  test::TemporaryDirectory directory_;
  WaitingAgent agent_;
  std::mutex mutex_;
  std::vector<std::string> log_;
  std::unique_ptr<Server> server_;
};

constexpr const char* kGet = "GET /v1/services HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

TEST_F(ServerTest, Answers) {
  agent_.addService();
  start();
  const auto answer = exchange(kGet);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(answer, HasSubstr("ETag: "));
  EXPECT_THAT(answer, HasSubstr("\r\n\r\n{\"services\":[{"));
}

TEST_F(ServerTest, SeveralRequestsShareAConnection) {
  start();
  Client client(path());
  for (int i = 0; i < 3; ++i) {
    client.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  client.finish();
  const auto answers = client.receive();
  EXPECT_EQ(answers.find("HTTP/1.1 200 OK"), 0U);
  EXPECT_NE(answers.find("HTTP/1.1 200 OK", 1), std::string::npos);
}

TEST_F(ServerTest, TakesABodyAndNotesWhoChangedSomething) {
  agent_.result.revision = 5;
  start();
  EXPECT_THAT(exchange("PUT /v1/target HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"),
              StartsWith("HTTP/1.1 200 OK"));
  EXPECT_EQ(agent_.targets.at(0).text, "{}");
  server_->stop(10s);
  EXPECT_THAT(log_, testing::Contains("PUT /v1/target by uid " + std::to_string(::getuid()) +
                                      " (pid " + std::to_string(::getpid()) + "): 200"));
}

TEST_F(ServerTest, HeadHasNoBody) {
  start();
  const auto answer =
      exchange("HEAD /v1/services HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK"));
  EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST_F(ServerTest, NotModifiedHasNoBody) {
  start();
  const auto answer = exchange(
      "GET /v1/services HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\n"
      "Connection: close\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 304 "));
  EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

struct BadRequest {
  const char* name;
  std::string text;
  const char* status;  // of the answer; empty: closed without one
};

class BadRequests : public ServerTest, public testing::WithParamInterface<BadRequest> {};

TEST_P(BadRequests, AreRefusedAndTheNextOneIsServed) {
  start();
  const auto answer = exchange(GetParam().text);
  if (*GetParam().status == '\0') {
    EXPECT_EQ(answer, "");
  } else {
    EXPECT_THAT(answer, StartsWith(std::string("HTTP/1.1 ") + GetParam().status));
    // One answer: nothing behind it was taken for a request of its own.
    EXPECT_EQ(answer.find("\nHTTP/1.1 "), std::string::npos) << answer;
  }
  EXPECT_TRUE(agent_.targets.empty());
  EXPECT_THAT(exchange(kGet), StartsWith("HTTP/1.1 200 OK"));
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadRequests,
    testing::Values(
        BadRequest{"nothing", "", ""}, BadRequest{"garbage", "GARBAGE\r\n\r\n", "400"},
        BadRequest{"zeros", std::string(4000, '\0'), "400"},
        BadRequest{"longUri", "GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\n\r\n", "414"},
        BadRequest{"longMethod", std::string(100, 'A') + " / HTTP/1.1\r\n\r\n", "400"},
        BadRequest{"longHeader", "GET / HTTP/1.1\r\nX: " + std::string(40'000, 'a') + "\r\n\r\n",
                   "431"},
        BadRequest{"manyHeaders",
                   [] {
                     std::string text = "GET / HTTP/1.1\r\n";
                     for (int i = 0; i < 300; ++i) {
                       text += "X" + std::to_string(i) + ": y\r\n";
                     }
                     return text + "\r\n";
                   }(),
                   "431"},
        BadRequest{"negativeLength", "PUT /v1/target HTTP/1.1\r\nContent-Length: -5\r\n\r\nabc",
                   "400"},
        BadRequest{"noLength", "PUT /v1/target HTTP/1.1\r\nContent-Length: x\r\n\r\nabc", "400"},
        BadRequest{
            "twoLengths",
            "PUT /v1/target HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 30\r\n\r\n{}GET",
            "400"},
        BadRequest{"lengthAndChunks",
                   "PUT /v1/target HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: "
                   "chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                   "400"},
        BadRequest{"shortBody", "PUT /v1/target HTTP/1.1\r\nContent-Length: 100\r\n\r\nabc", "400"},
        BadRequest{"hugeBody",
                   "PUT /v1/target HTTP/1.1\r\nContent-Length: 9000000\r\n\r\nGET / HTTP/1.1\r\n",
                   "413"},
        BadRequest{
            "chunked",
            "PUT /v1/target HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            "411"},
        BadRequest{"unknownPath", "GET /v2 HTTP/1.1\r\nConnection: close\r\n\r\n", "404"},
        BadRequest{"unknownMethod", "BREW /v1/target HTTP/1.1\r\nConnection: close\r\n\r\n", "405"},
        BadRequest{"absoluteUri", "GET http://x/v1/info HTTP/1.1\r\nConnection: close\r\n\r\n",
                   "400"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(ServerTest, ARequestHasToArriveInTime) {
  start({.requestTimeout = 50ms});
  Client half(path());
  half.send("GET /v1/services HT");
  EXPECT_THAT(half.receive(), StartsWith("HTTP/1.1 408 "));
  Client body(path());
  body.send("PUT /v1/target HTTP/1.1\r\nContent-Length: 9\r\n\r\n{");
  EXPECT_THAT(body.receive(), StartsWith("HTTP/1.1 408 "));
}

// Each piece comes in time for itself, the whole never does.
TEST_F(ServerTest, ASlowRequestIsCutOffAsAWhole) {
  start({.requestTimeout = 100ms});
  Client client(path());
  client.send("GET /v1/services HTTP/1.1\r\nX: ");
  while (!client.closedWithin(5ms)) {
    client.trySend("y");
  }
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 408 "));
}

TEST_F(ServerTest, LongPollsAnswerAtOnceWhenSomethingHappens) {
  agent_.state.version = 1;
  start();
  Client client(path());
  client.send("GET /v1/events?after=0&wait=60 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  agent_.happens(1);
  EXPECT_THAT(client.receive(), HasSubstr("\"last\":1"));
}

TEST_F(ServerTest, StreamsUntilTheAgentStops) {
  start();
  Client client(path());
  client.send("GET /v1/events/stream HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.receive(": events"), HasSubstr("Content-Type: text/event-stream\r\n"));
  agent_.feed.stop();
  EXPECT_TRUE(client.receive().ends_with("0\r\n\r\n"));
}

TEST_F(ServerTest, TooManyFollowersAreTurnedAway) {
  start({.maxConnections = 8, .maxFollowers = 2});
  Client first(path());
  Client second(path());
  for (auto* client : {&first, &second}) {
    client->send("GET /v1/events/stream HTTP/1.1\r\nHost: x\r\n\r\n");
    client->receive(": events");
  }
  EXPECT_THAT(exchange("GET /v1/events?wait=60 HTTP/1.1\r\nConnection: close\r\n\r\n"),
              StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(exchange(kGet), StartsWith("HTTP/1.1 200 OK"));
  first.close();
  // Its place is free once the server has looked.
  std::string answer;
  do {
    Client next(path());
    next.send("GET /v1/events/stream HTTP/1.1\r\nHost: x\r\n\r\n");
    answer = next.receive("\r\n\r\n");
  } while (answer.starts_with("HTTP/1.1 503 "));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK"));
}

// The calling thread as another user, for those who ask the kernel from now on.
class OtherUser {
 public:
  explicit OtherUser(uid_t user) { become(user); }
  ~OtherUser() { become(0); }
  OtherUser(const OtherUser&) = delete;
  OtherUser& operator=(const OtherUser&) = delete;

 private:
  // The C library's own call would change every thread, and the server's with them.
  static void become(uid_t user) {
    EXPECT_EQ(::syscall(SYS_setresuid, -1, user, -1), 0) << std::strerror(errno);
  }
};

TEST_F(ServerTest, OneUserDoesNotTakeThePlacesOfAllReaders) {
  if (::geteuid() != 0) {
    return;  // nobody else can be somebody else
  }
  std::filesystem::permissions(directory_.path(), std::filesystem::perms(0755));
  start({.readGroup = "root", .maxConnections = 8, .maxFollowers = 2});
  std::vector<std::unique_ptr<Client>> clients;
  const auto answerTo = [&](uid_t user) {
    {
      const OtherUser other(user);
      clients.push_back(std::make_unique<Client>(path()));
    }
    clients.back()->trySend("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    return clients.back()->receive("\r\n\r\n");
  };
  constexpr uid_t kGreedy = 65'001;
  EXPECT_THAT(answerTo(kGreedy), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(answerTo(kGreedy), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(answerTo(kGreedy), StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(answerTo(kGreedy + 1), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServerTest, StopsWithIdleAndWaitingConnections) {
  start();
  Client idle(path());
  Client half(path());
  half.send("GET /");
  Client waiting(path());
  waiting.send("GET /v1/events/stream HTTP/1.1\r\nHost: x\r\n\r\n");
  waiting.receive(": events");
  agent_.feed.stop();
  server_->stop(10s);
  EXPECT_FALSE(std::filesystem::exists(path()));
  EXPECT_FALSE(Client(path()).connected());
}

TEST_F(ServerTest, TheSocketIsForItsGroupAlone) {
  start();
  struct stat status {};
  ASSERT_EQ(::stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0660U);
  EXPECT_EQ(status.st_uid, ::geteuid());
}

TEST_F(ServerTest, AGroupThatDoesNotExistIsSaid) {
  start({.group = "no-such-group"});
  EXPECT_THAT(log_,
              testing::ElementsAre(HasSubstr("there is no group 'no-such-group' (api.group)")));
}

TEST_F(ServerTest, ReplacesASocketThatNobodyAnswersOn) {
  ::close(listenOn(path(), SocketGroups{}));
  ASSERT_TRUE(std::filesystem::exists(path()));
  start();
  EXPECT_THAT(exchange(kGet), StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(ServerTest, LeavesASocketThatIsInUse) {
  start();
  EXPECT_THROW(static_cast<void>(listenOn(path(), SocketGroups{})), SocketError);
  EXPECT_THAT(exchange(kGet), StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(ServerTest, LeavesAFileThatIsNoSocket) {
  std::ofstream(path()) << "precious";
  EXPECT_THROW(static_cast<void>(listenOn(path(), SocketGroups{})), SocketError);
  EXPECT_TRUE(std::filesystem::exists(path()));
}

TEST_F(ServerTest, SaysWhatIsWrongWithThePath) {
  const auto message = [](const std::string& where) {
    try {
      ::close(listenOn(where, SocketGroups{}));
    } catch (const SocketError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(message("/nonexistent/s.sock"), HasSubstr("No such file or directory"));
  EXPECT_THAT(message("/" + std::string(200, 'x')), HasSubstr("expected at most 107 bytes"));
}

}  // namespace
}  // namespace holdfast::api
