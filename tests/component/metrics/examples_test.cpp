// SPDX-License-Identifier: Apache-2.0
// What people copy for Prometheus and Grafana, held against Prometheus' own tool and against what a
// scrape shows.
#include "fixtures/lab/process.hpp"
#include "fixtures/lab/temp_dir.hpp"
#include "fixtures/scrape/scrape.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

namespace holdfast::test {
namespace {

namespace json = boost::json;
using fixtures::metricsMissing;
using fixtures::readFile;
using fixtures::readScrape;
using fixtures::writeFile;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kRules = HOLDFAST_EXAMPLES "/prometheus-rules.yml";
constexpr const char* kDashboard = HOLDFAST_EXAMPLES "/grafana-dashboard.json";

// What promtool says against it; empty when it says nothing.
std::string promtool(std::vector<std::string> words, const std::string& input = "/dev/null") {
  std::string command = "exec promtool \"$@\" <\"$INPUT\"";
  words.insert(words.begin(), {"sh", "-c", command, "promtool"});
  const auto ended = fixtures::run({.command = words, .environment = {{"INPUT", input}}});
  return ended.status.code == 0 && ended.standardError.empty()
             ? ""
             : "exit code " + std::to_string(ended.status.code) + "\n" + ended.standardOutput +
                   ended.standardError;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
    text.replace(at, what.size(), by);
    at += by.size();
  }
  return text;
}

// Every string under this name, at any depth.
void collect(const json::value& value, const std::string& name, std::vector<std::string>& found) {
  if (const auto* array = value.if_array()) {
    for (const auto& element : *array) {
      collect(element, name, found);
    }
  } else if (const auto* object = value.if_object()) {
    for (const auto& [key, member] : *object) {
      if (key == name && member.is_string()) {
        found.emplace_back(member.as_string());
      }
      collect(member, name, found);
    }
  }
}

std::vector<std::string> dashboardStrings(const std::string& name) {
  std::vector<std::string> found;
  collect(json::parse(readFile(kDashboard)), name, found);
  return found;
}

TEST(PrometheusTool, HasNothingToSayAgainstTheMetrics) {
  EXPECT_EQ(promtool({"check", "metrics"}, HOLDFAST_SCRAPE_FILE), "");
}

TEST(PrometheusRules, AreValid) {
  EXPECT_EQ(promtool({"check", "rules", kRules}), "");
}

TEST(PrometheusRules, FireWhereTheyShould) {
  const fixtures::TempDir directory;
  const auto file = directory.path() / "rules_test.yml";
  writeFile(file, replaced(readFile(HOLDFAST_RULES_TEST), "RULES", kRules));
  EXPECT_EQ(promtool({"test", "rules", file}), "");
}

TEST(PrometheusRules, AreEachMadeToFire) {
  const std::string rules = readFile(kRules);
  const std::string tests = readFile(HOLDFAST_RULES_TEST);
  static const std::regex kAlert("- alert: (\\w+)");
  int count = 0;
  for (std::sregex_iterator at(rules.begin(), rules.end(), kAlert), end; at != end; ++at) {
    EXPECT_THAT(tests,
                HasSubstr("alertname: " + at->str(1) + "\n        exp_alerts:\n          - "));
    ++count;
  }
  EXPECT_EQ(count, 9);
}

TEST(PrometheusRules, NameMetricsThatThereAre) {
  EXPECT_THAT(metricsMissing(readFile(kRules), readScrape(readFile(HOLDFAST_SCRAPE_FILE))),
              IsEmpty());
}

TEST(PrometheusScrape, IsPartOfAConfiguration) {
  EXPECT_EQ(
      promtool({"check", "config", "--syntax-only", HOLDFAST_EXAMPLES "/prometheus-scrape.yml"}),
      "");
}

// Recording rules made of them, so that promtool reads them.
TEST(GrafanaDashboard, HasExpressionsThatPrometheusUnderstands) {
  std::string rules = "groups:\n- name: dashboard\n  rules:\n";
  int number = 0;
  for (const auto& expression : dashboardStrings("expr")) {
    rules += "  - record: panel" + std::to_string(++number) + "\n    expr: >-\n      " +
             replaced(expression, "$__rate_interval", "5m") + "\n";
  }
  ASSERT_GT(number, 30);
  const fixtures::TempDir directory;
  writeFile(directory.path() / "panels.yml", rules);
  EXPECT_EQ(promtool({"check", "rules", directory.path() / "panels.yml"}), "") << rules;
}

// The process' own are not in the file: the unit test of those has them.
TEST(GrafanaDashboard, NamesMetricsThatThereAre) {
  auto missing = metricsMissing(readFile(kDashboard), readScrape(readFile(HOLDFAST_SCRAPE_FILE)));
  for (const char* own : {"process_cpu_seconds_total", "process_resident_memory_bytes",
                          "process_threads", "process_open_fds"}) {
    missing.erase(own);
  }
  EXPECT_THAT(missing, IsEmpty());
}

TEST(GrafanaDashboard, ReadsFromTheDataSourceThatIsChosenAtItsImport) {
  const auto dashboard = json::parse(readFile(kDashboard));
  EXPECT_EQ(dashboard.at("__inputs").at(0).at("name"), "DS_PROMETHEUS");
  EXPECT_EQ(dashboard.at("id"), nullptr);
  const auto sources = dashboardStrings("uid");
  EXPECT_GT(sources.size(), 30u);
  for (const auto& source : sources) {
    EXPECT_TRUE(source == "${DS_PROMETHEUS}" || source == "holdfast") << source;
  }
}

TEST(GrafanaDashboard, HasPanelsWithNumbersOfTheirOwnInPlacesOfTheirOwn) {
  std::set<std::int64_t> numbers;
  std::set<std::pair<std::int64_t, std::int64_t>> places;
  const auto dashboard = json::parse(readFile(kDashboard));
  for (const auto& panel : dashboard.at("panels").as_array()) {
    const auto& place = panel.at("gridPos");
    EXPECT_TRUE(numbers.insert(panel.at("id").as_int64()).second) << panel.at("title");
    EXPECT_TRUE(places.insert({place.at("x").as_int64(), place.at("y").as_int64()}).second)
        << panel.at("title");
    EXPECT_LE(place.at("x").as_int64() + place.at("w").as_int64(), 24) << panel.at("title");
  }
}

}  // namespace
}  // namespace holdfast::test
