// SPDX-License-Identifier: Apache-2.0
#include "uplink/iotistic/device_fields.hpp"

#include "holdfast/support/json.hpp"

#include <boost/json.hpp>

#include <cmath>
#include <optional>
#include <string_view>

namespace holdfast::iotistic {
namespace {

namespace json = boost::json;
using support::jsonAt;
using support::jsonText;

constexpr std::int64_t kMebibyte = 1024 * 1024;

std::optional<double> numberAt(const json::value& value, std::string_view name) {
  const json::value* const at = jsonAt(value, {name});
  return at != nullptr && at->is_number() ? std::optional(at->to_number<double>()) : std::nullopt;
}

double toTenths(double number) {
  return std::round(number * 10) / 10;
}

void addText(const json::value& from, std::string_view name, json::object& to,
             std::string_view as) {
  if (const std::string_view text = jsonText(from, {name}); !text.empty()) {
    to[as] = text;
  }
}

void addMebibytes(const json::value& from, std::string_view name, json::object& to,
                  std::string_view as) {
  if (const std::int64_t bytes = support::jsonInteger(from, {name}, -1); bytes >= 0) {
    to[as] = bytes / kMebibyte;
  }
}

void addTenths(const json::value& from, std::string_view name, json::object& to,
               std::string_view as) {
  if (const std::optional<double> number = numberAt(from, name)) {
    to[as] = toTenths(*number);
  }
}

json::object interfaceOf(const json::value& interface, std::string_view localIp) {
  json::object result;
  result["name"] = jsonText(interface, {"name"});
  json::value ip4;
  json::value ip6;
  bool isDefault = false;
  if (const json::array* const addresses = support::jsonArray(interface, {"addresses"})) {
    for (const json::value& address : *addresses) {
      const std::string_view text = jsonText(address, {});
      json::value& first = text.find(':') == std::string_view::npos ? ip4 : ip6;
      if (first.is_null() && !text.empty()) {
        first = text;
      }
      isDefault = isDefault || (!text.empty() && text == localIp);
    }
  }
  result["ip4"] = std::move(ip4);
  result["ip6"] = std::move(ip6);
  const std::string_view mac = jsonText(interface, {"macAddress"});
  result["mac"] = mac.empty() ? json::value() : json::value(mac);
  result["default"] = isDefault;
  result["operstate"] = support::jsonBool(interface, {"up"}) ? "up" : "down";
  return result;
}

json::object processOf(const json::value& process, std::optional<double> memoryTotal) {
  json::object result;
  result["pid"] = support::jsonInteger(process, {"pid"});
  result["name"] = jsonText(process, {"name"});
  result["cpu"] = toTenths(numberAt(process, "cpuPercent").value_or(0));
  const double bytes = numberAt(process, "memoryBytes").value_or(0);
  result["mem"] = memoryTotal.value_or(0) > 0 ? toTenths(100 * bytes / *memoryTotal) : 0.0;
  return result;
}

}  // namespace

void addDeviceFields(const json::value& device, json::object& report) {
  addText(device, "osVersion", report, "os_version");
  addText(device, "agentVersion", report, "agent_version");
  addText(device, "architecture", report, "architecture");
  addText(device, "localIp", report, "local_ip");
  addText(device, "macAddress", report, "mac_address");
  if (const std::int64_t uptime = support::jsonInteger(device, {"uptimeSeconds"}, -1);
      uptime >= 0) {
    report["uptime"] = uptime;
  }
  addTenths(device, "cpuPercent", report, "cpu_usage");
  addTenths(device, "cpuTemperatureCelsius", report, "cpu_temp");
  addMebibytes(device, "memoryUsedBytes", report, "memory_usage");
  addMebibytes(device, "memoryTotalBytes", report, "memory_total");
  addMebibytes(device, "storageUsedBytes", report, "storage_usage");
  addMebibytes(device, "storageTotalBytes", report, "storage_total");
  if (const json::array* const interfaces = support::jsonArray(device, {"networkInterfaces"})) {
    json::array& list = report["network_interfaces"].emplace_array();
    for (const json::value& interface : *interfaces) {
      list.push_back(interfaceOf(interface, jsonText(device, {"localIp"})));
    }
  }
  if (const json::array* const processes = support::jsonArray(device, {"topProcesses"})) {
    json::array& list = report["top_processes"].emplace_array();
    for (const json::value& process : *processes) {
      list.push_back(processOf(process, numberAt(device, "memoryTotalBytes")));
    }
  }
}

}  // namespace holdfast::iotistic
