// SPDX-License-Identifier: Apache-2.0
#include "daemon/memory.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace holdfast::daemon {
namespace {

std::string mapping(const std::string& header, int privateDirty = 0, int anonymous = 0) {
  return header +
         "\nSize:                132 kB\nPss:                  40 kB\nPrivate_Dirty:        " +
         std::to_string(privateDirty) + " kB\nAnonymous:            " + std::to_string(anonymous) +
         " kB\nVmFlags: rd ex mr mw me sd\n";
}

std::vector<AddressRange> rangesOf(const std::string& smaps) {
  std::istringstream stream(smaps);
  return cleanFileRanges(stream);
}

TEST(CleanFileRanges, AreCodeAndConstantsOfFiles) {
  EXPECT_EQ(rangesOf(mapping("1000-3000 r-xp 00000000 08:01 12     /usr/sbin/holdfastd") +
                     mapping("3000-4000 r--p 00002000 08:01 12     /usr/sbin/holdfastd") +
                     mapping("7f0000000000-7f0000001000 r-xp 00000000 08:01 13  /lib/a b.so")),
            (std::vector<AddressRange>{
                {0x1000, 0x3000}, {0x3000, 0x4000}, {0x7f0000000000, 0x7f0000001000}}));
}

// What was written once, be it by the loader's relocations, would be lost.
TEST(CleanFileRanges, LeaveOutWhateverWasWritten) {
  EXPECT_TRUE(rangesOf(mapping("1000-3000 r--p 0 08:01 12 /lib/x.so", 8)).empty());
  EXPECT_TRUE(rangesOf(mapping("1000-3000 r--p 0 08:01 12 /lib/x.so", 0, 8)).empty());
  EXPECT_TRUE(rangesOf(mapping("1000-3000 rw-p 0 08:01 12 /lib/x.so")).empty());
  EXPECT_TRUE(
      rangesOf(mapping("1000-3000 r--s 0 08:01 12 /var/lib/holdfast/holdfast.db-shm")).empty());
}

TEST(CleanFileRanges, LeaveOutWhatIsOfNoFile) {
  EXPECT_TRUE(rangesOf(mapping("1000-3000 r-xp 0 00:00 0")).empty());
  EXPECT_TRUE(rangesOf(mapping("1000-3000 r-xp 0 00:00 0 [vdso]")).empty());
  EXPECT_TRUE(rangesOf("").empty());
  EXPECT_TRUE(rangesOf("nonsense\n").empty());
}

TEST(ReleaseStartPages, ChangesNothingThatAProgramCanSee) {
  releaseStartPages();
  EXPECT_EQ(std::to_string(1) + "2", "12");
}

}  // namespace
}  // namespace holdfast::daemon
