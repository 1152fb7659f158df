// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/image_lookups.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>

namespace holdfast::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

ImageCheck checkOf(std::string_view inspected) {
  const auto image = parseImageReference("demo/health:1.0");
  return imageDetailsOf(boost::json::parse({inspected.data(), inspected.size()}), *image).check;
}

TEST(ImageCheck, IsWhereDockerTellsIt) {
  const ImageCheck check = checkOf(
      R"({"Config": {"Healthcheck": {"Test": ["CMD", "/check", "-v"], "Interval": 5000000000,
          "Timeout": 1, "StartPeriod": 1500000000, "Retries": 4}}})");
  EXPECT_THAT(check.argv, ElementsAre("/check", "-v"));
  EXPECT_EQ(check.intervalMs, 5'000);
  EXPECT_EQ(check.timeoutMs, 1) << "a nanosecond is not nothing, which would be the default";
  EXPECT_EQ(check.startPeriodMs, 1'500);
  EXPECT_EQ(check.retries, 4);
}

TEST(ImageCheck, IsWherePodmanTellsIt) {
  const ImageCheck check =
      checkOf(R"({"Config": {"Env": []}, "Healthcheck": {"Test": ["CMD-SHELL", "a || b"]}})");
  EXPECT_THAT(check.argv, ElementsAre("/bin/sh", "-c", "a || b"));
  EXPECT_EQ(check.intervalMs, 0);
  EXPECT_EQ(check.retries, 0);
}

TEST(ImageCheck, IsRunByTheImagesOwnShell) {
  const ImageCheck check = checkOf(
      R"({"Config": {"Shell": ["/bin/ash", "-ec"], "Healthcheck": {"Test": ["CMD-SHELL", "a"]}}})");
  EXPECT_THAT(check.argv, ElementsAre("/bin/ash", "-ec", "a"));
}

TEST(ImageCheck, IsNoneWhereThereIsNone) {
  for (const char* config :
       {R"({})", R"({"Config": null, "Healthcheck": null})",
        R"({"Config": {"Healthcheck": {"Test": ["NONE"]}}})",
        R"({"Config": {"Healthcheck": {"Test": []}}})",
        R"({"Config": {"Healthcheck": {"Test": ["CMD"]}}})",
        R"({"Config": {"Healthcheck": {"Test": ["CMD", "", "a"]}}})",
        R"({"Config": {"Healthcheck": {"Test": ["WHATEVER", "a"]}}})",
        R"({"Config": {"Healthcheck": {"Test": "CMD a"}}})", R"({"Config": {"Healthcheck": 7}})"}) {
    EXPECT_THAT(checkOf(config).argv, IsEmpty()) << config;
  }
}

TEST(ImageCheck, TakesNumbersThatMakeNoSenseForNone) {
  const ImageCheck check = checkOf(
      R"({"Config": {"Healthcheck": {"Test": ["CMD", "a"], "Interval": -5, "Retries": -1}}})");
  EXPECT_EQ(check.intervalMs, 0);
  EXPECT_EQ(check.retries, 0);
}

}  // namespace
}  // namespace holdfast::runtime
