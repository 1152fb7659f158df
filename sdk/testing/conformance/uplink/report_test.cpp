// SPDX-License-Identifier: Apache-2.0
// One attempt to deliver a report, or output of services.

#include "conformance/uplink/fixture.hpp"

namespace holdfast::conformance {
namespace {

using ::testing::HasSubstr;

class ReportTest : public UplinkTest {};

TEST_F(ReportTest, ArrivesWhole) {
  for (const int services : {0, 1, 200}) {
    cloud().reset();
    ASSERT_EQ(report(reportOf(services)), ErrorClass::Ok);
    ASSERT_EQ(cloud().count(Ask::Report), 1U);
    const std::string content = contentOf(cloud().requests(Ask::Report).front());
    for (int number = 0; number < services; ++number) {
      const std::string name = "service-" + std::to_string(number);
      const std::string cause = "cause-" + std::to_string(number) + "-of-the-report";
      EXPECT_TRUE(content.find('"' + name + '"') != std::string::npos) << name << " is missing";
      EXPECT_TRUE(content.find(cause) != std::string::npos) << cause << " is missing";
    }
  }
}

TEST_F(ReportTest, MakesOneAttempt) {
  cloud().answer(Ask::Report, Answer{"503 Service Unavailable", {}, {}});
  EXPECT_FALSE(report(reportOf(1)) == ErrorClass::Ok);
  EXPECT_EQ(cloud().count(Ask::Report), 1U) << "the agent repeats, not the plugin";
}

TEST_F(ReportTest, SaysWhyTheCloudRefused) {
  std::vector<Refusal> all = refusals();
  all.push_back({{"404 Not Found", {}, {}}, {ErrorClass::NotFound, ErrorClass::Denied}});
  all.push_back({{"400 Bad Request", {}, "no"}, {ErrorClass::Invalid, ErrorClass::Rejected}});
  all.push_back({{"413 Content Too Large", {}, {}}, {ErrorClass::Invalid, ErrorClass::Rejected}});
  for (const Refusal& refusal : all) {
    renew();
    cloud().answer(Ask::Report, refusal.answer);
    expectRefused(report(reportOf(1)), refusal);
  }
}

class LogTest : public UplinkTest {
 protected:
  void SetUp() override {
    CONFORMANCE_NEEDS("logs");
    UplinkTest::SetUp();
  }
};

TEST_F(LogTest, ArriveInOrder) {
  std::vector<LogLine> lines;
  for (int number = 0; number < 100; ++number) {
    lines.push_back({"web", "line-" + std::to_string(number) + "-of-the-log", number % 2 == 1});
  }
  ASSERT_EQ(log(lines), ErrorClass::Ok);
  std::string content;
  for (const ReceivedRequest& request : cloud().requests(Ask::Logs)) {
    content += contentOf(request);
  }
  std::size_t at = 0;
  for (const LogLine& line : lines) {
    const std::size_t found = content.find(line.text, at);
    ASSERT_NE(found, std::string::npos) << line.text << " is missing, or before its predecessor";
    at = found;
  }
}

TEST_F(LogTest, MakesOneAttempt) {
  cloud().answer(Ask::Logs, Answer{"503 Service Unavailable", {}, {}});
  EXPECT_FALSE(log({{"web", "a line"}}) == ErrorClass::Ok);
  EXPECT_EQ(cloud().count(Ask::Logs), 1U) << "the agent repeats, not the plugin";
}

}  // namespace
}  // namespace holdfast::conformance
