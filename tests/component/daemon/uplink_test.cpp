// SPDX-License-Identifier: Apache-2.0
// The uplink from the configuration to its plugin.
#include "component/daemon/daemon_process.hpp"

#include <boost/json/object.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace holdfast::test {
namespace {

using testing::HasSubstr;

class DaemonUplink : public testing::Test {
 protected:
  DaemonUplink() {
    daemon_.install("scripted_uplink", "mast");
    daemon_.configure("uplink.plugin = mast\n");
  }

  boost::json::value plugin(const std::string& name) {
    const auto answer = daemon_.request("GET", "/v1/plugins");
    for (const auto& plugin : answer.body.at("plugins").as_array()) {
      if (plugin.at("name").as_string() == name) {
        return plugin;
      }
    }
    return boost::json::object{{"kind", "(not there)"}, {"state", ""}};
  }

  DaemonProcess daemon_;
};

TEST_F(DaemonUplink, IsLoadedWithoutStandingInPluginsLoad) {
  daemon_.startReady({"-Duplink.to=" + daemon_.path("told")});
  EXPECT_EQ(plugin("mast").at("kind"), "uplink");
  EXPECT_EQ(plugin("mast").at("state"), "loaded");
  EXPECT_EQ(plugin("scripted").at("kind"), "runtime");
}

TEST_F(DaemonUplink, ARefusedOneIsShownAndHoldsNothingUp) {
  daemon_.startReady();
  const auto refused = plugin("mast");
  EXPECT_EQ(refused.at("kind"), "uplink");
  EXPECT_EQ(refused.at("state"), "refused");
  EXPECT_EQ(refused.at("stage"), "options");
  EXPECT_THAT(std::string(refused.at("reason").as_string()), HasSubstr("to"));
  EXPECT_TRUE(daemon_.becomes("/v1/info", "/runtimes/0/available", true));
}

TEST_F(DaemonUplink, AnyFileOfOneCanBeInspected) {
  daemon_.startReady({"-Duplink.plugin="});
  EXPECT_EQ(plugin("mast").at("kind"), "(not there)");
  const auto answer =
      daemon_.request("POST", "/v1/plugins/inspect?path=" + daemon_.path("plugins/mast.so"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.at("kind"), "uplink");
  EXPECT_EQ(answer.body.at("abi"), "0.1");
}

}  // namespace
}  // namespace holdfast::test
