// SPDX-License-Identifier: Apache-2.0
#include "holdfast/support/async_http.hpp"

#include "fixtures/http/receiver.hpp"
#include "fixtures/net/silent_name.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>

namespace holdfast::support {
namespace {

using namespace std::chrono_literals;
using fixtures::answering;
using fixtures::ScriptedAnswer;
using fixtures::ScriptedReceiver;

constexpr auto kPatience = 20s;

AsyncResult get(AsyncHttp& client, AsyncRequest request) {
  auto promise = std::make_shared<std::promise<AsyncResult>>();
  client.start(std::move(request),
               [promise](AsyncResult result) { promise->set_value(std::move(result)); });
  auto answer = promise->get_future();
  if (answer.wait_for(kPatience) != std::future_status::ready) {
    AsyncResult late;
    late.error = HttpError::Other;
    late.errorText = "the test's own time is over";
    return late;
  }
  return answer.get();
}

TEST(AsyncHttp, CollectsTheAnswer) {
  const ScriptedReceiver server({answering("201 Created", "body")});
  AsyncHttp client;
  const AsyncResult result = get(client, {.url = server.url("/x")});
  EXPECT_EQ(result.status, 201);
  EXPECT_EQ(result.body, "body");
}

TEST(AsyncHttp, ReadsNoMoreOfABodyThanItMay) {
  const ScriptedReceiver server({answering("200 OK", std::string(5'000, 'x'))});
  AsyncHttp client;
  AsyncRequest request{.url = server.url("/")};
  request.maxBodyBytes = 1'000;
  const AsyncResult result = get(client, request);
  EXPECT_TRUE(result.ok()) << result.errorText;
  EXPECT_EQ(result.body.size(), 1'000U);
}

TEST(AsyncHttp, RefusesAHeadWithoutEnd) {
  std::string lines = "HTTP/1.1 200 OK\r\n";
  while (lines.size() < 128 * 1024) {
    lines += "X: " + std::string(1'000, 'x') + "\r\n";
  }
  const ScriptedReceiver server({{lines, ScriptedAnswer::After::Hang}});
  AsyncHttp client;
  const AsyncResult result = get(client, {.url = server.url("/"), .timeoutMs = 10'000});
  EXPECT_FALSE(result.ok());
  EXPECT_NE(result.error, HttpError::Timeout) << "it was not refused, but waited for";
}

TEST(AsyncHttp, SaysWhatIsWrongWithAUrl) {
  AsyncHttp client;
  EXPECT_FALSE(get(client, {.url = "http://"}).ok());
  EXPECT_FALSE(get(client, {.url = "file:///etc/passwd"}).ok());
}

TEST(AsyncHttp, ACancelledRequestHasNoAnswer) {
  const ScriptedReceiver hanging({{"", ScriptedAnswer::After::Hang}});
  const ScriptedReceiver server({answering("200 OK")});
  AsyncHttp client;
  std::atomic<bool> answered{false};
  const auto id = client.start({.url = hanging.url("/"), .timeoutMs = 200},
                               [&answered](const AsyncResult&) { answered = true; });
  client.cancel(id);
  client.cancel(id);
  // Longer on its way than the cancelled one had time.
  ScriptedReceiver slow({{"", ScriptedAnswer::After::Hang}});
  EXPECT_EQ(get(client, {.url = slow.url("/"), .timeoutMs = 400}).error, HttpError::Timeout);
  EXPECT_FALSE(answered);
  EXPECT_EQ(get(client, {.url = server.url("/")}).status, 200);
}

// All share one thread.
TEST(AsyncHttp, ANameThatIsLookedUpHoldsNobodyUp) {
  const fixtures::SilentName name;
  const std::string url = std::string("http://") + fixtures::SilentName::kName;
  const ScriptedReceiver server({answering("200 OK")});
  {
    AsyncHttp client;
    const auto id = client.start({.url = url, .timeoutMs = 60'000},
                                 [](const AsyncResult&) { ADD_FAILURE() << "it was cancelled"; });
    EXPECT_TRUE(name.isAsked());
    client.cancel(id);
    EXPECT_EQ(get(client, {.url = server.url("/")}).status, 200);
    EXPECT_EQ(get(client, {.url = url, .timeoutMs = 200}).error, HttpError::Timeout);
    client.start({.url = url, .timeoutMs = 60'000}, [](const AsyncResult&) {});
  }
  EXPECT_FALSE(name.waitedFor());
}

TEST(AsyncHttp, EndsWhileRequestsAreOnTheirWay) {
  const ScriptedReceiver hanging({{"", ScriptedAnswer::After::Hang}});
  std::atomic<bool> answered{false};
  {
    AsyncHttp client;
    for (int count = 0; count < 10; ++count) {
      client.start({.url = hanging.url("/"), .timeoutMs = 60'000},
                   [&answered](const AsyncResult&) { answered = true; });
    }
  }
  EXPECT_FALSE(answered);
}

TEST(AsyncHttp, CarriesHundredsAtOnce) {
  const ScriptedReceiver hanging({{"", ScriptedAnswer::After::Hang}});
  AsyncHttp client;
  std::atomic<int> ended{0};
  auto all = std::make_shared<std::promise<void>>();
  constexpr int kRequests = 300;
  for (int count = 0; count < kRequests; ++count) {
    client.start({.url = hanging.url("/"), .timeoutMs = 300}, [&ended, all](const AsyncResult&) {
      if (++ended == kRequests) {
        all->set_value();
      }
    });
  }
  EXPECT_EQ(all->get_future().wait_for(kPatience), std::future_status::ready);
}

}  // namespace
}  // namespace holdfast::support
