// SPDX-License-Identifier: Apache-2.0
// Names of options: `uplink.<name>` is the plugin's, but for those that the agent keeps.

#include "conformance/kit/kit.hpp"

namespace holdfast::conformance {
namespace {

TEST(SchemaTest, LeavesTheAgentsOwnNamesAlone) {
  for (const char* name : {"plugin", "pollInterval", "reportInterval", "heartbeat", "logs"}) {
    EXPECT_FALSE(kit().schema().options.contains(name))
        << "uplink." << name << " is a key of the agent: the plugin's option cannot be set";
  }
}

}  // namespace
}  // namespace holdfast::conformance
