// SPDX-License-Identifier: Apache-2.0
#include "metrics/counters.hpp"

#include "holdfast/sdk/abi.h"
#include "metrics/exposition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace holdfast::metrics {
namespace {

using namespace std::chrono_literals;
using sdk::ErrorClass;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class CountersTest : public ::testing::Test {
 protected:
  std::string text() const {
    auto families = counters_.families();
    arrange(families);
    return textOf(families);
  }
  void call(std::uint32_t kind, const std::string& instance, const std::string& label,
            ErrorClass errorClass = ErrorClass::Ok, bool limited = true,
            std::chrono::nanoseconds took = 30ms) {
    counters_.called(kind, instance, {label, limited, took, errorClass});
  }

  Counters counters_;
};

TEST_F(CountersTest, CountPassesByDuration) {
  counters_.observers().passed(3ms);
  counters_.observers().passed(80ms);
  EXPECT_THAT(text(), HasSubstr("holdfast_reconcile_duration_seconds_count 2\n"));
  EXPECT_THAT(text(), HasSubstr("holdfast_reconcile_duration_seconds_bucket{le=\"0.005\"} 1\n"));
  EXPECT_THAT(text(), HasSubstr("holdfast_reconcile_duration_seconds_sum 0.083"));
}

TEST_F(CountersTest, CountPullsByResultAndClass) {
  const std::string runtime = "docker";
  counters_.observers().pulled({runtime, ErrorClass::Ok, 4s});
  counters_.observers().pulled({runtime, ErrorClass::NotFound, 200ms});
  counters_.observers().pulled({runtime, ErrorClass::NotFound, 200ms});
  EXPECT_THAT(text(),
              HasSubstr("holdfast_image_pulls_total{class=\"ok\",result=\"succeeded\",runtime="
                        "\"docker\"} 1\n"));
  EXPECT_THAT(text(),
              HasSubstr("holdfast_image_pulls_total{class=\"not_found\",result=\"failed\",runtime="
                        "\"docker\"} 2\n"));
  EXPECT_THAT(text(), HasSubstr("holdfast_image_pull_duration_seconds_bucket{result=\"succeeded\","
                                "runtime=\"docker\",le=\"5\"} 1\n"));
}

TEST_F(CountersTest, CountEventsByTypeAndReasonNotByText) {
  const auto told = counters_.observers().told;
  told({.type = model::EventType::Warning, .reason = "Failed", .message = "one"});
  told({.type = model::EventType::Warning, .reason = "Failed", .message = "another"});
  told({.type = model::EventType::Normal, .reason = "Started", .app = "1001"});
  EXPECT_THAT(text(), HasSubstr("holdfast_events_total{reason=\"Failed\",type=\"Warning\"} 2\n"));
  EXPECT_THAT(text(), HasSubstr("holdfast_events_total{reason=\"Started\",type=\"Normal\"} 1\n"));
}

TEST_F(CountersTest, CountCallsToEnginesWithoutTheStepsObject) {
  call(HOLDFAST_KIND_RUNTIME, "docker", "observe");
  call(HOLDFAST_KIND_RUNTIME, "docker", "execute createContainer", ErrorClass::Conflict);
  EXPECT_THAT(text(), HasSubstr("holdfast_engine_call_duration_seconds_count{call=\"observe\","
                                "runtime=\"docker\"} 1\n"));
  EXPECT_THAT(text(), HasSubstr("holdfast_engine_call_errors_total{call=\"createContainer\",class="
                                "\"conflict\",runtime=\"docker\"} 1\n"));
  EXPECT_THAT(text(), Not(HasSubstr("call=\"observe\",class=")));
}

TEST_F(CountersTest, LeaveOutHowLongStreamsLastedAndWhatTheAgentCancelled) {
  call(HOLDFAST_KIND_RUNTIME, "docker", "watch", ErrorClass::Unavailable, false);
  call(HOLDFAST_KIND_RUNTIME, "docker", "logs", ErrorClass::Cancelled, false);
  EXPECT_THAT(text(), HasSubstr("holdfast_engine_call_errors_total{call=\"watch\",class="
                                "\"unavailable\",runtime=\"docker\"} 1\n"));
  EXPECT_THAT(text(), Not(HasSubstr("holdfast_engine_call_duration_seconds")));
  EXPECT_THAT(text(), Not(HasSubstr("call=\"logs\"")));
}

TEST_F(CountersTest, CountDeliveriesByOutcome) {
  call(HOLDFAST_KIND_NOTIFIER, "ops", "deliver");
  call(HOLDFAST_KIND_NOTIFIER, "ops", "deliver", ErrorClass::Denied);
  EXPECT_THAT(text(), HasSubstr("holdfast_deliveries_total{notifier=\"ops\",outcome=\"ok\"} 1\n"));
  EXPECT_THAT(text(),
              HasSubstr("holdfast_deliveries_total{notifier=\"ops\",outcome=\"denied\"} 1\n"));
  EXPECT_THAT(text(), HasSubstr("holdfast_delivery_duration_seconds_count{notifier=\"ops\"} 2\n"));
}

TEST_F(CountersTest, CountCallsToTheCloudByOutcome) {
  call(HOLDFAST_KIND_UPLINK, "iotistic", "fetchTarget", ErrorClass::Unavailable);
  EXPECT_THAT(text(), HasSubstr("holdfast_uplink_calls_total{call=\"fetchTarget\",outcome="
                                "\"unavailable\",uplink=\"iotistic\"} 1\n"));
  EXPECT_THAT(text(), HasSubstr("holdfast_uplink_call_duration_seconds_count{call=\"fetchTarget\","
                                "uplink=\"iotistic\"} 1\n"));
}

TEST_F(CountersTest, CountAnswersByTheClassOfTheirStatus) {
  counters_.answered(200);
  counters_.answered(202);
  counters_.answered(404);
  EXPECT_THAT(text(), HasSubstr("holdfast_api_requests_total{status=\"2xx\"} 2\n"));
  EXPECT_THAT(text(), HasSubstr("holdfast_api_requests_total{status=\"4xx\"} 1\n"));
}

TEST_F(CountersTest, CountFollowersWhileTheyAreThere) {
  EXPECT_THAT(text(), HasSubstr("holdfast_api_event_streams 0\n"));
  {
    const Counters::Follower one(counters_);
    const Counters::Follower two(counters_);
    EXPECT_THAT(text(), HasSubstr("holdfast_api_event_streams 2\n"));
  }
  EXPECT_THAT(text(), HasSubstr("holdfast_api_event_streams 0\n"));
}

engine::Snapshot withServices(const std::vector<std::string>& keys) {
  engine::Snapshot snapshot;
  snapshot.target = std::make_shared<model::Target>();
  for (const auto& key : keys) {
    snapshot.services.emplace_back().key = key;
  }
  return snapshot;
}

TEST_F(CountersTest, ForgetServicesThatLeave) {
  counters_.look(withServices({"1/a", "1/b"}));
  for (const char* key : {"1/a", "1/b", "1/b"}) {
    counters_.observers().restarted(key);
  }
  EXPECT_EQ(counters_.services().at("1/b").restarts, 2U);
  counters_.look(withServices({"1/a"}));
  EXPECT_EQ(counters_.services().size(), 1U);
  EXPECT_EQ(counters_.services().at("1/a").restarts, 1U);
  counters_.look(engine::Snapshot{});
  EXPECT_THAT(counters_.services(), IsEmpty());
}

TEST_F(CountersTest, AreCountedFromManyThreadsWhileTheyAreRead) {
  constexpr int kThreads = 4;
  constexpr int kCalls = 500;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([this] {
      for (int n = 0; n < kCalls; ++n) {
        call(HOLDFAST_KIND_RUNTIME, "docker", "health");
        counters_.answered(200);
        counters_.observers().restarted("1/a");
        if (n % 50 == 0) {
          EXPECT_THAT(counters_.families(), Not(IsEmpty()));
        }
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  EXPECT_THAT(text(), HasSubstr("holdfast_engine_call_duration_seconds_count{call=\"health\","
                                "runtime=\"docker\"} 2000\n"));
  EXPECT_EQ(counters_.services().at("1/a").restarts, 2'000U);
}

}  // namespace
}  // namespace holdfast::metrics
