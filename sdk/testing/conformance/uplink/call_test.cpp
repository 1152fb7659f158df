// SPDX-License-Identifier: Apache-2.0
// Deadlines, cancellation, threads and exceptions: what the agent relies on to stay in charge.

#include "conformance/kit/process_state.hpp"
#include "conformance/uplink/fixture.hpp"

#include <atomic>
#include <future>

namespace holdfast::conformance {
namespace {

using ::testing::AnyOf;
using ::testing::IsEmpty;
using ::testing::Not;

struct Blocking {
  std::string label;
  std::function<Outcome(const Instance&, DeadlineCall&)> make;
};

class CallTest : public UplinkTest {
 protected:
  // Every call that asks the cloud of a device that it knows.
  static std::vector<Blocking> calls() {
    std::vector<Blocking> calls{
        {"fetchTarget",
         [](const Instance& instance, DeadlineCall& call) {
           Fetched fetched;
           return fetch(instance, call, "", fetched);
         }},
        {"deliverReport", [](const Instance& instance,
                             DeadlineCall& call) { return report(instance, call, reportOf(1)); }},
    };
    if (kit().fact("logs").value) {
      calls.push_back({"deliverLogs", [](const Instance& instance, DeadlineCall& call) {
                         return log(instance, call, {{"web", "a line"}});
                       }});
    }
    if (kit().fact("health").value) {
      calls.push_back({"health", [](const Instance& instance, DeadlineCall& call) {
                         return health(instance, call);
                       }});
    }
    return calls;
  }

  // Makes each call on an instance whose options lead elsewhere: the enrolment on that of a new
  // device, the others on that of one that the cloud has come to know.
  static void forEachCall(const std::string& fact,
                          const std::function<void(const Instance&, const Blocking&)>& visit) {
    if (kit().fact("register").value) {
      forgetDevice();
      const auto fresh = begin(Kit::override(fact));
      ASSERT_TRUE(fresh->created());
      visit(*fresh, {"enrol", [](const Instance& instance, DeadlineCall& call) {
                       return enrol(instance, call);
                     }});
      forgetDevice();
      enrolFully(*begin());
    }
    const auto known = begin(Kit::override(fact));
    ASSERT_TRUE(known->created());
    for (const Blocking& call : calls()) {
      visit(*known, call);
    }
  }
};

TEST_F(CallTest, EndAtTheirDeadline) {
  CONFORMANCE_FACT(hanging, "hanging");
  forEachCall(hanging, [](const Instance& instance, const Blocking& blocking) {
    DeadlineCall call(kShortMs);
    const Outcome outcome = blocking.make(instance, call);
    EXPECT_LE(outcome.took, std::chrono::milliseconds(kShortMs) + kSlack) << blocking.label;
    EXPECT_THAT(outcome.code,
                AnyOf(ErrorClass::Unavailable, ErrorClass::Transient, ErrorClass::Cancelled))
        << blocking.label << ": " << outcome;
    kit().silent().drop();
  });
}

TEST_F(CallTest, EndSoonAfterTheyAreCancelled) {
  CONFORMANCE_FACT(hanging, "hanging");
  forEachCall(hanging, [](const Instance& instance, const Blocking& blocking) {
    kit().silent().drop();
    DeadlineCall call(kLongMs);
    auto result = std::async(std::launch::async, [&] { return blocking.make(instance, call); });
    kit().silent().awaitConnection(1s);
    call.cancel();
    EXPECT_EQ(result.wait_for(kSlack), std::future_status::ready)
        << blocking.label << " goes on 1 s after its cancellation";
    EXPECT_EQ(result.get(), ErrorClass::Cancelled) << blocking.label;
  });
  kit().silent().drop();
}

TEST_F(CallTest, SayThatTheCloudIsNotThere) {
  CONFORMANCE_FACT(unreachable, "unreachable");
  forEachCall(unreachable, [](const Instance& instance, const Blocking& blocking) {
    DeadlineCall call(kLongMs);
    const Outcome outcome = blocking.make(instance, call);
    EXPECT_THAT(outcome.code, AnyOf(ErrorClass::Unavailable, ErrorClass::Transient))
        << blocking.label << ": " << outcome;
    EXPECT_THAT(outcome.message, Not(IsEmpty())) << blocking.label;
  });
}

// A fetch that takes its time holds no report up.
TEST_F(CallTest, RunSideBySide) {
  std::atomic<bool> overlapped{false};
  cloud().answer(Ask::Fetch, [&](const ReceivedRequest&) {
    overlapped = waitUntil([] { return cloud().count(Ask::Report) > 0; }, 5s);
    return cloud().target(R"({"apps": {}})", "late");
  });
  Fetched fetched;
  auto result = std::async(std::launch::async, [&] { return fetch("", fetched); });
  ASSERT_TRUE(waitUntil([] { return cloud().count(Ask::Fetch) > 0; }));
  EXPECT_EQ(report(reportOf(1)), ErrorClass::Ok);
  EXPECT_EQ(result.get(), ErrorClass::Ok);
  EXPECT_TRUE(overlapped) << "the report waited for the end of the fetch";
}

TEST_F(CallTest, LetNoExceptionEscape) {
  const std::string odd("\0\xff\x1b[31m\r\n\"", 9);
  for (const std::string& content :
       {std::string(), std::string("{\"services\": "), std::string("[]"), odd,
        std::string(R"({"services": 7, "transitions": {}, "device": []})"),
        std::string(R"({"services": [{"serviceName": ")") + std::string(1'000'000, 'x') +
            "\"}]}"}) {
    const Outcome outcome = report(content);
    EXPECT_FALSE(outcome.threw) << "deliverReport: " << outcome.message;
  }
  for (const std::vector<LogLine>& lines :
       {std::vector<LogLine>(),
        std::vector<LogLine>{{"", ""}, {odd, std::string(16'384, '\xff')}}}) {
    const Outcome outcome = log(lines);
    EXPECT_FALSE(outcome.threw) << "deliverLogs: " << outcome.message;
  }
  for (const std::string& body : {std::string(), std::string("nonsense"), std::string("[]"),
                                  std::string(100'000, '['), std::string("null"), odd}) {
    cloud().answer(Ask::Fetch, Answer{"200 OK", "Content-Type: application/json\r\n", body});
    Fetched fetched;
    const Outcome outcome = fetch(std::string(1'024, 'e'), fetched);
    EXPECT_FALSE(outcome.threw) << "fetchTarget: " << outcome.message;
  }
}

TEST_F(CallTest, LeaveNothingBehind) {
  constexpr int kRounds = 3;
  const auto everyCallOnce = [] {
    const auto instance = begin();
    for (const Blocking& blocking : calls()) {
      DeadlineCall call(kLongMs);
      EXPECT_EQ(blocking.make(*instance, call), ErrorClass::Ok) << blocking.label;
    }
  };
  everyCallOnce();  // what a library sets up once and for all is not what is counted
  ProcessState before = processState();
  waitUntil([&] {  // connections of the cloud end on threads of their own
    const ProcessState last = std::exchange(before, processState());
    return last.threads == before.threads && last.descriptors == before.descriptors;
  });
  for (int round = 0; round < kRounds; ++round) {
    everyCallOnce();
  }
  ProcessState after;
  waitUntil(
      [&] {
        after = processState();
        return after.threads <= before.threads && after.descriptors <= before.descriptors;
      },
      2s);
  EXPECT_LE(after.threads, before.threads) << "threads after " << kRounds << " more instances";
  EXPECT_LE(after.descriptors, before.descriptors)
      << "file descriptors after " << kRounds << " more instances";
}

}  // namespace
}  // namespace holdfast::conformance
