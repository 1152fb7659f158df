// SPDX-License-Identifier: Apache-2.0
#include "api/host_list.hpp"

#include <gtest/gtest.h>

namespace holdfast::api {
namespace {

struct HostCase {
  const char* header;
  bool allowed;
};

class Hosts : public testing::TestWithParam<HostCase> {};

TEST_P(Hosts, AreThoseOfThisDevice) {
  const HostList list({"Edge-7", "proxy.example", "", "[2001:db8::7]"});
  EXPECT_EQ(list.allows(GetParam().header, "192.0.2.7"), GetParam().allowed);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Hosts,
    testing::Values(HostCase{"localhost", true}, HostCase{"LOCALHOST:8090", true},
                    HostCase{"edge-7:80", true}, HostCase{"edge-7.", true},
                    HostCase{"proxy.example", true}, HostCase{"192.0.2.7:8090", true},
                    HostCase{"[2001:db8::7]", true}, HostCase{"[2001:db8::7]:8090", true},
                    HostCase{"", false}, HostCase{":8090", false}, HostCase{".", false},
                    HostCase{"192.0.2.8", false}, HostCase{"evil.example", false},
                    HostCase{"localhost.evil.example", false},
                    HostCase{"evil.example:80@localhost", false},
                    HostCase{"localhost:80.evil.example", false}, HostCase{"[::1]", false},
                    HostCase{"[2001:db8::7", false}, HostCase{"[2001:db8::7]x", false}));

TEST(Hosts, AnIpv6AddressOfItsOwnStandsInBrackets) {
  const HostList list({});
  EXPECT_TRUE(list.allows("[::1]:8090", "[::1]"));
  EXPECT_FALSE(list.allows("[::2]:8090", "[::1]"));
}

TEST(Origins, AreTheSameWithNameAndPort) {
  EXPECT_TRUE(isSameOrigin("http://edge-7:8090", "edge-7:8090"));
  EXPECT_TRUE(isSameOrigin("https://Edge-7", "edge-7"));
  for (const auto* foreign :
       {"null", "", "edge-7:8090", "http://edge-7", "http://edge-7:8091", "http://evil.example",
        "ftp://edge-7:8090", "http://edge-7:8090.evil.example", "http://edge-7:8090/"}) {
    EXPECT_FALSE(isSameOrigin(foreign, "edge-7:8090")) << foreign;
  }
  EXPECT_FALSE(isSameOrigin("http://", ""));
}

}  // namespace
}  // namespace holdfast::api
