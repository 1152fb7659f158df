// SPDX-License-Identifier: Apache-2.0
// kill -9 at any instant: what a commit returned from is there, and the file is whole.
#include "unit/state/store_fixture.hpp"

#include <gtest/gtest.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <vector>

namespace holdfast::state {
namespace {

// Commits for ever, and tells each revision once its commit has returned.
[[noreturn]] void commitUntilKilled(const std::string& directory, int told) {
  Store store({.directory = directory, .bootId = kBoot});
  std::int64_t revision = 0;
  if (const auto loaded = store.load(nowAt(1h)); loaded.target) {
    revision = loaded.target->revision;
  }
  while (true) {
    ++revision;
    engine::StateChange change = fullChange();
    change.target = target(revision, std::string(20'000, 'x') + std::to_string(revision));
    change.memories[0].restartCount = static_cast<int>(revision);
    change.ledger.changed[0].retryCount = static_cast<int>(revision);
    change.events.push_back({.reason = "Revision", .message = std::to_string(revision)});
    store.commit(change, nowAt(1h));
    if (::write(told, &revision, sizeof revision) != sizeof revision) {
      ::_exit(1);
    }
  }
}

// The last revision that was told by a child killed after it told `count`.
std::int64_t runAndKill(const std::string& directory, int count) {
  int told[2];
  if (::pipe(told) != 0) {
    return -1;
  }
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(told[0]);
    commitUntilKilled(directory, told[1]);
  }
  ::close(told[1]);
  std::int64_t last = -1;
  for (int number = 0; number < count; ++number) {
    if (::read(told[0], &last, sizeof last) != sizeof last) {
      break;
    }
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  std::int64_t more = 0;
  while (::read(told[0], &more, sizeof more) == sizeof more) {
    last = more;
  }
  ::close(told[0]);
  return last;
}

TEST(Killed, KeepsEveryCommitThatReturned) {
  const Directory directory;
  for (const int count : {1, 2, 3, 5, 17, 40, 1, 1, 71}) {
    const std::int64_t told = runAndKill(directory.path(), count);
    ASSERT_GT(told, 0);
    Store store({.directory = directory.path(), .bootId = kBoot});
    const auto loaded = store.load(nowAt(1h));
    EXPECT_EQ(loaded.damage, "");
    EXPECT_EQ(loaded.resume, retry::Resume::Crash);
    ASSERT_TRUE(loaded.target);
    const std::int64_t revision = loaded.target->revision;
    EXPECT_GE(revision, told);
    EXPECT_LE(revision, told + 1) << "at most the commit that was under way";
    // All of a commit, or nothing of it.
    EXPECT_EQ(loaded.target->text, std::string(20'000, 'x') + std::to_string(revision));
    EXPECT_EQ(loaded.memories.at("1001/a").restartCount, revision);
    EXPECT_EQ(loaded.ledger.entries.at(0).retryCount, revision);
    const auto events = store.events({.limit = 1});
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].what.message, std::to_string(revision));
  }
}

TEST(Killed, KeepsItsOwner) {
  const Directory directory;
  static_cast<void>(runAndKill(directory.path(), 1));
  const auto owner = readOwner(directory.path());
  ASSERT_TRUE(owner);
  Store store({.directory = directory.path(), .bootId = kBoot});
  EXPECT_EQ(store.load(nowAt(1h)).ownerUuid, owner->uuid);
}

}  // namespace
}  // namespace holdfast::state
