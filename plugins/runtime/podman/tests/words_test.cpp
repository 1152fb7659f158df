// SPDX-License-Identifier: Apache-2.0
#include "runtime/podman/words.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <limits>

namespace holdfast::podman {
namespace {

TEST(SignalNumber, KnowsNamesWithAndWithoutPrefixAndNumbers) {
  EXPECT_EQ(signalNumber("SIGTERM"), SIGTERM);
  EXPECT_EQ(signalNumber("int"), SIGINT);
  EXPECT_EQ(signalNumber("SIGKILL"), SIGKILL);
  EXPECT_EQ(signalNumber("15"), 15);
  EXPECT_EQ(signalNumber("SIGRTMIN"), SIGRTMIN);
  EXPECT_EQ(signalNumber("SIGRTMIN+3"), SIGRTMIN + 3);
  EXPECT_EQ(signalNumber("RTMAX-1"), SIGRTMAX - 1);
}

TEST(SignalNumber, RefusesWhatIsNoSignal) {
  for (const char* word : {"", "SIG", "SIGNOSUCH", "0", "65", "-1", "9x", "RTMIN-1", "RTMIN+",
                           "RTMIN+999", "RTMAX+1"}) {
    EXPECT_EQ(signalNumber(word), std::nullopt) << word;
  }
}

TEST(ByteSize, ReadsPowersOf1024) {
  EXPECT_EQ(byteSize("4096"), 4096);
  EXPECT_EQ(byteSize("4096b"), 4096);
  EXPECT_EQ(byteSize("512k"), 524'288);
  EXPECT_EQ(byteSize("10m"), 10'485'760);
  EXPECT_EQ(byteSize("1G"), 1'073'741'824);
}

TEST(ByteSize, RefusesWhatIsNoSize) {
  for (const char* text :
       {"", "m", "-1m", "0", "1.5m", "10mb", "ten", "99999999999999999999", "9000000000000t"}) {
    EXPECT_EQ(byteSize(text), std::nullopt) << text;
  }
}

TEST(NetworkModeOf, TakesWordsApart) {
  EXPECT_EQ(networkModeOf("host").mode, "host");
  EXPECT_EQ(networkModeOf("").mode, "");
  EXPECT_EQ(networkModeOf("default").mode, "");
  EXPECT_EQ(networkModeOf("container:web").mode, "container");
  EXPECT_EQ(networkModeOf("container:web").value, "web");
  EXPECT_EQ(networkModeOf("ns:/run/netns/x").mode, "path");
  EXPECT_EQ(networkModeOf("ns:/run/netns/x").value, "/run/netns/x");
  EXPECT_EQ(networkModeOf("slirp4netns:mtu=1500,enable_ipv6=true").options,
            (std::vector<std::string>{"mtu=1500", "enable_ipv6=true"}));
  EXPECT_EQ(networkModeOf("backbone").mode, "");
  EXPECT_EQ(networkModeOf("backbone").network, "backbone");
}

TEST(SecurityOptionOf, TakesBothSeparators) {
  EXPECT_EQ(securityOptionOf("seccomp=unconfined").value, "unconfined");
  EXPECT_EQ(securityOptionOf("label:type:x").key, "label");
  EXPECT_EQ(securityOptionOf("label:type:x").value, "type:x");
  EXPECT_EQ(securityOptionOf("no-new-privileges").value, "");
}

}  // namespace
}  // namespace holdfast::podman
