// SPDX-License-Identifier: Apache-2.0
#include "holdfast/support/address.hpp"

#include <gtest/gtest.h>

namespace holdfast::support {
namespace {

TEST(Address, KnowsLinkLocalInEveryForm) {
  for (const char* address :
       {"169.254.169.254", "169.254.0.0", "fe80::1", "febf::1", "fe80::1%eth0",
        "::ffff:169.254.1.2", "::169.254.1.2", "64:ff9b::a9fe:a9fe"}) {
    EXPECT_TRUE(isLinkLocal(std::string(address))) << address;
  }
}

TEST(Address, LeavesAllOthersAlone) {
  for (const char* address :
       {"127.0.0.1", "169.253.255.255", "169.255.0.0", "10.0.0.1", "::1", "::", "fec0::1",
        "fd00::1", "::ffff:127.0.0.1", "2001:db8::a9fe:a9fe", "example.org", ""}) {
    EXPECT_FALSE(isLinkLocal(std::string(address))) << address;
  }
}

}  // namespace
}  // namespace holdfast::support
