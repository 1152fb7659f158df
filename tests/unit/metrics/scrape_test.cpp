// SPDX-License-Identifier: Apache-2.0
#include "metrics/scrape.hpp"

#include "metrics/exposition.hpp"
#include "metrics/process_families.hpp"
#include "unit/metrics/full_scene.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

namespace holdfast::metrics {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string contentOf(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream content;
  content << in.rdbuf();
  return std::move(content).str();
}

std::string textOf(const FullScene& scene) {
  return metrics::textOf(scene.families());
}

// The lines of `text` that are no series of `before`, without the values.
std::multiset<std::string> seriesOf(const std::string& text) {
  std::multiset<std::string> series;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with('#')) {
      series.insert(line.substr(0, line.rfind(' ')));
    }
  }
  return series;
}

// The text, byte for byte, for one state of everything. What changes it changes what dashboards and
// rules of others read.
TEST(Scrape, OfAKnownStateIsKnown) {
  EXPECT_EQ(textOf(FullScene()), contentOf(HOLDFAST_SCRAPE_FILE));
}

TEST(Scrape, HasNoSeriesTwiceWhateverServicesAreCalled) {
  FullScene scene;
  // Two apps of one name, names that differ in what a label cannot show, and one service twice.
  scene.addService("2001", "twin", "web");
  scene.addService("2002", "twin", "web");
  scene.addService("2003", "con\x01trol", "web");
  scene.addService("2004", "con\x02trol", "web");
  scene.addService("2005", "", "\x01");
  scene.addService("2005", "", "\x02");
  scene.plugins.push_back(scene.plugins.front());
  const auto series = seriesOf(textOf(scene));
  EXPECT_EQ(series.size(), std::set<std::string>(series.begin(), series.end()).size());
  EXPECT_EQ(series.count(R"re(holdfast_service_ready{app="twin (2001)",service="web"})re"), 1U);
  EXPECT_EQ(series.count(R"re(holdfast_service_ready{app="twin (2002)",service="web"})re"), 1U);
  EXPECT_EQ(series.count(R"re(holdfast_service_ready{app="control (2003)",service="web"})re"), 1U);
}

TEST(Scrape, LosesTheSeriesOfAServiceThatLeaves) {
  FullScene scene;
  EXPECT_THAT(textOf(scene), HasSubstr("service=\"nodered\""));
  std::erase_if(scene.snapshot.services,
                [](const auto& view) { return view.status.serviceName == "nodered"; });
  EXPECT_THAT(textOf(scene), Not(HasSubstr("nodered")));
}

TEST(Scrape, HasNoErrorTextInLabels) {
  EXPECT_THAT(textOf(FullScene()), Not(HasSubstr("manifest unknown")));
  EXPECT_THAT(textOf(FullScene()), Not(HasSubstr("connection refused")));
}

TEST(Scrape, OfAnAgentWithNothingToDoIsThere) {
  const engine::Snapshot snapshot;
  const alerts::AlertView alerting;
  const std::string text = metrics::textOf(familiesOf({.snapshot = snapshot,
                                                       .alerting = alerting,
                                                       .link = std::nullopt,
                                                       .plugins = {},
                                                       .serviceCounts = {},
                                                       .version = "1.2.3"}));
  EXPECT_THAT(text, HasSubstr("holdfast_build_info{version=\"1.2.3\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("holdfast_target_revision 0\n"));
  EXPECT_THAT(text, HasSubstr("holdfast_target_settled 0\n"));
  EXPECT_THAT(text, Not(HasSubstr("holdfast_service_")));
  EXPECT_THAT(text, Not(HasSubstr("holdfast_uplink_")));
}

TEST(Scrape, SaysThatACloudIsUpOnceItAnswersEveryCall) {
  FullScene scene;
  EXPECT_THAT(textOf(scene), HasSubstr("holdfast_uplink_up{uplink=\"iotistic\"} 0\n"));
  scene.link->report.failures = 0;
  EXPECT_THAT(textOf(scene), HasSubstr("holdfast_uplink_up{uplink=\"iotistic\"} 1\n"));
  scene.link->poll.lastOk.reset();
  EXPECT_THAT(textOf(scene), HasSubstr("holdfast_uplink_up{uplink=\"iotistic\"} 0\n"));
}

std::string typeWord(prometheus::MetricType type) {
  return type == prometheus::MetricType::Counter     ? "counter"
         : type == prometheus::MetricType::Histogram ? "histogram"
                                                     : "gauge";
}

// "| `name` | type | `label`, `label` |" for each family: how docs/metrics.md begins its rows.
std::set<std::string> rowsOf(const Families& families) {
  std::set<std::string> rows;
  for (const auto& family : families) {
    std::string labels;
    for (const auto& label : family.metric.front().label) {
      labels += (labels.empty() ? "`" : ", `") + label.name + "`";
    }
    rows.insert("| `" + family.name + "` | " + typeWord(family.type) + " | " +
                (labels.empty() ? "" : labels + " ") + "|");
  }
  return rows;
}

std::set<std::string> rowsOfDocument() {
  std::set<std::string> rows;
  std::istringstream lines(contentOf(HOLDFAST_METRICS_DOCUMENT));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("| `holdfast_") || line.starts_with("| `process_")) {
      std::size_t end = 0;
      for (int column = 0; column < 3; ++column) {
        end = line.find('|', end + 1);
      }
      rows.insert(line.substr(0, end + 1));
    }
  }
  return rows;
}

TEST(Document, ListsEveryFamilyWithTypeAndLabels) {
  Families families = FullScene().families();
  for (auto& family : processFamilies()) {
    families.push_back(std::move(family));
  }
  EXPECT_EQ(rowsOfDocument(), rowsOf(families));
}

}  // namespace
}  // namespace holdfast::metrics
