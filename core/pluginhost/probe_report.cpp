// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/probe_report.hpp"

#include "model/text.hpp"

#include <boost/json.hpp>

#include <limits>

namespace holdfast::pluginhost {
namespace {

namespace json = boost::json;

std::string text(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  const json::string* string = value == nullptr ? nullptr : value->if_string();
  return string == nullptr ? std::string() : std::string(string->data(), string->size());
}

template <class Number>
Number number(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  const std::int64_t* found = value == nullptr ? nullptr : value->if_int64();
  return found == nullptr || *found < 0 || *found > std::numeric_limits<Number>::max()
             ? Number{0}
             : static_cast<Number>(*found);
}

}  // namespace

std::string writeProbeReport(const ProbeReport& report) {
  const PluginIdentity& identity = report.identity;
  // A descriptor may hold any bytes, a line of JSON may not.
  const auto clean = [](const std::string& value) {
    return model::printable(value, kMaxOptionsSchema);
  };
  return json::serialize(json::object{{"failure", clean(report.failure)},
                                      {"magic", identity.magic},
                                      {"structSize", identity.structSize},
                                      {"kind", identity.kind},
                                      {"abiMajor", identity.abiMajor},
                                      {"abiMinor", identity.abiMinor},
                                      {"complete", identity.complete},
                                      {"name", clean(identity.name)},
                                      {"version", clean(identity.version)},
                                      {"toolchain", clean(identity.toolchain)},
                                      {"optionsSchema", clean(identity.optionsSchema)},
                                      {"refusal", clean(report.refusal)}}) +
         "\n";
}

std::optional<ProbeReport> readProbeReport(std::string_view line) {
  if (line.empty() || line.size() > kMaxProbeReport || line.find('\n') != line.size() - 1) {
    return std::nullopt;
  }
  json::parse_options limits;
  limits.max_depth = 2;
  json::error_code error;
  const json::value document = json::parse({line.data(), line.size()}, error, {}, limits);
  const json::object* object = error ? nullptr : document.if_object();
  if (object == nullptr || !object->contains("failure")) {
    return std::nullopt;
  }
  ProbeReport report;
  report.failure = text(*object, "failure");
  report.refusal = text(*object, "refusal");
  PluginIdentity& identity = report.identity;
  identity.magic = number<std::uint32_t>(*object, "magic");
  identity.structSize = number<std::uint32_t>(*object, "structSize");
  identity.kind = number<std::uint32_t>(*object, "kind");
  identity.abiMajor = number<std::uint16_t>(*object, "abiMajor");
  identity.abiMinor = number<std::uint16_t>(*object, "abiMinor");
  const json::value* complete = object->if_contains("complete");
  identity.complete = complete != nullptr && complete->is_bool() && complete->get_bool();
  identity.name = text(*object, "name");
  identity.version = text(*object, "version");
  identity.toolchain = text(*object, "toolchain");
  identity.optionsSchema = text(*object, "optionsSchema");
  return report;
}

}  // namespace holdfast::pluginhost
