// SPDX-License-Identifier: Apache-2.0
#include "state/owner_file.hpp"

#include "unit/state/directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace holdfast::state {
namespace {

TEST(Uuid, IsRandomAndOfVersionFour) {
  std::set<std::string> seen;
  for (int round = 0; round < 100; ++round) {
    const std::string uuid = newUuid();
    EXPECT_THAT(uuid, testing::MatchesRegex(
                          "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
    EXPECT_TRUE(isUuid(uuid));
    EXPECT_TRUE(seen.insert(uuid).second);
  }
}

TEST(Uuid, HasOneForm) {
  EXPECT_TRUE(isUuid("3F2B6B3E-0000-4000-8000-00000000000f"));
  for (const char* text :
       {"", "3f2b6b3e", "3f2b6b3e-0000-4000-8000-0000000000011",
        "3f2b6b3e-0000-4000-8000-00000000000", "3f2b6b3e-0000-4000-8000-00000000000g",
        "3f2b6b3e00000-4000-8000-000000000001", "{3f2b6b3e-0000-4000-8000-00000000000}"}) {
    EXPECT_FALSE(isUuid(text)) << text;
  }
}

TEST(OwnerFile, KeepsOursAndTheAdopted) {
  const Directory directory;
  const Owner owner{.uuid = newUuid(), .adopted = {newUuid(), newUuid()}};
  writeOwner(directory.path(), owner);
  EXPECT_EQ(readOwner(directory.path()), owner);
  EXPECT_EQ(permissions(directory.file("owner")), 0600U);
}

TEST(OwnerFile, IsNothingWithoutAUuid) {
  const Directory directory;
  EXPECT_FALSE(readOwner(directory.path()));
  for (const char* content : {"", "\n", "garbage\n", "3f2b6b3e-0000-4000-8000-0000000000"}) {
    writeFile(directory.file("owner"), content);
    EXPECT_FALSE(readOwner(directory.path())) << content;
  }
}

TEST(OwnerFile, LeavesDamagedLinesOut) {
  const Directory directory;
  const std::string ours = newUuid();
  const std::string other = newUuid();
  writeFile(directory.file("owner"), ours + "\nhalf a line\n" + other + "\n");
  EXPECT_EQ(readOwner(directory.path()), (Owner{.uuid = ours, .adopted = {other}}));
}

}  // namespace
}  // namespace holdfast::state
