// SPDX-License-Identifier: Apache-2.0
// A service as JSON and back. Each type has one list of its members, `members`, which writes and
// reads: a member cannot be in one direction only.
#include "model/container_spec.hpp"
#include "model/json_text.hpp"

#include <boost/json.hpp>

#include <limits>

namespace holdfast::model {

namespace {

namespace json = boost::json;

// We wrote the text ourselves, from a target within its limits: this is only against damage.
constexpr std::size_t kMaxStored = 64u * 1024 * 1024;

void members(auto& visit, RestartPolicy& policy) {
  visit("kind", policy.kind);
  visit("maxRetries", policy.maxRetries);
}

void members(auto& visit, PortMapping& port) {
  visit("hostIp", port.hostIp);
  visit("hostPort", port.hostPort);
  visit("containerPort", port.containerPort);
  visit("protocol", port.protocol);
}

void members(auto& visit, Mount& mount) {
  visit("kind", mount.kind);
  visit("source", mount.source);
  visit("target", mount.target);
  visit("readOnly", mount.readOnly);
}

void members(auto& visit, Device& device) {
  visit("hostPath", device.hostPath);
  visit("containerPath", device.containerPath);
  visit("permissions", device.permissions);
}

void members(auto& visit, Ulimit& ulimit) {
  visit("soft", ulimit.soft);
  visit("hard", ulimit.hard);
}

void members(auto& visit, Logging& logging) {
  visit("driver", logging.driver);
  visit("options", logging.options);
}

void members(auto& visit, Resources& resources) {
  visit("cpuLimitNano", resources.cpuLimitNano);
  visit("cpuRequestNano", resources.cpuRequestNano);
  visit("memoryLimitBytes", resources.memoryLimitBytes);
  visit("memoryRequestBytes", resources.memoryRequestBytes);
}

void members(auto& visit, Probe& probe) {
  visit("type", probe.type);
  visit("scheme", probe.scheme);
  visit("path", probe.path);
  visit("port", probe.port);
  visit("headers", probe.headers);
  visit("expectedStatusMin", probe.expectedStatusMin);
  visit("expectedStatusMax", probe.expectedStatusMax);
  visit("command", probe.command);
  visit("initialDelay", probe.initialDelay);
  visit("period", probe.period);
  visit("timeout", probe.timeout);
  visit("successThreshold", probe.successThreshold);
  visit("failureThreshold", probe.failureThreshold);
}

void members(auto& visit, Problem& problem) {
  visit("pointer", problem.pointer);
  visit("message", problem.message);
}

void members(auto& visit, Service& service) {
  visit("id", service.id);
  visit("name", service.name);
  visit("image", service.image);
  visit("state", service.state);
  visit("pullPolicy", service.pullPolicy);
  visit("restart", service.restart);
  visit("runtime", service.runtime);
  visit("dependsOn", service.dependsOn);
  visit("environment", service.environment);
  visit("ports", service.ports);
  visit("mounts", service.mounts);
  visit("tmpfs", service.tmpfs);
  visit("networks", service.networks);
  visit("networkMode", service.networkMode);
  visit("labels", service.labels);
  visit("command", service.command);
  visit("entrypoint", service.entrypoint);
  visit("workingDir", service.workingDir);
  visit("user", service.user);
  visit("hostname", service.hostname);
  visit("domainname", service.domainname);
  visit("privileged", service.privileged);
  visit("readOnly", service.readOnly);
  visit("init", service.init);
  visit("capAdd", service.capAdd);
  visit("capDrop", service.capDrop);
  visit("devices", service.devices);
  visit("extraHosts", service.extraHosts);
  visit("dns", service.dns);
  visit("securityOpt", service.securityOpt);
  visit("sysctls", service.sysctls);
  visit("ulimits", service.ulimits);
  visit("stopSignal", service.stopSignal);
  visit("stopGracePeriod", service.stopGracePeriod);
  visit("logging", service.logging);
  visit("resources", service.resources);
  visit("livenessProbe", service.livenessProbe);
  visit("readinessProbe", service.readinessProbe);
  visit("startupProbe", service.startupProbe);
  visit("faults", service.faults);
}

// Enumerations are stored as their numbers: new values are appended, never put in between.
template <class Enum>
constexpr int kLastOf = -1;
template <>
constexpr int kLastOf<DesiredState> = static_cast<int>(DesiredState::Paused);
template <>
constexpr int kLastOf<PullPolicy> = static_cast<int>(PullPolicy::Never);
template <>
constexpr int kLastOf<Protocol> = static_cast<int>(Protocol::Udp);
template <>
constexpr int kLastOf<DependencyCondition> = static_cast<int>(DependencyCondition::Healthy);
template <>
constexpr int kLastOf<RestartPolicy::Kind> = static_cast<int>(RestartPolicy::Kind::Never);
template <>
constexpr int kLastOf<Mount::Kind> = static_cast<int>(Mount::Kind::Bind);
template <>
constexpr int kLastOf<Probe::Type> = static_cast<int>(Probe::Type::Exec);

class Writer {
 public:
  template <class Value>
  void operator()(std::string_view name, Value& value) {
    object_[name] = write(value);
  }

  template <class Struct>
  static json::value write(Struct& value) {
    Writer writer;
    members(writer, value);
    return std::move(writer.object_);
  }
  static json::value write(std::string& value) { return json::string(value); }
  static json::value write(bool& value) { return value; }
  template <class Number>
  requires std::is_arithmetic_v<Number>
  static json::value write(Number& value) { return std::int64_t{value}; }
  template <class Enum>
  requires std::is_enum_v<Enum>
  static json::value write(Enum& value) { return static_cast<int>(value); }
  static json::value write(std::chrono::seconds& value) { return std::int64_t{value.count()}; }
  template <class Value>
  static json::value write(std::optional<Value>& value) {
    return value ? write(*value) : json::value(nullptr);
  }
  template <class Value>
  static json::value write(std::vector<Value>& values) {
    json::array array;
    for (auto& value : values)
      array.push_back(write(value));
    return array;
  }
  template <class Value>
  static json::value write(std::map<std::string, Value>& values) {
    json::object object;
    for (auto& [name, value] : values)
      object[name] = write(value);
    return object;
  }

 private:
  json::object object_;
};

// A member that is absent keeps its default: an older agent wrote the text. One of another type
// makes the whole unusable.
class Reader {
 public:
  explicit Reader(const json::object& object) : object_(object) {}

  template <class Value>
  void operator()(std::string_view name, Value& value) {
    const auto* found = object_.if_contains(name);
    good_ = good_ && (found == nullptr || read(*found, value));
  }

  template <class Struct>
  static bool read(const json::value& from, Struct& value) {
    if (!from.is_object())
      return false;
    Reader reader(from.get_object());
    members(reader, value);
    return reader.good_;
  }
  static bool read(const json::value& from, std::string& value) {
    if (const auto* text = from.if_string())
      value = std::string(*text);
    return from.is_string();
  }
  static bool read(const json::value& from, bool& value) {
    if (const auto* flag = from.if_bool())
      value = *flag;
    return from.is_bool();
  }
  template <class Number>
  requires std::is_arithmetic_v<Number>
  static bool read(const json::value& from, Number& value) {
    const auto* number = from.if_int64();
    if (number == nullptr || *number < std::int64_t{std::numeric_limits<Number>::min()} ||
        *number > std::int64_t{std::numeric_limits<Number>::max()})
      return false;
    value = static_cast<Number>(*number);
    return true;
  }
  template <class Enum>
  requires std::is_enum_v<Enum>
  static bool read(const json::value& from, Enum& value) {
    const auto* number = from.if_int64();
    if (number == nullptr || *number < 0 || *number > kLastOf<Enum>)
      return false;
    value = static_cast<Enum>(*number);
    return true;
  }
  static bool read(const json::value& from, std::chrono::seconds& value) {
    const auto* number = from.if_int64();
    if (number != nullptr)
      value = std::chrono::seconds{*number};
    return number != nullptr;
  }
  template <class Value>
  static bool read(const json::value& from, std::optional<Value>& value) {
    value.reset();
    return from.is_null() || read(from, value.emplace());
  }
  template <class Value>
  static bool read(const json::value& from, std::vector<Value>& values) {
    if (!from.is_array())
      return false;
    values.clear();
    for (const auto& element : from.get_array()) {
      if (!read(element, values.emplace_back()))
        return false;
    }
    return true;
  }
  template <class Value>
  static bool read(const json::value& from, std::map<std::string, Value>& values) {
    if (!from.is_object())
      return false;
    values.clear();
    for (const auto& [name, element] : from.get_object()) {
      if (!read(element, values[std::string(name)]))
        return false;
    }
    return true;
  }

 private:
  const json::object& object_;
  bool good_ = true;
};

}  // namespace

std::string serializeService(const Service& service) {
  Service copy = service;  // the one list of members serves reading too, so it is not const
  return json::serialize(Writer::write(copy));
}

std::optional<Service> parseService(const std::string& text) {
  const JsonText read = readJson(text, {.bytes = kMaxStored,
                                        .stringBytes = kMaxStored,
                                        .nameBytes = kMaxStored,
                                        .elements = kMaxStored,
                                        .values = kMaxStored});
  Service service;
  if (!read.value || !Reader::read(*read.value, service))
    return std::nullopt;
  return service;
}

}  // namespace holdfast::model
