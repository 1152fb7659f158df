// SPDX-License-Identifier: Apache-2.0
// The link to a cloud in the real holdfastd: targets from it, reports to it.
#include "component/daemon/daemon_process.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>

#include <fstream>

namespace holdfast::test {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

constexpr const char* kMine = R"({"apps": {}})";

class DaemonCloud : public testing::Test {
 protected:
  DaemonCloud() {
    daemon_.install("scripted_uplink", "mast");
    daemon_.configure("device.name = pump 7\nuplink.plugin = mast\nuplink.to = " +
                      daemon_.path("cloud") + "\nuplink.document = " + daemon_.path("target") +
                      "\nuplink.pollInterval = 1s\nuplink.reportInterval = 1s\n");
    offer("first:1", 1);
  }

  // In the cloud, from now on.
  void offer(const std::string& image, int version) const {
    auto target = json::parse(targetWith(image)).as_object();
    target["version"] = version;
    write(json::serialize(target));
  }
  void write(const std::string& document) const {
    std::ofstream(daemon_.path("next")) << document;
    ASSERT_EQ(::rename(daemon_.path("next").c_str(), daemon_.path("target").c_str()), 0);
  }

  // The lines that the cloud was told, of one kind.
  std::vector<std::string> told(const std::string& kind) const {
    std::ifstream file(daemon_.path("cloud"));
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with(kind + ' '))
        lines.push_back(line.substr(kind.size() + 1));
    }
    return lines;
  }
  json::value lastReport() const {
    const auto reports = told("report");
    if (reports.empty())
      return json::object();
    return json::parse(reports.back().substr(reports.back().find(' ') + 1));
  }
  bool reports(const std::string& pointer, const json::value& value) {
    return daemon_.eventually([&] {
      boost::system::error_code none;
      const auto report = lastReport();
      const auto* found = report.find_pointer(pointer, none);
      return found != nullptr && *found == value;
    });
  }

  DaemonProcess daemon_;
};

TEST_F(DaemonCloud, ATargetOfTheCloudIsAppliedAndReported) {
  daemon_.startReady();
  EXPECT_TRUE(daemon_.becomes("/v1/info", "/target/applied", "1"));
  EXPECT_TRUE(reports("/target/version", "1"));
  EXPECT_TRUE(reports("/services/0/imageName", "first:1"));
  const auto report = lastReport();
  EXPECT_EQ(report.at("device").at("name"), "pump 7");
  EXPECT_EQ(report.at("target").at("source"), "cloud");
  EXPECT_GT(report.at("device").at("memoryTotalBytes").as_int64(), 0);
  offer("second:1", 2);
  EXPECT_TRUE(reports("/services/0/imageName", "second:1"));
  const auto link = daemon_.request("GET", "/v1/info").body.at("link");
  EXPECT_EQ(link.at("uplink"), "mast");
  EXPECT_EQ(link.at("enrolment"), nullptr);
  EXPECT_TRUE(link.at("poll").at("lastOk").is_string());
  EXPECT_EQ(link.at("facts").at(0).at("value"), "https://cloud");
}

TEST_F(DaemonCloud, ADocumentThatIsNoTargetIsReportedAndChangesNothing) {
  daemon_.startReady();
  EXPECT_TRUE(daemon_.becomes("/v1/info", "/target/applied", "1"));
  write(R"({"apps": "none", "version": 2})");
  EXPECT_TRUE(reports("/target/rejected/version", "2"));
  EXPECT_EQ(lastReport().at("target").at("version"), "1");
  EXPECT_TRUE(daemon_.becomes("/v1/info", "/target/wanted", "2"));
  EXPECT_EQ(daemon_.request("GET", "/v1/info").body.at("target").at("applied"), "1");
  offer("third:1", 3);
  EXPECT_TRUE(reports("/target/version", "3"));
  EXPECT_FALSE(lastReport().at("target").as_object().contains("rejected"));
}

TEST_F(DaemonCloud, ALocalTargetNeedsToOverrideAndStaysUntilTheCloudsNextChange) {
  daemon_.startReady();
  EXPECT_TRUE(daemon_.becomes("/v1/info", "/target/applied", "1"));
  const auto refused = daemon_.request("PUT", "/v1/target", kMine);
  EXPECT_EQ(refused.status, 409);
  EXPECT_THAT(std::string(refused.body.at("detail").as_string()), HasSubstr("--override"));
  EXPECT_EQ(daemon_.request("PUT", "/v1/target?override=1", kMine).status, 200);
  EXPECT_TRUE(reports("/target/source", "api"));
  offer("second:1", 2);
  EXPECT_TRUE(reports("/target/source", "cloud"));
  EXPECT_TRUE(reports("/target/version", "2"));
}

TEST_F(DaemonCloud, AKilledAgentAsksByTheEtagOfWhatItHas) {
  daemon_.startReady();
  EXPECT_TRUE(daemon_.becomes("/v1/info", "/target/applied", "1"));
  daemon_.signal(SIGKILL);
  EXPECT_EQ(daemon_.wait().signal, SIGKILL);
  const auto before = told("fetch").size();
  const auto sequence = lastReport().is_object() && !told("report").empty()
                            ? lastReport().at("sequence").as_int64()
                            : 0;
  daemon_.startReady();
  EXPECT_TRUE(daemon_.eventually([&] { return told("fetch").size() > before; }));
  EXPECT_NE(told("fetch").at(before), "");
  EXPECT_TRUE(daemon_.eventually([&] {
    return !told("report").empty() && lastReport().at("sequence").as_int64() > sequence;
  }));
  EXPECT_EQ(daemon_.request("GET", "/v1/info").body.at("target").at("revision"), 1);
}

TEST_F(DaemonCloud, TheDeviceIsEnrolledFirst) {
  daemon_.startReady({"-Duplink.enrolment=register"});
  EXPECT_TRUE(daemon_.eventually([&] { return !told("fetch").empty(); }));
  ASSERT_EQ(told("enrol").size(), 1U);
  EXPECT_THAT(told("enrol")[0], HasSubstr(" pump 7"));
}

}  // namespace
}  // namespace holdfast::test
