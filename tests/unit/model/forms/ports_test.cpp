// SPDX-License-Identifier: Apache-2.0
#include "model/forms/ports.hpp"

#include <gmock/gmock.h>

namespace holdfast::model {
namespace {

using testing::HasSubstr;
using Mappings = std::vector<PortMapping>;

TEST(Ports, EveryForm) {
  const std::pair<const char*, PortMapping> cases[] = {
      {"80", {"", 0, 80, Protocol::Tcp}},
      {"53/udp", {"", 0, 53, Protocol::Udp}},
      {"8080:80", {"", 8080, 80, Protocol::Tcp}},
      {"8080:80/tcp", {"", 8080, 80, Protocol::Tcp}},
      {"127.0.0.1:9001:9001/tcp", {"127.0.0.1", 9001, 9001, Protocol::Tcp}},
      {"0.0.0.0:1:65535/udp", {"0.0.0.0", 1, 65535, Protocol::Udp}},
      {"[::1]:80:80", {"::1", 80, 80, Protocol::Tcp}},
      {"[0:0:0:0:0:0:0:1]:80:80", {"::1", 80, 80, Protocol::Tcp}},
      {"080:080", {"", 80, 80, Protocol::Tcp}},
  };
  for (const auto& [text, expected] : cases) {
    const auto parsed = parsePorts(text);
    ASSERT_TRUE(parsed) << text << ": " << parsed.error().message;
    EXPECT_EQ(*parsed, Mappings{expected}) << text;
  }
}

TEST(Ports, RangesAreTakenApart) {
  const auto parsed = parsePorts("127.0.0.1:3000-3002:4000-4002/udp");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, (Mappings{{"127.0.0.1", 3000, 4000, Protocol::Udp},
                               {"127.0.0.1", 3001, 4001, Protocol::Udp},
                               {"127.0.0.1", 3002, 4002, Protocol::Udp}}));
  EXPECT_EQ(parsePorts("1-1024:1-1024")->size(), 1024u);
}

TEST(Ports, RefusesEverythingElse) {
  for (const char* text : {"",
                           "a",
                           "0",
                           "65536",
                           "-1",
                           "80:",
                           ":80",
                           "80/",
                           "80/sctp",
                           "80/TCP",
                           "80/tcp/udp",
                           "0:80",
                           "80:0",
                           "8080:80:",
                           "1.2.3:80:80",
                           "host:80:80",
                           "::1:80:80",
                           "[1.2.3.4]:80:80",
                           "[::1:80:80",
                           "[]:80:80",
                           "3000-3005",
                           "1-2:3",
                           "1:2-3",
                           "3-1:3-1",
                           "1-1025:1-1025",
                           "1-2-3:1-2-3",
                           "80 ",
                           " 80",
                           "+80",
                           "8e1",
                           "99999999999",
                           "1.2.3.4::80",
                           "80:80:80:80",
                           "127.0.0.1:80",
                           "01.2.3.4:1:1"}) {
    EXPECT_FALSE(parsePorts(text)) << text;
  }
}

TEST(Ports, ErrorsNameWhatIsWrong) {
  EXPECT_THAT(parsePorts("80/sctp").error().message, HasSubstr("unknown protocol \"sctp\""));
  EXPECT_THAT(parsePorts("1-2:3").error().message, HasSubstr("differ in length"));
  EXPECT_THAT(parsePorts("70000:80").error().message, HasSubstr("\"70000\" is no port"));
  EXPECT_THAT(parsePorts("x:1:1").error().message, HasSubstr("\"x\" is no IP address"));
}

}  // namespace
}  // namespace holdfast::model
