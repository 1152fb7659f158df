// SPDX-License-Identifier: Apache-2.0
#include "model/alert_matcher.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace holdfast::model {
namespace {

Alert crash() {
  Alert alert;
  alert.type = AlertType::CrashLoop;
  alert.subject.appId = "1001";
  alert.subject.appName = "monitoring";
  alert.subject.service = "nodered";
  alert.subject.runtime = "docker";
  alert.facts.severity = sdk::Severity::Error;
  return alert;
}

struct Case {
  const char* text;
  bool matches;
};

class Matching : public ::testing::TestWithParam<Case> {};

TEST_P(Matching, HoldsAsWritten) {
  const auto parsed = AlertMatcher::parse(GetParam().text);
  ASSERT_EQ(parsed.problem, "");
  EXPECT_EQ(parsed.matcher.matches(crash()), GetParam().matches) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Matching,
    ::testing::Values(Case{"", true}, Case{"  ", true}, Case{"severity=error", true},
                      Case{"severity=warning", false}, Case{"severity!=warning", true},
                      Case{"severity>=error", true}, Case{"severity >= critical", false},
                      Case{"severity<=error", true}, Case{"severity<=warning", false},
                      Case{"severity>warning", true}, Case{"severity>error", false},
                      Case{"severity<critical", true}, Case{"severity<error", false},
                      Case{"type=CrashLoop", true}, Case{"type=StartFailed", false},
                      Case{"type=StartFailed|CrashLoop", true}, Case{"type!=CrashLoop", false},
                      Case{"type!=StartFailed | CrashLoop", false}, Case{"app=1001", true},
                      Case{"app=monitoring", true}, Case{"app=1002", false},
                      Case{"service=nodered", true}, Case{"service=grafana", false},
                      Case{"runtime=docker", true}, Case{"runtime=podman", false},
                      Case{"plugin=webhook", false}, Case{"notifier!=ops", true},
                      Case{"app=monitoring,service=nodered", true},
                      Case{"app=monitoring , service=grafana", false},
                      Case{"severity=warning|error", true}));

struct Refusal {
  const char* text;
  const char* problem;
};

class Refusing : public ::testing::TestWithParam<Refusal> {};

TEST_P(Refusing, SaysWhatWasExpected) {
  const auto parsed = AlertMatcher::parse(GetParam().text);
  EXPECT_EQ(parsed.problem, GetParam().problem);
  EXPECT_EQ(parsed.matcher.text(), "");
}

INSTANTIATE_TEST_SUITE_P(
    Table, Refusing,
    ::testing::Values(
        Refusal{"severity", "'severity' is no condition; expected FIELD=VALUE or severity>=VALUE"},
        Refusal{"severity>=error,", "'' is no condition; expected FIELD=VALUE or severity>=VALUE"},
        Refusal{"severty=error",
                "'severty' is no field; did you mean 'severity'? Known: severity, type, app, "
                "service, runtime, plugin, notifier"},
        Refusal{"severity>=errror",
                "'errror' is no severity; did you mean 'error'? Known: info, warning, error, "
                "critical"},
        Refusal{"type=crashlop",
                "'crashlop' is no alert type; did you mean 'CrashLoop'? Known: ImagePullFailed, "
                "MaxRetriesExceeded, StartFailed, CrashLoop, EngineUnavailable, PluginFailed, "
                "NotifierFailing, DailySummary, ProbeFailed"},
        Refusal{"type>=CrashLoop", "'type' cannot be compared by '>='; expected = or !="},
        Refusal{"severity=>error",
                "'severity' cannot be compared by '=>'; expected =, !=, >=, <=, > or <"},
        Refusal{"app=", "'app' is compared with nothing; expected a value"},
        Refusal{"app=a|", "'app' is compared with nothing; expected a value"},
        Refusal{"severity>=error|critical", "an order is compared with one severity only"}));

TEST(AlertMatcher, IsBounded) {
  EXPECT_NE(AlertMatcher::parse(std::string(2'000, 'a')).problem, "");
  std::string many = "app=a";
  for (int i = 0; i < 16; ++i)
    many += ",app=a";
  EXPECT_EQ(AlertMatcher::parse(many).problem, "a matcher has at most 16 conditions");
}

TEST(AlertMatcher, KeepsItsText) {
  EXPECT_EQ(AlertMatcher::parse("  severity >= error ").matcher.text(), "severity >= error");
}

}  // namespace
}  // namespace holdfast::model
