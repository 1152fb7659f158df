// SPDX-License-Identifier: Apache-2.0
#include "notifier/syslog/options.hpp"

#include "holdfast/support/json.hpp"
#include "holdfast/testing/fake_host.hpp"

#include <gmock/gmock.h>

#include <stdexcept>

namespace holdfast::syslog {
namespace {

using testing::FakeHost;
using ::testing::HasSubstr;

// What the host fills in from the schema.
Options read(FakeHost::Options configured) {
  FakeHost::Options options = {{"target", "local"},     {"facility", "local0"},
                               {"appName", "holdfast"}, {"enterpriseId", "32473"},
                               {"bom", "auto"},         {"maxBytes", "0"},
                               {"timeout", "10000"}};
  for (auto& [name, value] : configured) {
    options[name] = value;
  }
  const FakeHost host(std::move(options));
  return readOptions(host);
}

TEST(SyslogOptions, NameTheWay) {
  const struct {
    const char* target;
    Way way;
    const char* host;
    const char* port;
    bool tls;
    std::size_t maxBytes;
  } rows[] = {
      {"local", Way::Local, "", "", false, 8192},
      {"udp://logs.example.org", Way::Udp, "logs.example.org", "514", false, 2048},
      {"udp://[2001:db8::1]:5140", Way::Udp, "2001:db8::1", "5140", false, 2048},
      {"tcp://10.0.0.1:601", Way::Stream, "10.0.0.1", "601", false, 8192},
      {"tls://logs.example.org", Way::Stream, "logs.example.org", "6514", true, 8192},
      {"tls://[::1]", Way::Stream, "[::1]", "6514", true, 8192},
  };
  for (const auto& row : rows) {
    const Options options = read({{"target", row.target}});
    EXPECT_EQ(options.way, row.way) << row.target;
    EXPECT_EQ(options.target.host, row.host) << row.target;
    EXPECT_EQ(options.target.port, row.port) << row.target;
    EXPECT_EQ(options.target.tls, row.tls) << row.target;
    EXPECT_EQ(options.sender.maxBytes, row.maxBytes) << row.target;
  }
}

TEST(SyslogOptions, SayHowMessagesLook) {
  const Options options = read({{"facility", "local7"},
                                {"hostname", "gw"},
                                {"appName", "agent"},
                                {"enterpriseId", "1"},
                                {"bom", "never"},
                                {"maxBytes", "480"},
                                {"timeout", "2000"}});
  EXPECT_EQ(options.sender.facility, 23);
  EXPECT_EQ(options.sender.host, "gw");
  EXPECT_EQ(options.sender.application, "agent");
  EXPECT_EQ(options.sender.enterpriseId, 1);
  EXPECT_EQ(options.sender.bom, Bom::Never);
  EXPECT_EQ(options.sender.maxBytes, 480u);
  EXPECT_GT(options.sender.processId, 0);
  EXPECT_EQ(options.timeoutMs, 2000);
  EXPECT_EQ(read({{"facility", "daemon"}}).sender.facility, 3);
  EXPECT_EQ(read({{"facility", "user"}}).sender.facility, 1);
  EXPECT_EQ(read({{"facility", "local0"}}).sender.facility, 16);
  EXPECT_EQ(read({{"bom", "always"}}).sender.bom, Bom::Always);
}

TEST(SyslogOptions, RefuseWhatCannotBeRight) {
  const std::pair<FakeHost::Options, const char*> rows[] = {
      {{{"target", "logs.example.org"}}, "expected local, udp://"},
      {{{"target", ""}}, "expected local, udp://"},
      {{{"target", "relp://h"}}, "expected local, udp://"},
      {{{"target", "tcp://"}}, "expected host and port"},
      {{{"target", "tcp://h:"}}, "expected host and port"},
      {{{"target", "tcp://h:0"}}, "expected host and port"},
      {{{"target", "tcp://h:65536"}}, "expected host and port"},
      {{{"target", "tcp://h:5x"}}, "expected host and port"},
      {{{"target", "tcp://h/path"}}, "expected host and port"},
      {{{"target", "tcp://user@h"}}, "expected host and port"},
      {{{"target", "tcp://[::1"}}, "expected host and port"},
      {{{"target", "tcp://::1:514"}}, "expected host and port"},
      {{{"target", "tls://h"}, {"certFile", "/c"}}, "certFile and keyFile go together"},
      {{{"target", "tcp://h"}, {"caFile", "/c"}}, "need tls://"},
      {{{"maxBytes", "479"}}, "maxBytes: expected 480"},
      {{{"maxBytes", "65001"}}, "maxBytes: expected 480"},
      {{{"enterpriseId", "-1"}}, "enterpriseId"},
      {{{"timeout", "1"}}, "timeout: expected at least 100ms"},
  };
  for (const auto& [options, problem] : rows) {
    try {
      static_cast<void>(read(options));
      FAIL() << options.begin()->second;
    } catch (const std::invalid_argument& error) {
      EXPECT_THAT(error.what(), HasSubstr(problem));
    }
  }
}

TEST(SyslogOptions, AreDescribedInTheSchema) {
  const auto schema = support::parseJson(kOptionsSchema);
  ASSERT_TRUE(schema.has_value());
  for (const auto& [name, option] : *support::jsonObject(*schema, {"properties"})) {
    EXPECT_FALSE(support::jsonText(option, {"description"}).empty()) << name;
  }
}

}  // namespace
}  // namespace holdfast::syslog
