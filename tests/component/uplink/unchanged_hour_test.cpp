// SPDX-License-Identifier: Apache-2.0
// What an hour costs in which nothing happens. The hour is the clock's of the test; the bytes are
// those of the wire.
#include "plugin_link_fixture.hpp"

#include <iostream>
#include <map>
#include <string>
#include <utility>

namespace holdfast::uplink {
namespace {

using fixtures::CloudEndpoint;

class UnchangedHour : public PluginLinkFixture {
 protected:
  UnchangedHour() {
    makePlugin();
    start();
  }

  long bytes(const std::string& name) const {
    for (const auto& fact : port_->facts()) {
      if (fact.name == name)
        return std::stol(fact.value);
    }
    return 0;
  }
};

TEST_F(UnchangedHour, IsPollsAnswered304AndHeartbeatsOnOneConnection) {
  remote_.setTarget(R"({"apps": {}, "config": {}})");
  show({running()});
  pass(2min);
  ASSERT_FALSE(remote_.reports().empty());
  ASSERT_EQ(submitted_.size(), 1U);

  remote_.forgetExchanges();
  const auto connections = remote_.connections();
  const long sent = bytes("bytesSent");
  const long received = bytes("bytesReceived");
  for (int minute = 0; minute < 60; ++minute) {
    show({running()});  // the engine's resync
    pass(1min);
  }

  std::map<std::pair<CloudEndpoint, int>, int> seen;
  for (const auto& exchange : remote_.exchanges())
    ++seen[{exchange.endpoint, exchange.status}];
  const std::map<std::pair<CloudEndpoint, int>, int> expected{{{CloudEndpoint::Target, 304}, 60},
                                                              {{CloudEndpoint::Report, 200}, 15}};
  EXPECT_EQ(seen, expected);
  EXPECT_EQ(remote_.connections(), connections);
  EXPECT_EQ(submitted_.size(), 1U);
  const long out = bytes("bytesSent") - sent;
  const long in = bytes("bytesReceived") - received;
  std::cout << "an hour without changes: " << out << " bytes sent, " << in << " received\n";
  EXPECT_GT(out, 75 * 200);
  EXPECT_LT(out, 60 * 400 + 15 * 2'000);
  EXPECT_GT(in, 75 * 40);
  EXPECT_LT(in, 75 * 400);
}

}  // namespace
}  // namespace holdfast::uplink
