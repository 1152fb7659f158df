// SPDX-License-Identifier: Apache-2.0
// How a device gets known to its cloud, and stays so.

#include "conformance/uplink/fixture.hpp"

#include <algorithm>
#include <filesystem>

namespace holdfast::conformance {
namespace {

using sdk::EnrolmentStep;
using ::testing::IsEmpty;
using ::testing::Not;

namespace fs = std::filesystem;

// A device that the cloud does not know yet.
class EnrolmentTest : public UplinkTest {
 protected:
  void SetUp() override {
    CONFORMANCE_NEEDS("register");
    cloud().reset();
    forgetDevice();
    instance_ = begin();
    ASSERT_TRUE(instance_->created());
  }

  [[nodiscard]] Outcome enrol() const {
    DeadlineCall call(kLongMs);
    return UplinkTest::enrol(*instance_, call);
  }

  static bool hasExchange() { return kit().fact("exchange").value.has_value(); }
};

TEST_F(EnrolmentTest, GoesStepByStepInOrder) {
  Steps expected{EnrolmentStep::Register};
  if (hasExchange()) {
    expected.push_back(EnrolmentStep::ExchangeKey);
  }
  EXPECT_EQ(enrolFully(*instance_), expected) << "1 is Register, 2 is ExchangeKey";
  EXPECT_EQ(instance_->uplink().enrolment(), EnrolmentStep::None);
  EXPECT_EQ(cloud().count(Ask::Register), 1U);
  EXPECT_EQ(cloud().count(Ask::Exchange), hasExchange() ? 1U : 0U);
}

TEST_F(EnrolmentTest, IsRemembered) {
  enrolFully(*instance_);
  instance_ = begin();
  EXPECT_EQ(instance_->uplink().enrolment(), EnrolmentStep::None)
      << "an instance that comes later, on the same state directory, has to register again";
}

TEST_F(EnrolmentTest, MakesOneAttemptAtEachStep) {
  for (const Ask ask : {Ask::Register, Ask::Exchange}) {
    const EnrolmentStep step = instance_->uplink().enrolment();
    if (step == EnrolmentStep::None) {
      break;
    }
    cloud().answer(ask, Answer{"503 Service Unavailable", {}, {}});
    EXPECT_FALSE(enrol() == ErrorClass::Ok) << "the cloud answered 503";
    EXPECT_EQ(cloud().count(ask), 1U) << "the agent repeats, not the plugin";
    EXPECT_EQ(instance_->uplink().enrolment(), step) << "the step is not done";
    cloud().reset();
    EXPECT_EQ(enrol(), ErrorClass::Ok);
  }
}

TEST_F(EnrolmentTest, SaysWhyTheCloudRefused) {
  for (const Refusal& refusal : refusals()) {
    cloud().answer(Ask::Register, refusal.answer);
    expectRefused(enrol(), refusal);
  }
}

TEST_F(EnrolmentTest, KeepsItsFilesToItself) {
  enrolFully(*instance_);
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(stateDirectory())) {
    const auto others = fs::perms::group_all | fs::perms::others_all;
    EXPECT_EQ(entry.status().permissions() & others, fs::perms::none)
        << entry.path() << " can be read by others";
  }
}

}  // namespace
}  // namespace holdfast::conformance
