// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/trust.hpp"

#include "fixtures/plugins/temporary_directory.hpp"

#include <gmock/gmock.h>

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace holdfast::pluginhost {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr uid_t kStranger = 54'321;

class Trust : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = directory_.path() / "plugins";
    fs::create_directory(folder_);
    ASSERT_EQ(::chmod(folder_.c_str(), 0755), 0);
    file_ = folder_ / "docker.so";
    std::ofstream(file_) << "code";
    ASSERT_EQ(::chmod(file_.c_str(), 0644), 0);
  }

  [[nodiscard]] std::string problem(const fs::path& file) const {
    const auto result = checkTrust(file);
    if (result) {
      return "";
    }
    EXPECT_EQ(result.error().stage(), Stage::Trust);
    return result.error().reason();
  }

  test::TemporaryDirectory directory_;  // in /tmp, which is sticky and root's
  fs::path folder_;
  fs::path file_;
};

TEST_F(Trust, AcceptsAFileThatOnlyItsOwnerCanReplace) {
  const auto result = checkTrust(file_);
  ASSERT_TRUE(result) << result.error().reason();
  EXPECT_EQ(result->path, file_);
  EXPECT_EQ(result->identity, fileIdentity(file_));
}

TEST_F(Trust, NamesTheFileWithoutLinksInItsFolders) {
  const auto link = directory_.path() / "link";
  fs::create_directory_symlink(folder_, link);
  const auto result = checkTrust(link / "docker.so");
  ASSERT_TRUE(result) << result.error().reason();
  EXPECT_EQ(result->path, file_);
}

TEST_F(Trust, RefusesALinkInPlaceOfTheFile) {
  const auto link = folder_ / "link.so";
  fs::create_symlink(file_, link);
  EXPECT_THAT(problem(link), AllOf(HasSubstr(link.string()), HasSubstr("symbolic link")));
}

TEST_F(Trust, RefusesAFileThatOthersCanWrite) {
  ASSERT_EQ(::chmod(file_.c_str(), 0646), 0);
  EXPECT_THAT(problem(file_), AllOf(HasSubstr("writable by everybody (mode 0646)"),
                                    HasSubstr("run: chmod go-w " + file_.string())));
  ASSERT_EQ(::chmod(file_.c_str(), 0664), 0);
  EXPECT_THAT(problem(file_), HasSubstr("writable by its group (mode 0664)"));
}

TEST_F(Trust, RefusesAFolderThatOthersCanWrite) {
  ASSERT_EQ(::chmod(folder_.c_str(), 0777), 0);
  EXPECT_THAT(problem(file_),
              AllOf(HasSubstr(folder_.string() + " is writable by its group and everybody"),
                    HasSubstr("run: chmod go-w " + folder_.string())));
}

TEST_F(Trust, RefusesAFolderFurtherUpThatOthersCanWrite) {
  ASSERT_EQ(::chmod(directory_.path().c_str(), 0770), 0);
  EXPECT_THAT(problem(file_), HasSubstr(directory_.path().string() + " is writable by its group"));
}

TEST_F(Trust, TrustsTheStickyBitOfRootOnly) {
  ASSERT_EQ(::chmod(folder_.c_str(), 01777), 0);
  const bool root = ::geteuid() == 0;
  EXPECT_EQ(problem(file_).empty(), root) << problem(file_);
}

TEST_F(Trust, RefusesTheFilesOfStrangers) {
  if (::geteuid() == 0) {
    ASSERT_EQ(::chown(file_.c_str(), kStranger, kStranger), 0);
    EXPECT_THAT(problem(file_), AllOf(HasSubstr("belongs to uid 54321, expected root"),
                                      HasSubstr("run: chown root " + file_.string())));
    return;
  }
  // The same seen from the other side: we are the stranger.
  const auto result = checkTrust(file_, kStranger);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().reason(), HasSubstr("expected root or uid 54321"));
}

TEST_F(Trust, RefusesTheFoldersOfStrangers) {
  if (::geteuid() != 0) {
    EXPECT_FALSE(checkTrust("/etc/hostname/x", kStranger));
    return;
  }
  ASSERT_EQ(::chown(folder_.c_str(), kStranger, kStranger), 0);
  EXPECT_THAT(problem(file_), HasSubstr(folder_.string() + " belongs to uid 54321"));
}

TEST_F(Trust, AcceptsTheAgentsOwnUserBesidesRoot) {
  if (::geteuid() == 0) {
    ASSERT_EQ(::chown(file_.c_str(), kStranger, kStranger), 0);
  }
  EXPECT_TRUE(checkTrust(file_, ::geteuid() == 0 ? kStranger : ::geteuid()));
}

TEST_F(Trust, RefusesWhatIsNoFile) {
  EXPECT_THAT(problem(folder_), HasSubstr("no regular file"));
  EXPECT_THAT(problem(folder_ / "podman.so"), HasSubstr("does not exist"));
  EXPECT_THAT(problem("docker.so"), HasSubstr("no absolute path"));
  const auto fifo = folder_ / "fifo.so";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_THAT(problem(fifo), HasSubstr("no regular file"));
}

TEST_F(Trust, NoticesThatAnotherFileTookThePath) {
  const auto before = fileIdentity(file_);
  const auto other = folder_ / "new.so";
  std::ofstream(other) << "code";
  fs::rename(other, file_);
  EXPECT_NE(fileIdentity(file_), before);
  fs::remove(file_);
  EXPECT_EQ(fileIdentity(file_), std::nullopt);
}

}  // namespace
}  // namespace holdfast::pluginhost
