// SPDX-License-Identifier: Apache-2.0
#include "cli/unreachable.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace holdfast::cli {
namespace {

using support::HttpError;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string explained(HttpError error, const std::string& text = {}) {
  return explainUnreachable("/run/x.sock", {.error = error, .errorText = text});
}

TEST(CliUnreachable, SaysWhereWhyAndWhatToDo) {
  EXPECT_EQ(explained(HttpError::NoSocket),
            "cannot reach the agent at /run/x.sock: there is no such file\n"
            "  Is the agent running?    systemctl status holdfastd\n"
            "  Is its setup all right?  holdfastd --check-config\n"
            "  Another socket?          --socket PATH, or HOLDFAST_SOCKET\n");
  EXPECT_THAT(explained(HttpError::Refused), HasSubstr("x.sock: nobody listens there"));
  EXPECT_THAT(explained(HttpError::Timeout), HasSubstr("does not answer in time"));
  EXPECT_THAT(explained(HttpError::Broken), HasSubstr("stopped or was restarted"));
  EXPECT_THAT(explained(HttpError::Other, "odd\x1b[2J"), HasSubstr("x.sock: odd^[[2J\n"));
}

// A folder with a file in it, and a process that may use neither as it is told.
class CliUnreachablePermission : public testing::Test {
 protected:
  CliUnreachablePermission() {
    std::filesystem::create_directory(folder_);
    std::ofstream(file()).flush();
  }
  CliUnreachablePermission(const CliUnreachablePermission&) = delete;
  CliUnreachablePermission& operator=(const CliUnreachablePermission&) = delete;
  ~CliUnreachablePermission() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string file() const { return (folder_ / "x.sock").string(); }

  [[nodiscard]] std::string explained(const std::string& closed) const {
    return explainUnreachable(file(), {.error = HttpError::PermissionDenied},
                              [&](const std::string& path, int) { return path != closed; });
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("holdfast-cli-" + std::to_string(::getpid()));
  const std::string group_ = ::getgrgid(::getegid())->gr_name;
};

TEST_F(CliUnreachablePermission, NamesTheGroupOfTheSocket) {
  ASSERT_EQ(::chmod(file().c_str(), 0660), 0);
  EXPECT_THAT(explained(file()),
              AllOf(HasSubstr("permission denied"), HasSubstr("usermod -aG " + group_ + " ")));
}

TEST_F(CliUnreachablePermission, NamesTheGroupOfAFolderOnTheWay) {
  ASSERT_EQ(::chmod(file().c_str(), 0600), 0);
  ASSERT_EQ(::chmod(folder_.c_str(), 0750), 0);
  EXPECT_THAT(explained(folder_.string()), HasSubstr("usermod -aG " + group_ + " "));
}

TEST_F(CliUnreachablePermission, KnowsWhenNoGroupHelps) {
  ASSERT_EQ(::chmod(file().c_str(), 0600), 0);
  EXPECT_THAT(explained(file()), AllOf(HasSubstr("sudo"), Not(HasSubstr("usermod"))));
}

}  // namespace
}  // namespace holdfast::cli
