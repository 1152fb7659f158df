// SPDX-License-Identifier: Apache-2.0
#include "model/forms/addresses.hpp"

#include <gtest/gtest.h>

namespace holdfast::model {
namespace {

using Pair = std::pair<std::string, std::string>;

TEST(Addresses, Normalised) {
  EXPECT_EQ(normalisedIp("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(normalisedIp("2001:DB8:0:0::1"), "2001:db8::1");
  for (const char* text : {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.1.1.1", "[::1]",
                           "fe80::1%eth0", "::g", "localhost", "1.2.3.4 "}) {
    EXPECT_EQ(normalisedIp(text), std::nullopt) << text;
  }
  EXPECT_EQ(normalisedIp(std::string_view("1.2.3.4\0x", 9)), std::nullopt);
  EXPECT_TRUE(isIpv6("::"));
  EXPECT_FALSE(isIpv6("0.0.0.0"));
}

TEST(ExtraHosts, EveryForm) {
  EXPECT_EQ(*parseExtraHost("db:10.0.0.1"), Pair("db", "10.0.0.1"));
  EXPECT_EQ(*parseExtraHost("db:::1"), Pair("db", "::1"));
  EXPECT_EQ(*parseExtraHost("db:[::1]"), Pair("db", "::1"));
  EXPECT_EQ(*parseExtraHost("gw:host-gateway"), Pair("gw", "host-gateway"));
  for (const char* text : {"", "db", ":10.0.0.1", "db:", "db:x", "db=10.0.0.1", "db:gateway"})
    EXPECT_FALSE(parseExtraHost(text)) << text;
}

}  // namespace
}  // namespace holdfast::model
