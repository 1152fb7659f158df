// SPDX-License-Identifier: Apache-2.0
#include "state/files.hpp"

#include "state/state_error.hpp"
#include "unit/state/directory.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

namespace holdfast::state {
namespace {

using namespace std::chrono_literals;

model::WallTime day(unsigned number) {
  return model::WallTime{std::chrono::sys_days{std::chrono::year{2025} / 10 / number} + 1h + 2min +
                         3s};
}

TEST(PrivateDirectory, IsMadeWithItsParents) {
  const Directory directory;
  const std::string path = directory.file("a/b/c");
  makePrivateDirectory(path);
  EXPECT_EQ(permissions(path), 0700U);
}

TEST(PrivateDirectory, LosesTheRightsOfOthers) {
  const Directory directory;
  std::filesystem::permissions(directory.path(), std::filesystem::perms{0755});
  makePrivateDirectory(directory.path());
  EXPECT_EQ(permissions(directory.path()), 0700U);
}

TEST(PrivateDirectory, MustBeOne) {
  const Directory directory;
  writeFile(directory.file("x"), "");
  EXPECT_THROW(makePrivateDirectory(directory.file("x")), StateError);
  EXPECT_THROW(makePrivateDirectory(directory.file("x/y")), StateError);
}

TEST(PrivateFile, IsReplacedAsAWhole) {
  const Directory directory;
  writeFile(directory.file("owner"), "something longer than what follows");
  writePrivateFile(directory.file("owner"), "short");
  EXPECT_EQ(readFile(directory.file("owner")), "short");
  EXPECT_EQ(permissions(directory.file("owner")), 0600U);
  EXPECT_TRUE(directory.namesWith(".new").empty());
}

TEST(SmallFile, IsReadUpToTheLimit) {
  const Directory directory;
  writeFile(directory.file("x"), "0123456789");
  EXPECT_EQ(readSmallFile(directory.file("x"), 4), "0123");
  EXPECT_EQ(readSmallFile(directory.file("x"), 40), "0123456789");
  EXPECT_FALSE(readSmallFile(directory.file("y"), 4));
}

TEST(SetAside, TakesTheLogsAlong) {
  const Directory directory;
  writeFile(directory.database(), "db");
  writeFile(directory.database() + "-wal", "wal");
  const std::string name = setAside(directory.database(), day(24));
  EXPECT_EQ(name, directory.database() + ".damaged-20251024T010203Z");
  EXPECT_EQ(readFile(name), "db");
  EXPECT_EQ(readFile(name + "-wal"), "wal");
  EXPECT_FALSE(std::filesystem::exists(directory.database()));
  EXPECT_FALSE(std::filesystem::exists(directory.database() + "-wal"));
}

TEST(SetAside, KeepsThreeSetsAndTheNewestWhateverItsLabel) {
  const Directory directory;
  for (const unsigned number : {11U, 12U, 13U, 14U, 10U}) {
    writeFile(directory.database(), std::to_string(number));
    writeFile(directory.database() + "-wal", "wal");
    static_cast<void>(setAside(directory.database(), day(number)));
  }
  EXPECT_EQ(directory.namesWith("damaged").size(), 6U);
  EXPECT_EQ(directory.namesWith("damaged-20251010").size(), 2U) << "the newest";
  EXPECT_EQ(directory.namesWith("damaged-20251014").size(), 2U);
  EXPECT_EQ(directory.namesWith("damaged-20251013").size(), 2U);
}

TEST(SetAside, FindsAnotherNameInTheSameSecond) {
  const Directory directory;
  for (const char* content : {"first", "second"}) {
    writeFile(directory.database(), content);
    static_cast<void>(setAside(directory.database(), day(1)));
  }
  EXPECT_EQ(readFile(directory.database() + ".damaged-20251001T010203Z"), "first");
  EXPECT_EQ(readFile(directory.database() + ".damaged-20251001T010203Z.2"), "second");
}

}  // namespace
}  // namespace holdfast::state
