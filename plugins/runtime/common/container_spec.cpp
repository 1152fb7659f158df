// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/container_spec.hpp"

#include "holdfast/support/json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <limits>
#include <span>

namespace holdfast::runtime {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxSpecBytes = 1024u * 1024;

// One member of an object: its name and how it is read into the value. Returns false when the JSON
// is of another form.
template <typename Value>
struct Member {
  std::string_view name;
  bool (*read)(Value& into, const json::value& from);
};

bool read(std::string& into, const json::value& from) {
  if (!from.is_string()) {
    return false;
  }
  into = support::jsonText(from);
  return true;
}

bool read(bool& into, const json::value& from) {
  into = from.is_bool() && from.get_bool();
  return from.is_bool();
}

template <typename Integer>
requires std::is_integral_v<Integer>
bool read(Integer& into, const json::value& from) {
  if (!from.is_int64() || from.get_int64() < std::numeric_limits<Integer>::min() ||
      from.get_int64() > std::numeric_limits<Integer>::max()) {
    return false;
  }
  into = static_cast<Integer>(from.get_int64());
  return true;
}

bool read(PortSpec& into, const json::value& from);
bool read(MountSpec& into, const json::value& from);
bool read(NetworkAttachment& into, const json::value& from);
bool read(DeviceSpec& into, const json::value& from);
bool read(UlimitSpec& into, const json::value& from);
bool read(LoggingSpec& into, const json::value& from);
bool read(ResourcesSpec& into, const json::value& from);

template <typename Element>
bool read(std::vector<Element>& into, const json::value& from) {
  const json::array* list = from.if_array();
  return list != nullptr && std::all_of(list->begin(), list->end(), [&](const json::value& entry) {
           return read(into.emplace_back(), entry);
         });
}

template <typename Element>
bool read(std::map<std::string, Element>& into, const json::value& from) {
  const json::object* object = from.if_object();
  return object != nullptr && std::all_of(object->begin(), object->end(), [&](const auto& entry) {
           return read(into[std::string(entry.key().data(), entry.key().size())], entry.value());
         });
}

// Name of the first member that cannot be read, empty when all can.
template <typename Value>
std::string firstProblem(Value& into, const json::object& from,
                         std::span<const Member<Value>> members) {
  for (const auto& [key, value] : from) {
    const std::string_view name{key.data(), key.size()};
    const auto found =
        std::find_if(members.begin(), members.end(),
                     [&](const Member<Value>& member) { return member.name == name; });
    if (found == members.end()) {
      return std::string(name) + ": this plugin does not know it";
    }
    if (!found->read(into, value)) {
      return std::string(name) + ": not of the form that the container specification gives";
    }
  }
  return {};
}

template <typename Value>
bool readMembers(Value& into, const json::value& from, std::span<const Member<Value>> members) {
  const json::object* object = from.if_object();
  return object != nullptr && firstProblem(into, *object, members).empty();
}

#define HOLDFAST_MEMBER(Type, field)                                                    \
  Member<Type> {                                                                        \
#field, [](Type & into, const json::value& from) { return read(into.field, from); } \
  }

constexpr Member<PortSpec> kPortMembers[] = {
    HOLDFAST_MEMBER(PortSpec, hostIp), HOLDFAST_MEMBER(PortSpec, hostPort),
    HOLDFAST_MEMBER(PortSpec, containerPort), HOLDFAST_MEMBER(PortSpec, protocol)};

constexpr Member<MountSpec> kMountMembers[] = {
    HOLDFAST_MEMBER(MountSpec, type), HOLDFAST_MEMBER(MountSpec, source),
    HOLDFAST_MEMBER(MountSpec, target), HOLDFAST_MEMBER(MountSpec, readOnly)};

constexpr Member<NetworkAttachment> kAttachmentMembers[] = {
    HOLDFAST_MEMBER(NetworkAttachment, name), HOLDFAST_MEMBER(NetworkAttachment, aliases)};

constexpr Member<DeviceSpec> kDeviceMembers[] = {HOLDFAST_MEMBER(DeviceSpec, hostPath),
                                                 HOLDFAST_MEMBER(DeviceSpec, containerPath),
                                                 HOLDFAST_MEMBER(DeviceSpec, permissions)};

constexpr Member<UlimitSpec> kUlimitMembers[] = {HOLDFAST_MEMBER(UlimitSpec, soft),
                                                 HOLDFAST_MEMBER(UlimitSpec, hard)};

constexpr Member<LoggingSpec> kLoggingMembers[] = {HOLDFAST_MEMBER(LoggingSpec, driver),
                                                   HOLDFAST_MEMBER(LoggingSpec, options)};

constexpr Member<ResourcesSpec> kResourcesMembers[] = {
    HOLDFAST_MEMBER(ResourcesSpec, nanoCpus), HOLDFAST_MEMBER(ResourcesSpec, cpuShares),
    HOLDFAST_MEMBER(ResourcesSpec, memoryBytes),
    HOLDFAST_MEMBER(ResourcesSpec, memoryReservationBytes)};

constexpr Member<ContainerSpec> kContainerMembers[] = {
    HOLDFAST_MEMBER(ContainerSpec, name),
    HOLDFAST_MEMBER(ContainerSpec, image),
    HOLDFAST_MEMBER(ContainerSpec, command),
    HOLDFAST_MEMBER(ContainerSpec, entrypoint),
    HOLDFAST_MEMBER(ContainerSpec, environment),
    HOLDFAST_MEMBER(ContainerSpec, workingDir),
    HOLDFAST_MEMBER(ContainerSpec, user),
    HOLDFAST_MEMBER(ContainerSpec, hostname),
    HOLDFAST_MEMBER(ContainerSpec, domainname),
    HOLDFAST_MEMBER(ContainerSpec, labels),
    HOLDFAST_MEMBER(ContainerSpec, ports),
    HOLDFAST_MEMBER(ContainerSpec, mounts),
    HOLDFAST_MEMBER(ContainerSpec, tmpfs),
    HOLDFAST_MEMBER(ContainerSpec, networks),
    HOLDFAST_MEMBER(ContainerSpec, networkMode),
    HOLDFAST_MEMBER(ContainerSpec, privileged),
    HOLDFAST_MEMBER(ContainerSpec, readOnly),
    HOLDFAST_MEMBER(ContainerSpec, init),
    HOLDFAST_MEMBER(ContainerSpec, capAdd),
    HOLDFAST_MEMBER(ContainerSpec, capDrop),
    HOLDFAST_MEMBER(ContainerSpec, devices),
    HOLDFAST_MEMBER(ContainerSpec, extraHosts),
    HOLDFAST_MEMBER(ContainerSpec, dns),
    HOLDFAST_MEMBER(ContainerSpec, securityOpt),
    HOLDFAST_MEMBER(ContainerSpec, sysctls),
    HOLDFAST_MEMBER(ContainerSpec, ulimits),
    HOLDFAST_MEMBER(ContainerSpec, stopSignal),
    HOLDFAST_MEMBER(ContainerSpec, stopGracePeriodSeconds),
    HOLDFAST_MEMBER(ContainerSpec, logging),
    HOLDFAST_MEMBER(ContainerSpec, resources)};

constexpr Member<NetworkSpec> kNetworkMembers[] = {
    HOLDFAST_MEMBER(NetworkSpec, driver), HOLDFAST_MEMBER(NetworkSpec, options),
    HOLDFAST_MEMBER(NetworkSpec, internal), HOLDFAST_MEMBER(NetworkSpec, labels)};

constexpr Member<VolumeSpec> kVolumeMembers[] = {HOLDFAST_MEMBER(VolumeSpec, driver),
                                                 HOLDFAST_MEMBER(VolumeSpec, options),
                                                 HOLDFAST_MEMBER(VolumeSpec, labels)};

#undef HOLDFAST_MEMBER

bool read(PortSpec& into, const json::value& from) {
  return readMembers<PortSpec>(into, from, kPortMembers) && into.containerPort != 0 &&
         (into.protocol == "tcp" || into.protocol == "udp");
}

bool read(MountSpec& into, const json::value& from) {
  return readMembers<MountSpec>(into, from, kMountMembers) && !into.source.empty() &&
         into.target.starts_with('/') && (into.type == "volume" || into.type == "bind");
}

bool read(NetworkAttachment& into, const json::value& from) {
  return readMembers<NetworkAttachment>(into, from, kAttachmentMembers) && !into.name.empty();
}

bool read(DeviceSpec& into, const json::value& from) {
  return readMembers<DeviceSpec>(into, from, kDeviceMembers) && !into.hostPath.empty();
}

bool read(UlimitSpec& into, const json::value& from) {
  return readMembers<UlimitSpec>(into, from, kUlimitMembers);
}

bool read(LoggingSpec& into, const json::value& from) {
  return readMembers<LoggingSpec>(into, from, kLoggingMembers);
}

bool read(ResourcesSpec& into, const json::value& from) {
  return readMembers<ResourcesSpec>(into, from, kResourcesMembers);
}

template <typename Value>
std::optional<Value> parse(std::string_view text, std::span<const Member<Value>> members,
                           std::string& problem) {
  const std::optional<json::value> parsed =
      text.size() > kMaxSpecBytes ? std::nullopt : support::parseJson(text);
  const json::object* object = parsed ? parsed->if_object() : nullptr;
  if (object == nullptr) {
    problem = "the specification is no JSON object of at most 1 MiB";
    return std::nullopt;
  }
  Value value;
  problem = firstProblem(value, *object, members);
  if (!problem.empty()) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

std::optional<ContainerSpec> parseContainerSpec(std::string_view text, std::string& problem) {
  std::optional<ContainerSpec> spec = parse<ContainerSpec>(text, kContainerMembers, problem);
  if (spec && (spec->name.empty() || spec->image.empty())) {
    problem = "name, image: both must be there";
    return std::nullopt;
  }
  return spec;
}

std::optional<NetworkSpec> parseNetworkSpec(std::string_view text, std::string& problem) {
  return parse<NetworkSpec>(text, kNetworkMembers, problem);
}

std::optional<VolumeSpec> parseVolumeSpec(std::string_view text, std::string& problem) {
  return parse<VolumeSpec>(text, kVolumeMembers, problem);
}

}  // namespace holdfast::runtime
