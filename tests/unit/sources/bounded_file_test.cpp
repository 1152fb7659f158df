// SPDX-License-Identifier: Apache-2.0
#include "sources/bounded_file.hpp"

#include "unit/sources/temp_directory.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <cerrno>

namespace holdfast::sources {
namespace {

TEST(BoundedFile, ReadsUpToItsLimitAndNoFurther) {
  const TempDirectory dir;
  dir.write("a", std::string(100, 'x'));
  EXPECT_EQ(readBounded(dir / "a", 100).text, std::string(100, 'x'));
  EXPECT_TRUE(readBounded(dir / "a", 99).tooLarge);
  EXPECT_EQ(readBounded(dir / "a", 99).text, "");
  dir.write("empty", "");
  EXPECT_EQ(readBounded(dir / "empty", 10).error, 0);
  EXPECT_EQ(readBounded(dir / "empty", 10).text, "");
}

TEST(BoundedFile, ReadsFilesWithoutASizeOfTheirOwn) {
  EXPECT_FALSE(readBounded("/proc/self/status", 1 << 20).text.empty());
}

TEST(BoundedFile, RefusesWhatIsNoFile) {
  const TempDirectory dir;
  EXPECT_EQ(readBounded(dir / "none", 10).error, ENOENT);
  EXPECT_EQ(readBounded(dir / ".", 10).error, EISDIR);
  ASSERT_EQ(::mkfifo((dir / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(readBounded(dir / "fifo", 10).error, ENOTSUP);
  EXPECT_EQ(readBounded("/dev/zero", 10).error, ENOTSUP);
}

}  // namespace
}  // namespace holdfast::sources
