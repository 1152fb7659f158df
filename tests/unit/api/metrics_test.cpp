// SPDX-License-Identifier: Apache-2.0
#include "unit/api/fake_agent.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast::api {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Metrics, AreTextThatPrometheusReads) {
  FakeAgent agent;
  const auto response = ask(agent, "GET", "/metrics");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.contentType, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(response.body, StartsWith("# HELP "));
}

TEST(Metrics, AreOfTheAgentsStateOfWhatWasCountedAndOfTheProcess) {
  FakeAgent agent;
  agent.addService("nodered").status.ready = true;
  agent.reports.emplace_back().label = "docker";
  agent.linkView.emplace().uplink = "iotistic";
  agent.alertView.queues["ops"].entries = 3;
  agent.counts.answered(404);
  agent.counts.observers().restarted("1001/nodered");
  const auto body = ask(agent, "GET", "/metrics").body;
  for (const char* line :
       {R"(holdfast_build_info{version="1.2.3"} 1)",
        R"(holdfast_service_ready{app="monitoring",service="nodered"} 1)",
        R"(holdfast_service_restarts_total{app="monitoring",service="nodered"} 1)",
        R"(holdfast_plugin_calls_stuck{plugin="docker"} 0)",
        R"(holdfast_uplink_up{uplink="iotistic"} 0)",
        R"(holdfast_outbox_entries{notifier="ops"} 3)",
        R"(holdfast_api_requests_total{status="4xx"} 1)", "process_threads "}) {
    EXPECT_THAT(body, HasSubstr("\n" + std::string(line)));
  }
}

TEST(Metrics, HaveEachFamilyOnceInTheOrderOfTheirNames) {
  FakeAgent agent;
  agent.addService();
  std::vector<std::string> names;
  std::istringstream lines(ask(agent, "GET", "/metrics").body);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) {
      names.push_back(line.substr(7, line.find(' ', 7) - 7));
    }
  }
  const std::set<std::string> sorted(names.begin(), names.end());
  EXPECT_EQ(names, std::vector<std::string>(sorted.begin(), sorted.end()));
}

// While a stream of events is open, its client is counted.
TEST(Metrics, CountWhoFollowsTheEvents) {
  FakeAgent agent;
  const auto stream = ask(agent, "GET", "/v1/events/stream");
  class Looking : public StreamWriter {
   public:
    explicit Looking(FakeAgent& agent) : agent_(agent) {}
    bool write(std::string_view) override {
      metrics = ask(agent_, "GET", "/metrics").body;
      return false;
    }
    bool open() const override { return false; }
    std::string metrics;

   private:
    FakeAgent& agent_;
  } writer(agent);
  stream.stream(writer);
  EXPECT_THAT(writer.metrics, HasSubstr("holdfast_api_event_streams 1\n"));
  EXPECT_THAT(ask(agent, "GET", "/metrics").body, HasSubstr("holdfast_api_event_streams 0\n"));
}

}  // namespace
}  // namespace holdfast::api
