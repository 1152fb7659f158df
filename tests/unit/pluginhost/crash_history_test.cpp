// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/crash_history.hpp"

#include "fixtures/plugins/temporary_directory.hpp"

#include <gmock/gmock.h>

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

namespace holdfast::pluginhost {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kBoot = "boot-1";

model::BootTime at(model::Milliseconds sinceBoot) {
  return model::BootTime(sinceBoot);
}

Crash crash(model::Milliseconds sinceBoot, const std::string& label = "docker",
            const std::string& boot = kBoot) {
  return {boot, at(sinceBoot), model::WallTime(sinceBoot), SIGSEGV, label};
}

std::optional<Quarantine> quarantine(const std::vector<Crash>& crashes,
                                     model::Milliseconds sinceBoot) {
  return quarantineOf("docker", crashes, kBoot, at(sinceBoot));
}

TEST(CrashHistory, OneCrashIsNoQuarantine) {
  EXPECT_FALSE(quarantine({}, 1h));
  EXPECT_FALSE(quarantine({crash(1h)}, 1h));
}

TEST(CrashHistory, ASecondWithinTenMinutesIs) {
  const auto found = quarantine({crash(60min), crash(70min)}, 70min);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->round, 1);
  EXPECT_EQ(found->until, at(75min));
  EXPECT_EQ(found->latest, crash(70min));
  EXPECT_FALSE(quarantine({crash(60min), crash(70min + 1ms)}, 71min));
}

TEST(CrashHistory, EndsWhenItsTimeIsOver) {
  const std::vector<Crash> two{crash(60min), crash(61min)};
  EXPECT_TRUE(quarantine(two, 66min - 1ms));
  EXPECT_FALSE(quarantine(two, 66min));
}

TEST(CrashHistory, OneMoreCrashOnProbationQuarantinesForLonger) {
  std::vector<Crash> crashes{crash(60min), crash(61min)};
  // Each time it is tried as soon as it may be, and crashes.
  const std::vector<model::Milliseconds> expected{5min, 10min, 20min, 40min, 60min, 60min};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto found = quarantineOf("docker", crashes, kBoot, crashes.back().at);
    ASSERT_TRUE(found) << i;
    EXPECT_EQ(found->round, static_cast<int>(i) + 1);
    EXPECT_EQ(found->until - crashes.back().at, expected[i]) << i;
    crashes.push_back(crash(found->until.time_since_epoch()));
  }
}

TEST(CrashHistory, AnHourWithoutACrashEndsTheProbation) {
  EXPECT_FALSE(quarantine({crash(60min), crash(61min), crash(66min + 1h + 1ms)}, 3h));
  EXPECT_TRUE(quarantine({crash(60min), crash(61min), crash(66min + 1h)}, 66min + 1h));
}

TEST(CrashHistory, AnotherBootTriesItAtOnceButOnProbation) {
  const std::vector<Crash> before{crash(60min, "docker", "boot-0"),
                                  crash(61min, "docker", "boot-0")};
  EXPECT_FALSE(quarantine(before, 1min));
  auto crashes = before;
  crashes.push_back(crash(1min));
  const auto found = quarantine(crashes, 1min);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->round, 2);
  EXPECT_EQ(found->until, at(11min));
  crashes.back() = crash(61min);
  EXPECT_FALSE(quarantine(crashes, 61min)) << "an hour has passed";
}

TEST(CrashHistory, TwoCrashesOfTwoBootsAreNotWithinTenMinutes) {
  EXPECT_FALSE(quarantine({crash(1min, "docker", "boot-0"), crash(2min)}, 2min));
}

TEST(CrashHistory, CountsAllInstancesOfAPluginAndNoOther) {
  const std::vector<Crash> crashes{crash(60min, "webhook.ops"), crash(61min, "podman"),
                                   crash(62min, "webhook.site")};
  EXPECT_TRUE(quarantineOf("webhook", crashes, kBoot, at(63min)));
  EXPECT_FALSE(quarantineOf("podman", crashes, kBoot, at(63min)));
  EXPECT_FALSE(quarantineOf("web", crashes, kBoot, at(63min)));
}

TEST(CrashHistory, SaysWhatHappenedAndWhenItIsTriedAgain) {
  const auto found = quarantine({crash(60min), crash(61min)}, 62min);
  ASSERT_TRUE(found);
  const auto text = describeQuarantine(*found, {at(62min), model::WallTime(62min)});
  EXPECT_EQ(text,
            "its call crashed the agent twice within 10m (docker, SIGSEGV, last at "
            "1970-01-01T01:01:00.000Z); it is tried again at 1970-01-01T01:06:00.000Z");
}

TEST(CrashFile, LinesThatAreNoneArePassedOver) {
  const auto crashes = parseCrashes(
      "b 1 2 11 docker\nb 1 2 11\nb x 2 11 docker\n\nb -1 2 11 docker\n"
      "b 1 2 11 two words\nb 99999999999999999999 2 11 docker\nb 5 6 6 webhook.ops\nb 1 2 1");
  ASSERT_THAT(crashes, SizeIs(2));
  EXPECT_EQ(crashes[0], (Crash{"b", at(1ms), model::WallTime(2ms), 11, "docker"}));
  EXPECT_EQ(crashes[1].label, "webhook.ops");
}

TEST(CrashFile, IsReadAsFarAsItIsThere) {
  const test::TemporaryDirectory directory;
  EXPECT_THAT(readCrashes(directory.path() / "none"), IsEmpty());
  EXPECT_THAT(readCrashes(""), IsEmpty());
}

// As on a dying disk, it can be opened, and its first read fails.
TEST(CrashFile, ThatCannotBeReadHasNoCrashes) {
  const test::TemporaryDirectory directory;
  EXPECT_THAT(readCrashes(directory.path()), IsEmpty());
  EXPECT_NO_THROW(trimCrashes(directory.path()));
  EXPECT_TRUE(std::filesystem::is_directory(directory.path()));
}

TEST(CrashFile, DoesNotGrowForEver) {
  const test::TemporaryDirectory directory;
  const auto file = directory.path() / "crashes";
  {
    std::ofstream stream(file);
    for (int i = 0; i < 10'000; ++i) {
      stream << "boot-1 " << i << " 0 11 docker\n";
    }
  }
  const auto crashes = readCrashes(file);
  ASSERT_FALSE(crashes.empty());
  EXPECT_EQ(crashes.back().at, at(9'999ms));
  trimCrashes(file);
  EXPECT_LE(std::filesystem::file_size(file), 4U * 1024);
  EXPECT_EQ(readCrashes(file), crashes);
  const auto size = std::filesystem::file_size(file);
  trimCrashes(file);
  EXPECT_EQ(std::filesystem::file_size(file), size) << "small as it is";
  EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms(0600));
}

// Ends files at so many bytes, as a full disk would.
class FileLimit {
 public:
  explicit FileLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FileLimit(const FileLimit&) = delete;
  FileLimit& operator=(const FileLimit&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST(CrashFile, StaysWholeWhenThereIsNoRoomToCutIt) {
  const test::TemporaryDirectory directory;
  const auto file = directory.path() / "crashes";
  {
    std::ofstream stream(file);
    for (int i = 0; i < 10'000; ++i) {
      stream << "boot-1 " << i << " 0 11 docker\n";
    }
  }
  const auto crashes = readCrashes(file);
  {
    const FileLimit limit(100);
    trimCrashes(file);
  }
  EXPECT_EQ(readCrashes(file), crashes);
  EXPECT_FALSE(std::filesystem::exists(directory.path() / "crashes.new"));
  trimCrashes(file);
  EXPECT_LE(std::filesystem::file_size(file), 4U * 1024) << "at the next start";
}

// Permissions bind everybody but root, so a child that is not root tries.
TEST(CrashFile, IsNotCutWhereItCannotBeRead) {
  const test::TemporaryDirectory directory;
  const auto file = directory.path() / "crashes";
  const std::string content(100'000, '\n');
  std::ofstream(file) << content;
  ASSERT_EQ(::chmod(file.c_str(), 0), 0);
  constexpr uid_t kNobody = 65'534;
  const bool root = ::geteuid() == 0;
  if (root) {
    ASSERT_EQ(::chown(directory.path().c_str(), kNobody, kNobody), 0);
  }
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    if (root && (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) {
      ::_exit(3);
    }
    trimCrashes(file);
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(std::filesystem::file_size(file), content.size());
}

}  // namespace
}  // namespace holdfast::pluginhost
