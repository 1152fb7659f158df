// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fixtures/cloud/cloud.hpp"
#include "fixtures/lab/temp_dir.hpp"
#include "holdfast/testing/fake_call.hpp"
#include "holdfast/testing/fake_host.hpp"
#include "uplink/iotistic/iotistic_uplink.hpp"

#include <gmock/gmock.h>

#include <sys/stat.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::iotistic {

inline constexpr char kUuid[] = "6f1c1c1e-7f0e-4b7e-a2f5-1f6a3f1f7c55";

// How a call ended.
struct Outcome {
  sdk::Status status;
  std::string message;
  std::string raw;
};

// What a fetch brought.
struct Fetched : Outcome {
  std::optional<std::string> document;
  std::string etag;
};

class Facts final : public sdk::FactSink {
 public:
  void fact(std::string_view name, std::string_view value) noexcept override {
    values[std::string(name)] = value;
  }
  std::map<std::string, std::string> values;
};

class IotisticTest : public ::testing::Test {
 protected:
  using Options = testing::FakeHost::Options;

  void TearDown() override {
    std::string said;
    for (const auto& host : hosts_) {
      for (const auto& line : host->lines()) {
        said += line.message + "\n";
      }
    }
    EXPECT_EQ(said.find("canary"), std::string::npos) << said;
  }

  std::string secret(const std::string& name, const std::string& content) const {
    const std::string path = directory_.path() / name;
    fixtures::writeFile(path, content);
    ::chmod(path.c_str(), 0600);
    return path;
  }

  // An instance as the host makes it at each start of the agent.
  std::unique_ptr<IotisticUplink> start(const std::string& url, const Options& configured = {}) {
    Options options = {{"url", url},
                       {"provisioningKeyFile",
                        secret("provisioning.key", fixtures::Cloud::provisioningKey() + "\n")},
                       {"deviceType", "generic"},
                       {"proxy", "none"},
                       {"timeout", "20000"}};
    for (const auto& [name, value] : configured) {
      options[name] = value;
    }
    hosts_.push_back(std::make_unique<testing::FakeHost>(options, directory_.path().string()));
    auto uplink = std::make_unique<IotisticUplink>(*hosts_.back());
    testing::FakeCall call;
    EXPECT_TRUE(uplink->start(call).ok());
    return uplink;
  }

  static Outcome enrol(IotisticUplink& uplink) {
    sdk::DeviceInfo device;
    device.uuid = kUuid;
    device.name = "gateway-17";
    device.osVersion = "Debian GNU/Linux 12 (bookworm)";
    device.agentVersion = "0.1.0";
    testing::FakeCall call;
    const sdk::Status status = uplink.enrol(device, call);
    return {status, call.message(), call.raw()};
  }

  // Both steps.
  static void enrolWhole(IotisticUplink& uplink) {
    for (int step = 0; step < 2; ++step) {
      const Outcome outcome = enrol(uplink);
      ASSERT_TRUE(outcome.status.ok()) << outcome.message;
    }
    ASSERT_EQ(uplink.enrolment(), sdk::EnrolmentStep::None);
  }

  static Fetched fetch(IotisticUplink& uplink, const std::string& etag = {}) {
    testing::FakeCall call;
    return fetch(uplink, etag, call);
  }
  static Fetched fetch(IotisticUplink& uplink, const std::string& etag, testing::FakeCall& call) {
    struct Sink final : sdk::TargetSink {
      void target(std::string_view document, std::string_view newEtag) noexcept override {
        fetched.document = document;
        fetched.etag = newEtag;
      }
      Fetched fetched;
    } sink;
    sdk::FetchRequest request;
    request.etag = etag;
    sink.fetched.status = uplink.fetchTarget(request, sink, call);
    sink.fetched.message = call.message();
    sink.fetched.raw = call.raw();
    return sink.fetched;
  }

  static Outcome report(IotisticUplink& uplink, const std::string& content) {
    sdk::Report report;
    report.contentJson = content;
    testing::FakeCall call;
    const sdk::Status status = uplink.deliverReport(report, call);
    return {status, call.message(), call.raw()};
  }

  static Outcome log(IotisticUplink& uplink) {
    const sdk::ServiceLogLine line{
        .timestampMs = 1, .appId = "1001", .service = "nodered", .text = "hello"};
    testing::FakeCall call;
    const sdk::Status status = uplink.deliverLogs({&line, 1}, call);
    return {status, call.message(), call.raw()};
  }

  static std::map<std::string, std::string> facts(const IotisticUplink& uplink) {
    Facts facts;
    uplink.facts(facts);
    return facts.values;
  }

  // The key that the cloud was told.
  static std::string keyIn(const fixtures::Cloud& cloud) {
    return std::string(cloud.registrations().at(0).at("deviceApiKey").as_string());
  }

  fixtures::TempDir directory_;
  std::vector<std::unique_ptr<testing::FakeHost>> hosts_;  // outlive the instances of a test
};

inline constexpr char kReport[] = R"({"sequence": 5, "device": {"agentVersion": "0.1.0"},
  "target": {"version": "1", "config": {}},
  "services": [{"appId": 1001, "appName": "monitoring", "serviceId": 2,
    "serviceName": "nodered", "imageName": "nodered/node-red:4", "state": "running",
    "serviceStatus": "running", "containerId": "0123456789ab",
    "spec": {"image": "nodered/node-red:4"}}],
  "transitions": [], "truncated": 0})";

}  // namespace holdfast::iotistic
