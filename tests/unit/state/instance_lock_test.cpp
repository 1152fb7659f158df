// SPDX-License-Identifier: Apache-2.0
#include "state/instance_lock.hpp"

#include "state/state_error.hpp"
#include "unit/state/directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <optional>
#include <string>

namespace holdfast::state {
namespace {

using testing::HasSubstr;

std::string refusal(const std::string& directory) {
  try {
    const InstanceLock lock(directory);
  } catch (const StateError& error) {
    return error.what();
  }
  return "locked";
}

TEST(InstanceLock, NamesTheProcessThatHoldsIt) {
  const Directory directory;
  const InstanceLock lock(directory.path());
  const std::string text = refusal(directory.path());
  EXPECT_THAT(text, HasSubstr("in use by process " + std::to_string(::getpid())));
  EXPECT_THAT(text, HasSubstr(directory.path()));
  EXPECT_THAT(text, HasSubstr("state.dir"));
  EXPECT_EQ(permissions(directory.file("lock")), 0600U);
}

TEST(InstanceLock, IsFreeAfterTheHolder) {
  const Directory directory;
  { const InstanceLock lock(directory.path()); }
  EXPECT_EQ(refusal(directory.path()), "locked");
}

TEST(InstanceLock, EndsWithAKilledProcess) {
  const Directory directory;
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const InstanceLock lock(directory.path());
    static_cast<void>(::write(ready[1], "x", 1) == 1);
    ::pause();
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_THAT(refusal(directory.path()), HasSubstr("process " + std::to_string(child)));
  ASSERT_EQ(::kill(child, SIGKILL), 0);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_EQ(refusal(directory.path()), "locked");
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(InstanceLock, SaysAnotherProcessWhenTheFileDoesNotTell) {
  const Directory directory;
  const InstanceLock lock(directory.path());
  writeFile(directory.file("lock"), "garbage");
  EXPECT_THAT(refusal(directory.path()), HasSubstr("in use by another process"));
}

TEST(InstanceLock, NeedsItsDirectory) {
  EXPECT_THAT(refusal("/nonexistent/holdfast"), HasSubstr("No such file"));
}

}  // namespace
}  // namespace holdfast::state
