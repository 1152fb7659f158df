// SPDX-License-Identifier: Apache-2.0
#include "uplink/iotistic/report.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace holdfast::iotistic {
namespace {

namespace json = boost::json;

constexpr char kUuid[] = "6f1c1c1e-7f0e-4b7e-a2f5-1f6a3f1f7c55";

// The device's part of the report for the cloud.
json::object mapped(const std::string& content) {
  const std::optional<std::string> body = cloudReport(content, kUuid);
  EXPECT_TRUE(body) << content;
  const json::object whole = json::parse(body.value_or("{}")).as_object();
  EXPECT_EQ(whole.size(), 1u);
  return whole.at(kUuid).as_object();
}

json::value parsed(const char* text) {
  return json::parse(text);
}

TEST(Report, OfNothingIsWholeAllTheSame) {
  EXPECT_EQ(json::value(mapped("{}")),
            parsed(R"({"apps": {}, "config": {}, "is_online": true, "service_errors": [],
                       "transitions": [], "transitions_truncated": 0, "sequence": 0})"));
  EXPECT_FALSE(cloudReport("[]", kUuid));
  EXPECT_FALSE(cloudReport("{", kUuid));
}

TEST(Report, HasTheDeviceInTheCloudsNamesAndUnits) {
  const json::object report = mapped(R"json({"device": {
      "uuid": "another", "name": "gateway-17", "agentVersion": "0.1.0",
      "osVersion": "Debian GNU/Linux 12 (bookworm)", "architecture": "amd64",
      "localIp": "192.0.2.17", "macAddress": "02:42:ac:11:00:02", "uptimeSeconds": 86400,
      "cpuPercent": 3.46, "cpuTemperatureCelsius": 51,
      "memoryUsedBytes": 512000000, "memoryTotalBytes": 2048000000,
      "storageUsedBytes": 1048575, "storageTotalBytes": 16384000000,
      "networkInterfaces": [
        {"name": "eth0", "up": true, "macAddress": "02:42:ac:11:00:02",
         "addresses": ["192.0.2.17", "2001:db8::17", "192.0.2.18"]},
        {"name": "wwan0", "up": false, "addresses": []}],
      "topProcesses": [{"pid": 812, "name": "node", "cpuPercent": 1.26, "memoryBytes": 64000000}]
    }, "sequence": 412})json");
  EXPECT_EQ(json::value(report),
            parsed(R"json({"apps": {}, "config": {}, "is_online": true, "service_errors": [],
      "transitions": [], "transitions_truncated": 0, "sequence": 412,
      "os_version": "Debian GNU/Linux 12 (bookworm)", "agent_version": "0.1.0",
      "architecture": "amd64", "local_ip": "192.0.2.17", "mac_address": "02:42:ac:11:00:02",
      "uptime": 86400, "cpu_usage": 3.5, "cpu_temp": 51.0, "memory_usage": 488,
      "memory_total": 1953, "storage_usage": 0, "storage_total": 15625,
      "network_interfaces": [
        {"name": "eth0", "ip4": "192.0.2.17", "ip6": "2001:db8::17", "mac": "02:42:ac:11:00:02",
         "default": true, "operstate": "up"},
        {"name": "wwan0", "ip4": null, "ip6": null, "mac": null, "default": false,
         "operstate": "down"}],
      "top_processes": [{"pid": 812, "name": "node", "cpu": 1.3, "mem": 3.1}]})json"));
}

constexpr char kServices[] = R"({
  "target": {"version": "17", "config": {"settings": {"targetStatePollIntervalMs": 60000}}},
  "services": [
    {"appId": 1001, "appName": "monitoring", "serviceId": 2, "serviceName": "nodered",
     "imageName": "nodered/node-red:invalid", "state": "running", "serviceStatus": "error",
     "reason": "ImagePullBackOff", "containerId": null, "runningImage": null,
     "error": {"type": "ImagePullBackOff", "reason": "ImagePullBackOff",
       "message": "manifest unknown", "class": "not_found",
       "timestamp": "2025-10-24T10:15:30.000Z", "retryCount": 3, "maxRetries": 10,
       "nextRetry": "2025-10-24T10:16:10.000Z"},
     "spec": {"image": "nodered/node-red:invalid", "environment": {"TOKEN": "***"}}},
    {"appId": 1001, "appName": "monitoring", "serviceId": 1, "serviceName": "mosquitto",
     "imageName": "eclipse-mosquitto:2", "state": "running", "serviceStatus": "running",
     "containerId": "0123456789ab", "runningImage": "eclipse-mosquitto:2"},
    {"appId": null, "appName": "edge", "serviceId": null, "serviceName": "proxy",
     "imageName": "proxy:1", "state": "stopped", "serviceStatus": "stopped",
     "containerId": "ba9876543210", "runningImage": null}],
  "transitions": [
    {"seq": 87, "at": "2025-10-24T10:15:00.000Z", "type": "error", "appId": 1001,
     "appName": "monitoring", "serviceId": 2, "serviceName": "nodered",
     "errorType": "ErrImagePull", "message": "manifest unknown", "retryCount": 1},
    {"seq": 88, "at": "2025-10-24T10:15:01.000Z", "type": "resolved", "appId": null,
     "appName": "edge", "serviceId": null, "serviceName": "proxy",
     "errorType": "CrashLoopBackOff", "message": "exit 1"},
    {"seq": 89, "at": "2025-10-24T10:15:02.000Z", "type": "error", "appId": 1001,
     "appName": "monitoring", "serviceId": 2, "serviceName": "nodered",
     "errorType": "ImagePullBackOff", "message": "manifest unknown", "retryCount": 2},
    {"seq": 90, "at": "2025-10-24T10:15:03.000Z", "type": "resolved", "appId": 9,
     "appName": "gone", "serviceId": 9, "serviceName": "gone", "errorType": "StartFailure",
     "message": "no"}],
  "truncated": 4})";

TEST(Report, HasEachServiceWithWhatHappenedToIt) {
  const json::object report = mapped(kServices);
  EXPECT_EQ(report.at("apps"), parsed(R"({
    "1001": {"appId": 1001, "appName": "monitoring", "services": [
      {"appId": 1001, "appName": "monitoring", "serviceId": 2, "serviceName": "nodered",
       "imageName": "nodered/node-red:invalid", "state": "running", "serviceStatus": "error",
       "reason": "ImagePullBackOff", "containerId": null, "runningImage": null,
       "error": {"type": "ImagePullBackOff", "reason": "ImagePullBackOff",
         "message": "manifest unknown", "class": "not_found",
         "timestamp": "2025-10-24T10:15:30.000Z", "retryCount": 3, "maxRetries": 10,
         "nextRetry": "2025-10-24T10:16:10.000Z"},
       "status": "missing",
       "config": {"image": "nodered/node-red:invalid", "environment": {"TOKEN": "***"}},
       "transitions": [
         {"seq": 87, "at": "2025-10-24T10:15:00.000Z", "type": "error",
          "errorType": "ErrImagePull", "message": "manifest unknown", "retryCount": 1},
         {"seq": 89, "at": "2025-10-24T10:15:02.000Z", "type": "error",
          "errorType": "ImagePullBackOff", "message": "manifest unknown", "retryCount": 2}]},
      {"appId": 1001, "appName": "monitoring", "serviceId": 1, "serviceName": "mosquitto",
       "imageName": "eclipse-mosquitto:2", "state": "running", "serviceStatus": "running",
       "containerId": "0123456789ab", "runningImage": "eclipse-mosquitto:2",
       "status": "running", "config": {"image": "eclipse-mosquitto:2"}, "transitions": []}]},
    "edge": {"appId": null, "appName": "edge", "services": [
      {"appId": null, "appName": "edge", "serviceId": null, "serviceName": "proxy",
       "imageName": "proxy:1", "state": "stopped", "serviceStatus": "stopped",
       "containerId": "ba9876543210", "runningImage": null, "status": "exited",
       "config": {"image": "proxy:1"},
       "transitions": [{"seq": 88, "at": "2025-10-24T10:15:01.000Z", "type": "resolved",
         "errorType": "CrashLoopBackOff", "message": "exit 1"}]}]}})"));
  // Services that are gone carry nothing, so all of them stand together as well.
  EXPECT_EQ(report.at("transitions"), json::parse(kServices).at("transitions"));
  EXPECT_EQ(report.at("transitions_truncated"), 4);
}

TEST(Report, ListsErrorsByExactlyTheTenNames) {
  EXPECT_EQ(mapped(kServices).at("service_errors"), parsed(R"([
    {"appId": 1001, "appName": "monitoring", "serviceId": 2, "serviceName": "nodered",
     "imageName": "nodered/node-red:invalid", "errorType": "ImagePullBackOff",
     "message": "manifest unknown", "retryCount": 3, "nextRetry": "2025-10-24T10:16:10.000Z",
     "timestamp": "2025-10-24T10:15:30.000Z"}])"));
  const json::object bare = mapped(R"({"services": [{"error": {"type": "StartFailure"}}]})");
  EXPECT_EQ(bare.at("service_errors").at(0).as_object().size(), 10u);
  EXPECT_EQ(bare.at("service_errors").at(0).at("nextRetry"), nullptr);
}

TEST(Report, SaysWhichTargetIsInForceAndWhichIsNot) {
  const json::object report = mapped(kServices);
  EXPECT_EQ(report.at("config"), parsed(R"({"settings": {"targetStatePollIntervalMs": 60000}})"));
  EXPECT_EQ(report.at("version"), 17);
  EXPECT_FALSE(report.contains("target_rejected"));
  const json::object rejected =
      mapped(R"({"target": {"version": "17", "rejected": {"version": "18", "problems": []}}})");
  EXPECT_EQ(rejected.at("target_rejected"), parsed(R"({"version": "18", "problems": []})"));
}

// The cloud's column is an integer of 32 bits; it would refuse the whole report for another value.
TEST(Report, LeavesOutAVersionThatIsNoNumber) {
  for (const char* version : {"", "v17", "17.5", "4294967296"}) {
    EXPECT_FALSE(
        mapped(std::string(R"({"target": {"version": ")") + version + "\"}}").contains("version"))
        << version;
  }
}

TEST(Report, CallsContainersByTheEnginesWords) {
  const struct {
    const char* service;
    const char* status;
  } rows[] = {
      {R"({"serviceStatus": "pending"})", "missing"},
      {R"({"serviceStatus": "pending", "containerId": "c"})", "created"},
      {R"({"serviceStatus": "error", "containerId": "c"})", "exited"},
      {R"({"serviceStatus": "error", "containerId": "c", "runningImage": "old:1"})", "running"},
      {R"({"serviceStatus": "running", "containerId": "c"})", "running"},
      {R"({"serviceStatus": "stopped", "containerId": "c"})", "exited"}};
  for (const auto& row : rows) {
    const json::object report = mapped(std::string(R"({"services": [)") + row.service + "]}");
    EXPECT_EQ(report.at("apps").at("").at("services").at(0).at("status"), row.status)
        << row.service;
  }
}

TEST(Report, PassesOverWhatItCannotRead) {
  const json::object report = mapped(
      R"({"services": [1, null, {"appId": "x1", "appName": "x", "error": 7}],
          "transitions": [5], "target": [], "device": {"uptimeSeconds": "long"}})");
  EXPECT_EQ(report.at("apps").as_object().size(), 1u);
  EXPECT_EQ(report.at("service_errors").as_array().size(), 0u);
  EXPECT_FALSE(report.contains("uptime"));
}

}  // namespace
}  // namespace holdfast::iotistic
