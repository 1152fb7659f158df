// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/host_services.hpp"

#include "fixtures/plugins/temporary_directory.hpp"

#include <Poco/AutoPtr.h>
#include <Poco/Channel.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <array>
#include <vector>

namespace holdfast::pluginhost {
namespace {

class Lines : public Poco::Channel {
 public:
  void log(const Poco::Message& message) override { messages.push_back(message); }
  std::vector<Poco::Message> messages;
};

mode_t modeOf(const std::filesystem::path& path) {
  struct stat info {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 07777u;
}

TEST(HostServices, MakesAPrivateStateDirectory) {
  const test::TemporaryDirectory directory;
  const auto expected = directory.path() / "plugins" / "docker";
  {
    const HostServices host("docker", {}, directory.path());
    EXPECT_EQ(host.stateDirectory(), expected.string());
    EXPECT_EQ(modeOf(expected), 0700U);
    EXPECT_EQ(modeOf(expected.parent_path()), 0700U);
  }
  ASSERT_EQ(::chmod(expected.c_str(), 0755), 0);
  const HostServices again("docker", {}, directory.path());
  EXPECT_EQ(modeOf(expected), 0700U) << "what is there is made private again";
}

TEST(HostServices, FailsWhereItCannotKeepState) {
  EXPECT_THROW(HostServices("docker", {}, "/proc/nowhere"), std::filesystem::filesystem_error);
}

TEST(HostServices, AnswersOptions) {
  const test::TemporaryDirectory directory;
  const HostServices host("docker", {{"url", "unix:///x"}}, directory.path());
  EXPECT_EQ(host.option("url"), "unix:///x");
  EXPECT_EQ(host.option("other"), "");
}

TEST(HostServices, WritesOneCleanLineUnderThePluginsName) {
  const test::TemporaryDirectory directory;
  Poco::AutoPtr<Lines> lines(new Lines);
  Poco::Logger& logger = Poco::Logger::get("holdfast.plugin.logtest");
  logger.setChannel(lines);
  logger.setLevel(Poco::Message::PRIO_INFORMATION);
  HostServices host("logtest", {}, directory.path());

  const std::array<sdk::KeyValue, 2> fields{{{"code", "500"}, {"body", "a \"b\"\nc"}}};
  host.log(sdk::LogLevel::Warning, "engine\nsaid \x1b[1mno", fields);
  host.log(sdk::LogLevel::Debug, "too fine", {});
  logger.setChannel(nullptr);

  ASSERT_EQ(lines->messages.size(), 1U);
  EXPECT_EQ(lines->messages[0].getText(), "engine said [1mno code=500 body=\"a \\\"b\\\" c\"");
  EXPECT_EQ(lines->messages[0].getPriority(), Poco::Message::PRIO_WARNING);
  EXPECT_EQ(lines->messages[0].getSource(), "holdfast.plugin.logtest");
}

}  // namespace
}  // namespace holdfast::pluginhost
