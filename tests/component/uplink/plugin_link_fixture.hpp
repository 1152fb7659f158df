// SPDX-License-Identifier: Apache-2.0
// The link with the real plugin, against a cloud on loopback that keeps to the protocol. The link's
// clock is the test's.
#pragma once

#include "fixtures/cloud/cloud.hpp"
#include "fixtures/lab/temp_dir.hpp"
#include "holdfast/testing/fake_call.hpp"
#include "holdfast/testing/fake_host.hpp"
#include "unit/uplink/link_fixture.hpp"
#include "uplink/iotistic/iotistic_uplink.hpp"

#include <sys/stat.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace holdfast::uplink {

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

class PluginLinkFixture : public LinkFixture {
 protected:
  PluginLinkFixture() {
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
  }

  // An instance as the host makes it at each start of the agent, for the next start of the link.
  void makePlugin() {
    plugin_ = std::make_unique<iotistic::IotisticUplink>(*host_);
    testing::FakeCall call;
    EXPECT_TRUE(plugin_->start(call).ok());
    plugged_ = std::make_unique<PluginPort>(*plugin_);
    port_ = plugged_.get();
  }

  fixtures::Cloud remote_;
  fixtures::TempDir directory_;
  std::unique_ptr<testing::FakeHost> host_;
  std::unique_ptr<iotistic::IotisticUplink> plugin_;
  std::unique_ptr<PluginPort> plugged_;
};

}  // namespace holdfast::uplink
