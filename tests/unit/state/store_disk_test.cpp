// SPDX-License-Identifier: Apache-2.0
// A disk that takes nothing more does not stop the agent.
#include "unit/state/store_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace holdfast::state {
namespace {

using engine::Severity;
using testing::HasSubstr;

// No file of this process grows beyond `size` bytes, as if the disk were full.
class FullDisk {
 public:
  explicit FullDisk(std::uintmax_t size) {
    previousAction_ = ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &previous_);
    rlimit limit = previous_;
    limit.rlim_cur = size;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &previous_);
    ::signal(SIGXFSZ, previousAction_);
  }

 private:
  rlimit previous_{};
  sighandler_t previousAction_;
};

struct Disk : testing::Test, StoreFixture {
  Disk() {
    static_cast<void>(load());
    commit(fullChange());
  }
  std::uintmax_t walSize() const {
    return std::filesystem::file_size(directory.database() + "-wal");
  }
};

TEST_F(Disk, FullIsToldOnceAndMadeUpFor) {
  engine::StateChange change;
  change.ledger.changed = {entry("start:1001/new", 1)};
  change.ledger.removed = {"start:1001/a"};
  change.memories = {memory("1001/new")};
  change.forgottenMemories = {"1001/a"};
  change.events = {{.reason = "Started", .app = "1001", .service = "new"}};
  {
    const FullDisk full(walSize());
    const auto events = commit(change);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].id, 2);
    ASSERT_EQ(logged.size(), 1U);
    EXPECT_EQ(logged[0].first, Severity::Error);
    EXPECT_THAT(logged[0].second, HasSubstr("cannot write " + directory.database()));

    engine::StateChange next;
    next.target = target(8, "while it was full");
    next.ledger.changed = {entry("start:1001/new", 2)};
    next.events = change.events;
    EXPECT_EQ(commit(next).at(0).count, 2) << "counted though not written";
    EXPECT_EQ(logged.size(), 1U) << "told once";
    EXPECT_EQ(store->events({}).size(), 1U);
  }
  commitEvent({.reason = "Later"});
  ASSERT_EQ(logged.size(), 2U);
  EXPECT_EQ(logged[1].first, Severity::Information);

  const auto loaded = reopen();
  EXPECT_EQ(loaded.target->text, "while it was full");
  ASSERT_EQ(loaded.ledger.entries.size(), 2U);
  EXPECT_EQ(loaded.ledger.entries[1], entry("start:1001/new", 2));
  EXPECT_TRUE(loaded.memories.contains("1001/new"));
  EXPECT_FALSE(loaded.memories.contains("1001/a"));
  const auto events = store->events({});
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[1].what.reason, "Started");
  EXPECT_EQ(events[1].count, 2);
  EXPECT_EQ(events[1].firstId, 2);
}

TEST_F(Disk, FullForLongKeepsTheNewestNews) {
  {
    const FullDisk full(walSize());
    for (int burst = 0; burst < 5; ++burst) {
      engine::StateChange change;
      for (int number = 0; number < 300; ++number) {
        change.events.push_back(
            {.reason = "Noise", .message = std::to_string(burst * 300 + number)});
      }
      commit(change);
    }
  }
  commitEvent({.reason = "Later"});
  const auto events = store->events({.limit = 10'000});
  EXPECT_EQ(events.size(), 1'001U);
  EXPECT_EQ(events.back().what.reason, "Later");
  EXPECT_EQ(events.back().id, 1'502);
  EXPECT_EQ(store->eventBounds().dropped, 502) << "who has read up to 1 has missed some";
}

TEST_F(Disk, FullAtTheStopIsTold) {
  const FullDisk full(walSize());
  store->closeOrderly();
  EXPECT_FALSE(logged.empty());
}

TEST_F(Disk, LockedByAnotherProgramIsMadeUpFor) {
  Database other(directory.database(), Database::Mode::ReadWrite, 1s);
  {
    const Transaction held(other);
    commitEvent({.reason = "Started"});
    ASSERT_EQ(logged.size(), 1U);
    EXPECT_THAT(logged[0].second, HasSubstr("locked"));
  }
  commitEvent({.reason = "Later"});
  EXPECT_EQ(store->events({}).size(), 3U);
}

// Permissions bind everybody but root, so a child that is not root tries.
TEST(ReadOnlyDirectory, IsRefusedWithASentence) {
  const Directory directory;
  constexpr uid_t kNobody = 65'534;
  ASSERT_EQ(::chmod(directory.path().c_str(), 0500), 0);
  if (::geteuid() == 0) {
    ASSERT_EQ(::chown(directory.path().c_str(), kNobody, kNobody), 0);
  }
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    if (::geteuid() == 0 && (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) {
      ::_exit(3);
    }
    try {
      const Store store({.directory = directory.path(), .bootId = kBoot});
    } catch (const StateError& error) {
      const std::string text = error.what();
      const bool clear = text.find(directory.path()) != std::string::npos &&
                         text.find("Permission denied") != std::string::npos &&
                         text.find("state.dir") != std::string::npos;
      ::_exit(clear ? 0 : 2);
    }
    ::_exit(1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace holdfast::state
