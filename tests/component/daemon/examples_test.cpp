// SPDX-License-Identifier: Apache-2.0
// etc/examples with the real holdfastd and the real plugins: what people copy has to be right.
#include "component/daemon/daemon_process.hpp"

#include <gtest/gtest.h>

#include <signal.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace holdfast::test {
namespace {

std::string contentOf(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::filesystem::path> examples() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(HOLDFAST_EXAMPLES)) {
    if (entry.path().extension() == ".properties") {
      paths.push_back(entry.path());
    }
  }
  return paths;
}

class DaemonExamples : public testing::Test {
 protected:
  DaemonExamples() {
    daemon_.installFile(HOLDFAST_SYSLOG_PLUGIN, "syslog");
    daemon_.installFile(HOLDFAST_WEBHOOK_PLUGIN, "webhook");
  }
  DaemonProcess daemon_;
};

TEST_F(DaemonExamples, PassTheCheckOfTheConfiguration) {
  const auto paths = examples();
  EXPECT_EQ(paths.size(), 11u);
  for (const auto& path : paths) {
    daemon_.configure(contentOf(path));
    daemon_.start({"--check-config"});
    EXPECT_EQ(daemon_.wait().exitCode, 0) << path << ": " << daemon_.output();
  }
}

// The check of the configuration makes no instance, and only an instance looks at what options mean
// together.
TEST_F(DaemonExamples, AreTakenByTheirPlugins) {
  std::filesystem::create_directory(daemon_.path("etc"));
  std::filesystem::copy_file(HOLDFAST_EXAMPLES "/template.mustache",
                             daemon_.path("etc/template.mustache"));
  for (const auto& path : examples()) {
    std::string properties = contentOf(path);
    const std::string place = "/etc/holdfast/";
    for (std::size_t at = properties.find(place); at != std::string::npos;
         at = properties.find(place)) {
      properties.replace(at, place.size(), daemon_.path("etc/"));
    }
    daemon_.configure(properties);
    daemon_.startReady();
    const auto notifiers = daemon_.request("GET", "/v1/notifiers").body.at("notifiers");
    ASSERT_EQ(notifiers.as_array().size(), 1u) << path;
    EXPECT_NE(notifiers.at(0).at("state"), "refused") << path << ": " << notifiers;
    daemon_.signal(SIGTERM);
    EXPECT_EQ(daemon_.wait().exitCode, 0) << path;
  }
}

}  // namespace
}  // namespace holdfast::test
