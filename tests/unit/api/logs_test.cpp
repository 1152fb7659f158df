// SPDX-License-Identifier: Apache-2.0
#include "unit/api/fake_agent.hpp"

#include <gtest/gtest.h>

namespace holdfast::api {
namespace {

using namespace std::chrono_literals;

class LogsTest : public testing::Test {
 protected:
  LogsTest() { agent_.addService().status.containerId = "c1"; }
  Response get(const std::string& query = "") {
    return ask(agent_, "GET", "/v1/services/1001/nodered/logs" + query);
  }
  std::string read(const Response& response, int most = 1'000) {
    Collector out(most);
    response.stream(out);
    return out.text;
  }
  FakeAgent agent_;
};

TEST_F(LogsTest, WritesALineOfJsonPerLine) {
  agent_.output = {{sdk::OutputStream::Stdout, agent_.time.wall, "hello \"you\""},
                   {sdk::OutputStream::Stderr, std::nullopt, "bad \xff byte"}};
  const auto response = get();
  EXPECT_EQ(response.contentType, "application/x-ndjson");
  const auto text = read(response);
  EXPECT_TRUE(text.starts_with(R"({"stream":"stdout","line":"hello \"you\"",)"
                               R"("time":"2025-10-24T10:16:02.114Z"})"
                               "\n"))
      << text;
  EXPECT_NE(text.find(R"({"stream":"stderr","line":"bad )"), std::string::npos);
  EXPECT_NE(text.find(R"("time":null})"), std::string::npos);
  EXPECT_EQ(agent_.logRuntime, "docker");
  EXPECT_EQ(agent_.logQuery.containerId, "c1");
  EXPECT_FALSE(agent_.logQuery.follow);
  EXPECT_FALSE(agent_.logQuery.tail);
}

TEST_F(LogsTest, PassesTheQueryOn) {
  read(get("?tail=5&follow=1&since=1h&until=2025-10-24T10:00:00Z"));
  EXPECT_EQ(agent_.logQuery.tail, 5);
  EXPECT_TRUE(agent_.logQuery.follow);
  EXPECT_EQ(agent_.logQuery.since, agent_.time.wall - 1h);
  EXPECT_EQ(agent_.logQuery.until, model::fromRfc3339("2025-10-24T10:00:00Z"));
  EXPECT_EQ(get("?tail=-1").status, 400);
  EXPECT_EQ(get("?follow=maybe").status, 400);
}

TEST_F(LogsTest, StopsWithTheClient) {
  agent_.output.assign(10, {sdk::OutputStream::Stdout, std::nullopt, "x"});
  const auto text = read(get(), 3);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
}

TEST_F(LogsTest, TheLastLineSaysWhatWentWrong) {
  agent_.logResult = {.errorClass = sdk::ErrorClass::NotFound, .message = "no such container"};
  EXPECT_EQ(read(get()), R"({"error":"no such container","class":"not_found"})"
                         "\n");
}

TEST_F(LogsTest, NeedsAContainer) {
  agent_.state.services[0].status.containerId.reset();
  EXPECT_EQ(get().status, 409);
  EXPECT_EQ(ask(agent_, "GET", "/v1/services/1001/x/logs").status, 404);
}

}  // namespace
}  // namespace holdfast::api
