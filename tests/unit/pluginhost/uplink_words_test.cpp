// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/uplink_words.hpp"

#include <gmock/gmock.h>

#include <functional>

namespace holdfast::pluginhost {
namespace {

using ::testing::EndsWith;

class Talker final : public sdk::UplinkPlugin {
 public:
  sdk::EnrolmentStep step = sdk::EnrolmentStep::None;
  std::function<void(sdk::FactSink&)> onFacts = [](sdk::FactSink&) {};

  sdk::Status start(sdk::Call&) override { return {}; }
  sdk::Status health(sdk::Call&) override { return {}; }
  void stop() noexcept override {}
  sdk::Status fetchTarget(const sdk::FetchRequest&, sdk::TargetSink&, sdk::Call&) override {
    return {};
  }
  sdk::Status deliverReport(const sdk::Report&, sdk::Call&) override { return {}; }
  [[nodiscard]] sdk::EnrolmentStep enrolment() const noexcept override { return step; }
  void facts(sdk::FactSink& sink) const noexcept override { onFacts(sink); }
};

std::string valueOf(const UplinkWords& words, const std::string& name) {
  for (const auto& fact : words.facts()) {
    if (fact.name == name) {
      return fact.value;
    }
  }
  return "(none)";
}

TEST(UplinkWords, AreThoseOfTheLatestQuestion) {
  Talker plugin;
  UplinkWords words;
  EXPECT_EQ(words.enrolment(), sdk::EnrolmentStep::None);
  EXPECT_TRUE(words.facts().empty());
  plugin.step = sdk::EnrolmentStep::ExchangeKey;
  plugin.onFacts = [](sdk::FactSink& sink) {
    sink.fact("url", "https://old");
    sink.fact("bytesSent", "7");
    sink.fact("url", "https://new");
  };
  EXPECT_EQ(words.ask(plugin), "");
  EXPECT_EQ(words.enrolment(), sdk::EnrolmentStep::ExchangeKey);
  EXPECT_EQ(words.facts().size(), 2U);
  EXPECT_EQ(valueOf(words, "url"), "https://new");
  plugin.onFacts = [](sdk::FactSink&) {};
  EXPECT_EQ(words.ask(plugin), "");
  EXPECT_TRUE(words.facts().empty()) << "what it no longer says is over";
}

TEST(UplinkWords, AnUnknownStepIsToldAndChangesNothing) {
  Talker plugin;
  UplinkWords words;
  plugin.step = sdk::EnrolmentStep::Register;
  EXPECT_EQ(words.ask(plugin), "");
  for (const int step : {-1, 3}) {
    plugin.step = sdk::EnrolmentStep{step};
    EXPECT_EQ(words.ask(plugin), "enrolment returned the unknown step " + std::to_string(step));
    EXPECT_EQ(words.enrolment(), sdk::EnrolmentStep::Register);
  }
}

TEST(UplinkWords, NamesThatAreNoneAreLeftOut) {
  Talker plugin;
  plugin.onFacts = [](sdk::FactSink& sink) {
    sink.fact("", "nameless");
    sink.fact("two words", "x");
    sink.fact("a\nb", "x");
    sink.fact(std::string(kMaxFactName + 1, 'n'), "x");
    sink.fact(std::string(kMaxFactName, 'n'), "as long as may be");
  };
  UplinkWords words;
  EXPECT_EQ(words.ask(plugin), "");
  ASSERT_EQ(words.facts().size(), 1U);
  EXPECT_EQ(words.facts().front().value, "as long as may be");
}

TEST(UplinkWords, ValuesAreOneBoundedLineOfUtf8) {
  Talker plugin;
  plugin.onFacts = [](sdk::FactSink& sink) {
    sink.fact("hostile", "red \x1b[31m\r\nnext \xff");
    sink.fact("long", std::string(100'000, 'x'));
  };
  UplinkWords words;
  EXPECT_EQ(words.ask(plugin), "");
  EXPECT_EQ(valueOf(words, "hostile"), "red [31m next \xEF\xBF\xBD");
  EXPECT_EQ(valueOf(words, "long").size(), kMaxFactValue);
  EXPECT_THAT(valueOf(words, "long"), EndsWith("..."));
}

TEST(UplinkWords, ThereAreOnlySoManyFacts) {
  Talker plugin;
  plugin.onFacts = [](sdk::FactSink& sink) {
    for (std::size_t i = 0; i < 10 * kMaxFacts; ++i) {
      sink.fact("fact" + std::to_string(i), "x");
    }
    sink.fact("fact0", "the latest");
  };
  UplinkWords words;
  EXPECT_EQ(words.ask(plugin), "");
  EXPECT_EQ(words.facts().size(), kMaxFacts);
  EXPECT_EQ(valueOf(words, "fact0"), "the latest");
}

}  // namespace
}  // namespace holdfast::pluginhost
