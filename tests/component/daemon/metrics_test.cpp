// SPDX-License-Identifier: Apache-2.0
// GET /metrics of the real holdfastd, with services, a receiver and a cloud.
#include "component/daemon/alerting_daemon.hpp"
#include "fixtures/lab/temp_dir.hpp"
#include "fixtures/scrape/scrape.hpp"

#include <gmock/gmock.h>

#include <fstream>

namespace holdfast::test {
namespace {

using fixtures::metricsMissing;
using fixtures::readFile;
using fixtures::readScrape;
using fixtures::Scrape;
using ::testing::IsEmpty;

// What people copy names these, and rules and dashboards of theirs do.
class DaemonMetrics : public AlertingDaemon {
 protected:
  DaemonMetrics() {
    daemon_.install("scripted_uplink", "mast");
    configure("notifier.ops.plugin = bell\nnotifier.ops.to = " + daemon_.path("ops") +
              "\nalert.route.1.to = ops\nalert.route.1.groupWait = 1s\n" +
              "uplink.plugin = mast\nuplink.to = " + daemon_.path("cloud") +
              "\nuplink.document = " + daemon_.path("target") +
              "\nuplink.pollInterval = 1s\nuplink.reportInterval = 1s\n"
              "retry.crash.initial = 1h\nretry.crash.max = 1h\n");
    // One that runs, one that crashes, one whose image does not exist.
    std::ofstream(daemon_.path("target"))
        << R"({"version": 1, "apps": {"7": {"appName": "a \"quoted\" name", "services": [
             {"serviceName": "runs", "config": {"image": "memory/sleeper:1", "livenessProbe":
              {"type": "exec", "command": ["/bin/sh", "-c", "exit 0"], "periodSeconds": 1}}},
             {"serviceName": "ends", "config": {"image": "memory/sleeper:1",
              "command": ["/bin/sh", "-c", "exit 3"]}},
             {"serviceName": "absent", "config": {"image": "memory/absent:1"}}]}}})";
  }

  Scrape scrape() { return readScrape(daemon_.request("GET", "/metrics").text); }

  bool shows(const std::string& series, double value) {
    return daemon_.eventually([&] {
      const auto shown = scrape().series;
      const auto found = shown.find(series);
      return found != shown.end() && found->second == value;
    });
  }
};

TEST_F(DaemonMetrics, ShowEveryMetricThatTheExamplesName) {
  start();
  EXPECT_TRUE(shows(R"(holdfast_target_revision)", 1));
  for (const char* file : {"/prometheus-rules.yml", "/grafana-dashboard.json"}) {
    std::set<std::string> missing;
    EXPECT_TRUE(daemon_.eventually([&] {
      missing = metricsMissing(readFile(std::string(HOLDFAST_EXAMPLES) + file), scrape());
      return missing.empty();
    })) << file;
    EXPECT_THAT(missing, IsEmpty());
  }
}

TEST_F(DaemonMetrics, SayWhatTheServicesDo) {
  start();
  const std::string app = R"re(app="a \"quoted\" name",service=)re";
  EXPECT_TRUE(shows("holdfast_service_ready{" + app + "\"runs\"}", 1));
  EXPECT_TRUE(shows("holdfast_service_status{" + app +
                        R"re("absent",status="error",reason="ImagePullBackOff"})re",
                    1));
  EXPECT_TRUE(shows("holdfast_service_retry_attempt{" + app + "\"absent\"}", 1));
  EXPECT_TRUE(shows(
      R"(holdfast_image_pulls_total{class="not_found",result="failed",runtime="memory"})", 1));
  EXPECT_TRUE(shows("holdfast_service_last_exit_code{" + app + "\"ends\"}", 3));
  EXPECT_TRUE(shows("holdfast_service_restarts_total{" + app + "\"ends\"}", 1));
  EXPECT_TRUE(shows("holdfast_probe_success{" + app + R"("runs",probe="liveness"})", 1));
  EXPECT_TRUE(shows(R"(holdfast_uplink_up{uplink="mast"})", 1));
  EXPECT_TRUE(daemon_.eventually([&] {
    const auto shown = scrape().series;
    const auto found = shown.find(R"(holdfast_deliveries_total{notifier="ops",outcome="ok"})");
    return found != shown.end() && found->second >= 1;
  }));
}

TEST_F(DaemonMetrics, CountWhatTheApiAnswers) {
  start();
  EXPECT_EQ(daemon_.request("GET", "/v1/nothing").status, 404);
  EXPECT_TRUE(shows(R"(holdfast_api_requests_total{status="4xx"})", 1));
}

TEST_F(DaemonMetrics, LoseTheSeriesOfAServiceThatLeaves) {
  start();
  EXPECT_TRUE(shows(R"(holdfast_target_revision)", 1));
  EXPECT_TRUE(daemon_.eventually([&] {
    return daemon_.request("GET", "/metrics").text.find("service=\"ends\"") != std::string::npos;
  }));
  ASSERT_EQ(daemon_.request("PUT", "/v1/target?override=1", R"({"apps": {}})").status, 200);
  EXPECT_TRUE(daemon_.eventually([&] {
    const auto answer = daemon_.request("GET", "/metrics");
    return answer.status == 200 && answer.text.find("service=") == std::string::npos;
  }));
}

}  // namespace
}  // namespace holdfast::test
