// SPDX-License-Identifier: Apache-2.0
#include "sources/path_trail.hpp"

#include "unit/sources/temp_directory.hpp"

#include <gtest/gtest.h>

namespace holdfast::sources {
namespace {

// The entries below the temporary directory, as "directory name", the last one with a '!'.
std::vector<std::string> trailBelow(const TempDirectory& dir, const std::string& path) {
  std::vector<std::string> lines;
  const std::string root = dir / "";
  for (const auto& entry : trailOf(dir / path)) {
    if ((entry.directory + "/").starts_with(root)) {
      const auto directory = entry.directory + "/";
      lines.push_back(directory.substr(root.size()) + entry.name + (entry.last ? "!" : ""));
    }
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST(PathTrail, NamesEachDirectoryOnTheWay) {
  const TempDirectory dir;
  dir.makeDirectory("a/b");
  dir.write("a/b/t", "");
  EXPECT_EQ(trailBelow(dir, "a/b/t"), (Lines{"a", "a/b", "a/b/t!"}));
  EXPECT_EQ(trailBelow(dir, "a/./b/../b/t"), (Lines{"a", "a/b", "a/b", "a/b/t!"}));
}

TEST(PathTrail, EndsWhereSomethingIsMissing) {
  const TempDirectory dir;
  dir.makeDirectory("a");
  EXPECT_EQ(trailBelow(dir, "a/b/t"), (Lines{"a", "a/b"}));
  EXPECT_EQ(trailBelow(dir, "a/t"), (Lines{"a", "a/t!"}));
}

TEST(PathTrail, FollowsSymlinksOfFilesAndDirectories) {
  const TempDirectory dir;
  dir.makeDirectory("v1");
  dir.write("v1/t", "");
  dir.link("..data", "v1");
  dir.link("t", "..data/t");
  EXPECT_EQ(trailBelow(dir, "t"), (Lines{"t!", "..data", "v1", "v1/t!"}));
}

TEST(PathTrail, GivesUpOnLoops) {
  const TempDirectory dir;
  dir.link("a", "b");
  dir.link("b", "a");
  EXPECT_LE(trailOf(dir / "a").size(), 60U);
}

}  // namespace
}  // namespace holdfast::sources
