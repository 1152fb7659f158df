// SPDX-License-Identifier: Apache-2.0
// The link with the real plugin, against a cloud on loopback: what an hour costs in which nothing
// happens. The hour is the clock's of the test; the bytes are those of the wire.
#include "fixtures/cloud/cloud.hpp"
#include "fixtures/lab/temp_dir.hpp"
#include "holdfast/testing/fake_call.hpp"
#include "holdfast/testing/fake_host.hpp"
#include "unit/uplink/link_fixture.hpp"
#include "uplink/iotistic/iotistic_uplink.hpp"

#include <sys/stat.h>

#include <iostream>
#include <map>

namespace holdfast::uplink {
namespace {

using fixtures::CloudEndpoint;
using namespace std::chrono_literals;

// The plugin as the link sees it, called on the test's own thread.
class PluginPort final : public UplinkPort {
 public:
  explicit PluginPort(sdk::UplinkPlugin& plugin) : plugin_(plugin) {}

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] sdk::EnrolmentStep enrolment() const override { return plugin_.enrolment(); }

  void enrol(Device device, std::function<void(engine::CallResult)> done) override {
    sdk::DeviceInfo info;
    info.uuid = device.uuid;
    info.name = device.name;
    info.macAddress = device.macAddress;
    info.osVersion = device.osVersion;
    info.agentVersion = device.agentVersion;
    testing::FakeCall call;
    done(resultOf(plugin_.enrol(info, call), call));
  }

  void fetchTarget(
      std::string etag,
      std::function<void(engine::CallResult, std::optional<FetchedTarget>)> done) override {
    struct Sink final : sdk::TargetSink {
      void target(std::string_view document, std::string_view tag) noexcept override {
        fetched = FetchedTarget{std::string(document), std::string(tag)};
      }
      std::optional<FetchedTarget> fetched;
    } sink;
    sdk::FetchRequest request;
    request.etag = etag;
    testing::FakeCall call;
    const auto result = resultOf(plugin_.fetchTarget(request, sink, call), call);
    done(result, std::move(sink.fetched));
  }

  void deliverReport(std::int64_t sequence, std::string contentJson,
                     std::function<void(engine::CallResult)> done) override {
    sdk::Report report;
    report.sequence = sequence;
    report.contentJson = contentJson;
    testing::FakeCall call;
    done(resultOf(plugin_.deliverReport(report, call), call));
  }

  void deliverLogs(std::vector<LogLine>, std::function<void(engine::CallResult)>) override {}

  [[nodiscard]] std::vector<Fact> facts() const override {
    struct Sink final : sdk::FactSink {
      void fact(std::string_view name, std::string_view value) noexcept override {
        facts.push_back({std::string(name), std::string(value)});
      }
      std::vector<Fact> facts;
    } sink;
    plugin_.facts(sink);
    return sink.facts;
  }

 private:
  static engine::CallResult resultOf(sdk::Status status, const testing::FakeCall& call) {
    engine::CallResult result;
    result.errorClass = status.code;
    result.message = call.message();
    return result;
  }

  sdk::UplinkPlugin& plugin_;
  const std::string name_ = "iotistic";
};

class UnchangedHour : public LinkFixture {
 protected:
  UnchangedHour() {
    const std::string key = directory_.path() / "provisioning.key";
    fixtures::writeFile(key, fixtures::Cloud::provisioningKey() + "\n");
    ::chmod(key.c_str(), 0600);
    host_ =
        std::make_unique<testing::FakeHost>(testing::FakeHost::Options{{"url", remote_.url()},
                                                                       {"provisioningKeyFile", key},
                                                                       {"deviceType", "generic"},
                                                                       {"proxy", "none"},
                                                                       {"timeout", "20000"}},
                                            directory_.path().string());
    plugin_ = std::make_unique<iotistic::IotisticUplink>(*host_);
    testing::FakeCall call;
    EXPECT_TRUE(plugin_->start(call).ok());
    plugged_ = std::make_unique<PluginPort>(*plugin_);
    port_ = plugged_.get();
    start();
  }

  long bytes(const std::string& name) const {
    for (const auto& fact : plugged_->facts()) {
      if (fact.name == name)
        return std::stol(fact.value);
    }
    return 0;
  }

  fixtures::Cloud remote_;
  fixtures::TempDir directory_;
  std::unique_ptr<testing::FakeHost> host_;
  std::unique_ptr<iotistic::IotisticUplink> plugin_;
  std::unique_ptr<PluginPort> plugged_;
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
