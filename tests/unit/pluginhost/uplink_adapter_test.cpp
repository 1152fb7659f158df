// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/uplink_adapter.hpp"

#include <gmock/gmock.h>

#include <poll.h>

#include <atomic>
#include <future>
#include <stdexcept>

namespace holdfast::pluginhost {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr auto kLong = 30s;  // only ever reached by a test that fails

void waitForCancel(sdk::Call& call) {
  struct pollfd fd {
    call.cancelFd(), POLLIN, 0
  };
  ::poll(&fd, 1, 30'000);
}

// Does what the test says, in the place of a loaded plugin.
class FakeUplink final : public sdk::UplinkPlugin {
 public:
  std::function<sdk::Status(const sdk::DeviceInfo&, sdk::Call&)> onEnrol;
  std::function<sdk::Status(const sdk::FetchRequest&, sdk::TargetSink&, sdk::Call&)> onFetch;
  std::function<sdk::Status(const sdk::Report&, sdk::Call&)> onReport;
  std::function<sdk::Status(std::span<const sdk::ServiceLogLine>, sdk::Call&)> onLogs;
  std::atomic<sdk::EnrolmentStep> step{sdk::EnrolmentStep::None};

  sdk::Status start(sdk::Call&) override { return {}; }
  sdk::Status health(sdk::Call&) override { return {}; }
  void stop() noexcept override {}
  [[nodiscard]] sdk::EnrolmentStep enrolment() const noexcept override { return step; }
  sdk::Status enrol(const sdk::DeviceInfo& device, sdk::Call& call) override {
    return onEnrol(device, call);
  }
  sdk::Status fetchTarget(const sdk::FetchRequest& request, sdk::TargetSink& sink,
                          sdk::Call& call) override {
    return onFetch(request, sink, call);
  }
  sdk::Status deliverReport(const sdk::Report& report, sdk::Call& call) override {
    return onReport(report, call);
  }
  sdk::Status deliverLogs(std::span<const sdk::ServiceLogLine> lines, sdk::Call& call) override {
    return onLogs ? onLogs(lines, call) : UplinkPlugin::deliverLogs(lines, call);
  }
  void facts(sdk::FactSink& sink) const noexcept override { sink.fact("url", "https://cloud"); }
};

struct Fetch {
  engine::CallResult result;
  std::optional<uplink::FetchedTarget> target;
};

class UplinkAdapterTest : public ::testing::Test {
 protected:
  template <class Begin>
  static engine::CallResult resultOf(const Begin& begin) {
    std::promise<engine::CallResult> answer;
    begin([&](engine::CallResult result) { answer.set_value(std::move(result)); });
    auto future = answer.get_future();
    return future.wait_for(kLong) == std::future_status::ready ? future.get()
                                                               : engine::CallResult{};
  }

  Fetch fetch(const std::string& etag = "") {
    std::promise<Fetch> answer;
    adapter_.fetchTarget(etag, [&](auto result, auto target) {
      answer.set_value({std::move(result), std::move(target)});
    });
    return answer.get_future().get();
  }

  engine::CallResult report() {
    return resultOf([&](auto done) { adapter_.deliverReport(7, R"({"sequence": 7})", done); });
  }

  // A fetch in which the plugin hands over just this.
  Fetch fetched(const std::string& document, const std::string& etag) {
    plugin_.onFetch = [&](const auto&, sdk::TargetSink& sink, auto&) {
      sink.target(document, etag);
      return sdk::Status{};
    };
    return fetch();
  }

  static SupervisorLimits limits() {
    SupervisorLimits limits;
    limits.grace = 50ms;
    return limits;
  }

  FakeUplink plugin_;
  std::shared_ptr<UplinkWords> words_ = std::make_shared<UplinkWords>();
  UplinkDeadlines deadlines_{10'000ms, 20'000ms, 40'000ms, 80'000ms};
  Supervisor supervisor_{"mast", limits(), std::make_shared<Alarm>(), {}};
  UplinkAdapter adapter_{"mast", plugin_, supervisor_, words_, deadlines_};
};

TEST_F(UplinkAdapterTest, HandsOverEverythingOfTheDevice) {
  std::string seen;
  std::int64_t left = 0;
  plugin_.onEnrol = [&](const sdk::DeviceInfo& device, sdk::Call& call) {
    for (const auto text : {device.uuid, device.name, device.macAddress, device.osVersion,
                            device.architecture, device.agentVersion}) {
      seen.append(text).append("|");
    }
    left = call.remainingMs();
    return sdk::Status{device.structSize == sizeof(device) ? sdk::ErrorClass::Ok
                                                           : sdk::ErrorClass::Invalid};
  };
  const auto result = resultOf([&](auto done) {
    adapter_.enrol({"uuid", "name", "02:42", "Debian", "amd64", "0.1.0"}, done);
  });
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(seen, "uuid|name|02:42|Debian|amd64|0.1.0|");
  EXPECT_GT(left, 0);
  EXPECT_LE(left, 10'000);
}

TEST_F(UplinkAdapterTest, AFetchBringsTheTargetAndItsEtag) {
  std::string asked = "nothing";
  std::int64_t left = 0;
  plugin_.onFetch = [&](const sdk::FetchRequest& request, sdk::TargetSink& sink, sdk::Call& call) {
    asked = request.etag;
    left = call.remainingMs();
    sink.target(R"({"apps": {}})", "W/\"2\"");
    return sdk::Status{};
  };
  const auto answer = fetch("\"1\"");
  EXPECT_TRUE(answer.result.ok());
  EXPECT_EQ(asked, "\"1\"");
  ASSERT_TRUE(answer.target);
  EXPECT_EQ(answer.target->document, R"({"apps": {}})");
  EXPECT_EQ(answer.target->etag, "W/\"2\"");
  EXPECT_GT(left, 10'000);
  EXPECT_LE(left, 20'000);
}

TEST_F(UplinkAdapterTest, AFetchThatBringsNothingIsUnchanged) {
  plugin_.onFetch = [](const auto&, auto&, auto&) { return sdk::Status{}; };
  const auto answer = fetch("1");
  EXPECT_TRUE(answer.result.ok());
  EXPECT_FALSE(answer.target);
}

TEST_F(UplinkAdapterTest, AFetchThatFailsBringsNothing) {
  plugin_.onFetch = [](const auto&, sdk::TargetSink& sink, sdk::Call& call) {
    sink.target("{}", "1");
    call.explain("half a body", "HTTP 200");
    return sdk::Status{sdk::ErrorClass::Transient};
  };
  const auto answer = fetch();
  EXPECT_EQ(answer.result.errorClass, sdk::ErrorClass::Transient);
  EXPECT_EQ(answer.result.message, "half a body");
  EXPECT_EQ(answer.result.raw, "HTTP 200");
  EXPECT_FALSE(answer.target);
}

TEST_F(UplinkAdapterTest, ATargetMayBeAsLargeAsTheContractSays) {
  const auto answer = fetched(std::string(kMaxTargetDocument, ' '), std::string(kMaxEtag, 'e'));
  ASSERT_TRUE(answer.target);
  EXPECT_EQ(answer.target->document.size(), kMaxTargetDocument);
  EXPECT_EQ(answer.target->etag.size(), kMaxEtag);
}

TEST_F(UplinkAdapterTest, ALargerOneBreaksTheContract) {
  const struct {
    std::string document;
    std::string etag;
    std::string problem;
  } rows[] = {
      {std::string(kMaxTargetDocument + 1, ' '), "", "a document of 8388609 bytes"},
      {"{}", std::string(kMaxEtag + 1, 'e'), "an etag of 1025 bytes"},
      {"{}", "a\r\nX-Injected: b", "an etag with control characters"},
      {"{}", std::string("a\0b", 3), "an etag with control characters"},
      {"{}", "a\x7f", "an etag with control characters"},
  };
  for (const auto& row : rows) {
    const auto answer = fetched(row.document, row.etag);
    EXPECT_EQ(answer.result.errorClass, sdk::ErrorClass::Internal) << row.problem;
    EXPECT_THAT(answer.result.message, HasSubstr(row.problem));
    EXPECT_FALSE(answer.target) << row.problem;
  }
}

TEST_F(UplinkAdapterTest, TwoTargetsInOneCallBreakTheContract) {
  plugin_.onFetch = [](const auto&, sdk::TargetSink& sink, auto&) {
    sink.target("{}", "1");
    sink.target("{}", "2");
    return sdk::Status{};
  };
  const auto answer = fetch();
  EXPECT_EQ(answer.result.errorClass, sdk::ErrorClass::Internal);
  EXPECT_THAT(answer.result.message, HasSubstr("two targets"));
  EXPECT_FALSE(answer.target);
}

TEST_F(UplinkAdapterTest, HandsOverAReport) {
  std::string seen;
  std::int64_t left = 0;
  plugin_.onReport = [&](const sdk::Report& report, sdk::Call& call) {
    seen = std::to_string(report.sequence) + " " + std::string(report.contentJson);
    left = call.remainingMs();
    call.explain("slower", "429");
    return sdk::Status{sdk::ErrorClass::RateLimited, 0, 7'000};
  };
  const auto result = report();
  EXPECT_EQ(seen, R"(7 {"sequence": 7})");
  EXPECT_EQ(result.errorClass, sdk::ErrorClass::RateLimited);
  EXPECT_EQ(result.retryAfter, 7s);
  EXPECT_GT(left, 20'000);
  EXPECT_LE(left, 40'000);
}

TEST_F(UplinkAdapterTest, HandsOverLogLinesInOrder) {
  std::string seen;
  std::int64_t left = 0;
  plugin_.onLogs = [&](std::span<const sdk::ServiceLogLine> lines, sdk::Call& call) {
    for (const auto& line : lines) {
      seen += std::to_string(line.timestampMs) + ' ' + std::string(line.appId) + ' ' +
              std::string(line.service) + ' ' + std::to_string(line.isStderr) + ' ' +
              std::string(line.text) + '\n';
    }
    left = call.remainingMs();
    return sdk::Status{};
  };
  const auto result = resultOf([&](auto done) {
    adapter_.deliverLogs({{model::WallTime(5ms), "1001", "web", "hello", false},
                          {model::WallTime(6ms), "1001", "db", "oops", true}},
                         done);
  });
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(seen, "5 1001 web 0 hello\n6 1001 db 1 oops\n");
  EXPECT_GT(left, 40'000);
  EXPECT_LE(left, 80'000);
}

TEST_F(UplinkAdapterTest, LogsForACloudThatTakesNoneAreRejected) {
  const auto result = resultOf([&](auto done) { adapter_.deliverLogs({}, done); });
  EXPECT_EQ(result.errorClass, sdk::ErrorClass::Rejected);
  EXPECT_THAT(result.message, HasSubstr("uplink.logs = false"));
}

TEST_F(UplinkAdapterTest, WhatThePluginLearnedIsKnownWhenTheCallIsDone) {
  EXPECT_TRUE(adapter_.facts().empty()) << "nobody has asked yet";
  plugin_.onReport = [&](const auto&, sdk::Call& call) {
    plugin_.step = sdk::EnrolmentStep::Register;
    call.explain("unknown device", "404");
    return sdk::Status{sdk::ErrorClass::NotFound};
  };
  EXPECT_EQ(report().errorClass, sdk::ErrorClass::NotFound);
  EXPECT_EQ(adapter_.enrolment(), sdk::EnrolmentStep::Register);
  ASSERT_EQ(adapter_.facts().size(), 1U);
  EXPECT_EQ(adapter_.facts().front().value, "https://cloud");
}

TEST_F(UplinkAdapterTest, AnUnknownStepIsABreachOfTheCallThatItFollows) {
  plugin_.onReport = [&](const auto&, auto&) {
    plugin_.step = sdk::EnrolmentStep{9};
    return sdk::Status{};
  };
  const auto result = report();
  EXPECT_EQ(result.errorClass, sdk::ErrorClass::Internal);
  EXPECT_EQ(result.message, "enrolment returned the unknown step 9");
  EXPECT_EQ(supervisor_.health().internalErrors, 1U);
}

TEST_F(UplinkAdapterTest, WhatIsThrownStaysInside) {
  plugin_.onFetch = [](const auto&, auto&, auto&) -> sdk::Status {
    throw std::runtime_error("told to throw");
  };
  const auto answer = fetch();
  EXPECT_EQ(answer.result.errorClass, sdk::ErrorClass::Internal);
  EXPECT_THAT(answer.result.message, HasSubstr("plugin mast: fetchTarget threw an exception"));
  EXPECT_FALSE(answer.target);
}

// The plugin hangs: what it said is still to be had, and its late target is dropped.
TEST_F(UplinkAdapterTest, AStuckCallHoldsNobodyUp) {
  UplinkAdapter hasty("mast", plugin_, supervisor_, words_, {20ms, 20ms, 20ms, 20ms});
  std::promise<void> gate;
  std::promise<void> over;
  plugin_.onFetch = [&, open = gate.get_future().share()](const auto&, sdk::TargetSink& sink,
                                                          auto&) {
    open.wait();
    sink.target("{}", "late");
    over.set_value();
    return sdk::Status{};
  };
  std::promise<Fetch> answer;
  hasty.fetchTarget("", [&](auto result, auto target) {
    answer.set_value({std::move(result), std::move(target)});
  });
  const auto given = answer.get_future().get();
  EXPECT_TRUE(given.result.stuck);
  EXPECT_FALSE(given.target);
  EXPECT_EQ(hasty.enrolment(), sdk::EnrolmentStep::None);
  EXPECT_TRUE(hasty.facts().empty());
  gate.set_value();
  over.get_future().wait();
  EXPECT_TRUE(supervisor_.drain(30s));
}

TEST_F(UplinkAdapterTest, ACallThatEndsWithItsDeadlineIsUnavailable) {
  UplinkAdapter hasty("mast", plugin_, supervisor_, words_, {20ms, 20ms, 20ms, 20ms});
  plugin_.onReport = [](const auto&, sdk::Call& call) {
    waitForCancel(call);
    return sdk::Status{sdk::ErrorClass::Cancelled};
  };
  const auto result = resultOf([&](auto done) { hasty.deliverReport(1, "{}", done); });
  EXPECT_EQ(result.errorClass, sdk::ErrorClass::Unavailable);
  EXPECT_THAT(result.message, HasSubstr("deliverReport: no answer within 20ms"));
}

}  // namespace
}  // namespace holdfast::pluginhost
