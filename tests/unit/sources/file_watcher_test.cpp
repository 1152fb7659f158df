// SPDX-License-Identifier: Apache-2.0
#include "sources/file_watcher.hpp"

#include "unit/sources/temp_directory.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

namespace holdfast::sources {
namespace {

using namespace std::chrono_literals;

// Counts what a watcher tells, with the content at that moment. The waits below are the patience of
// a failing test, not a measure; the recheck is far longer, so that only inotify can satisfy them.
class WatcherTest : public testing::Test {
 protected:
  void watch(const std::string& name, model::Milliseconds recheck = 1h) {
    watcher_ = std::make_unique<FileWatcher>(
        std::vector<WatchedFile>{{dir_ / name,
                                  [this, path = dir_ / name] {
                                    const std::lock_guard lock(mutex_);
                                    seen_.push_back(readAll(path));
                                    arrived_.notify_all();
                                  }}},
        recheck);
    watcher_->start();
    ASSERT_TRUE(sees(readAll(dir_ / name)));
    const std::lock_guard lock(mutex_);
    seen_.clear();
  }

  bool sees(const std::string& content) {
    std::unique_lock lock(mutex_);
    return arrived_.wait_for(lock, 10s, [&] { return !seen_.empty() && seen_.back() == content; });
  }

  TempDirectory dir_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<std::string> seen_;
  std::unique_ptr<FileWatcher> watcher_;
};

TEST_F(WatcherTest, NoticesAnAtomicReplacement) {
  dir_.write("t", "one");
  watch("t");
  dir_.write("new", "two");
  dir_.rename("new", "t");
  EXPECT_TRUE(sees("two"));
  dir_.write("new", "three");
  dir_.rename("new", "t");
  EXPECT_TRUE(sees("three"));
}

TEST_F(WatcherTest, NoticesAWriteInPlace) {
  dir_.write("t", "one");
  watch("t");
  dir_.write("t", "two!");
  EXPECT_TRUE(sees("two!"));
}

TEST_F(WatcherTest, WaitsForTheWriterOfANewFile) {
  watch("t");
  std::ofstream file(dir_ / "t");
  file << "half";
  file << " and half" << std::flush;
  file.close();
  EXPECT_TRUE(sees("half and half"));
  const std::lock_guard lock(mutex_);
  EXPECT_EQ(seen_.size(), 1U);
}

TEST_F(WatcherTest, NoticesAFileThatAppearsTogetherWithItsDirectories) {
  watch("a/b/t");
  dir_.makeDirectory("a/b");
  dir_.write("a/b/t", "late");
  EXPECT_TRUE(sees("late"));
}

TEST_F(WatcherTest, NoticesAHardLink) {
  dir_.write("other", "linked");
  watch("t");
  std::filesystem::create_hard_link(dir_ / "other", dir_ / "t");
  EXPECT_TRUE(sees("linked"));
}

TEST_F(WatcherTest, NoticesRemovalAndReturn) {
  dir_.write("t", "one");
  watch("t");
  dir_.rename("t", "away");
  EXPECT_TRUE(sees(""));
  dir_.rename("away", "t");
  EXPECT_TRUE(sees("one"));
}

TEST_F(WatcherTest, NoticesASwappedSymlinkOfADirectory) {
  dir_.makeDirectory("v1");
  dir_.makeDirectory("v2");
  dir_.write("v1/t", "one");
  dir_.write("v2/t", "two");
  dir_.link("..data", "v1");
  dir_.link("t", "..data/t");
  watch("t");
  dir_.link("..next", "v2");
  dir_.rename("..next", "..data");
  EXPECT_TRUE(sees("two"));
  dir_.write("v2/new", "three");
  dir_.rename("v2/new", "v2/t");
  EXPECT_TRUE(sees("three"));
}

TEST_F(WatcherTest, NoticesAReplacedDirectory) {
  dir_.makeDirectory("a");
  dir_.write("a/t", "one");
  watch("a/t");
  dir_.makeDirectory("b");
  dir_.write("b/t", "two");
  dir_.rename("a", "old");
  dir_.rename("b", "a");
  EXPECT_TRUE(sees("two"));
}

TEST_F(WatcherTest, IsSilentAboutOtherFiles) {
  dir_.write("t", "one");
  watch("t");
  dir_.write("other", "x");
  dir_.write("t", "two");  // told after the other one, so that one was not told
  EXPECT_TRUE(sees("two"));
  const std::lock_guard lock(mutex_);
  EXPECT_EQ(seen_, std::vector<std::string>{"two"});
}

TEST_F(WatcherTest, LooksByItselfWhereTheKernelTellsNothing) {
  dir_.write("t", "one");
  watch("t", 5ms);
  std::ofstream file(dir_ / "t");
  file << "two" << std::flush;  // never closed while we look
  EXPECT_TRUE(sees("two"));
}

// Both writes are of the same size, and of the same time: on ramfs, and on most file systems of
// kernels before 6.13. Where the file system tells them apart by itself, this proves nothing.
TEST_F(WatcherTest, NoticesASecondWriteRightAfterTheLook) {
  dir_.write("t", "start");
  const auto path = dir_ / "t";
  FileWatcher watcher({{path,
                        [this, path] {
                          const auto content = readAll(path);
                          if (content.starts_with("first")) {
                            dir_.write("t", "again" + content.substr(5));
                          }
                          const std::lock_guard lock(mutex_);
                          seen_.push_back(content);
                          arrived_.notify_all();
                        }}},
                      1h);
  watcher.start();
  ASSERT_TRUE(sees("start"));
  for (int round = 10; round < 60; ++round) {
    dir_.write("t", "first" + std::to_string(round));
    ASSERT_TRUE(sees("again" + std::to_string(round)));
  }
}

TEST_F(WatcherTest, StopsTwice) {
  watch("t");
  watcher_->stop();
  watcher_->stop();
  dir_.write("t", "one");
  const std::lock_guard lock(mutex_);
  EXPECT_TRUE(seen_.empty());
}

}  // namespace
}  // namespace holdfast::sources
