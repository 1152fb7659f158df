// SPDX-License-Identifier: Apache-2.0
#include "model/container_spec.hpp"

#include "holdfast/sdk/runtime.hpp"
#include "model/canonical_json.hpp"
#include "model/image_reference.hpp"
#include "model/sha256.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <set>

namespace holdfast::model {

namespace {

namespace json = boost::json;

constexpr std::string_view kDefaultNetwork = "default";
constexpr std::int64_t kDefaultGraceSeconds = 10;

bool isObjectNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

// One '-' for each character, however many bytes it takes.
std::string objectName(const std::string& text) {
  std::string name;
  for (const char c : text) {
    const bool continuation = (static_cast<unsigned char>(c) & 0xC0) == 0x80;
    if (!continuation)
      name += isObjectNameCharacter(c) ? c : '-';
  }
  return name;
}

// Kubernetes: pkg/kubelet/cm/helpers_linux.go MilliCPUToShares, and Quantity::MilliValue, which
// rounds up.
std::int64_t cpuShares(std::int64_t nanoCpus) {
  constexpr std::int64_t kLeast = 2;
  constexpr std::int64_t kMost = 262'144;
  const std::int64_t milliCpus = nanoCpus / 1'000'000 + (nanoCpus % 1'000'000 != 0 ? 1 : 0);
  if (milliCpus >= kMost)
    return kMost;
  return std::clamp(milliCpus * 1024 / 1000, kLeast, kMost);
}

json::object textMap(const std::map<std::string, std::string>& map) {
  json::object object;
  for (const auto& [name, value] : map)
    object[name] = value;
  return object;
}

json::array textList(const std::vector<std::string>& list) {
  return json::array(list.begin(), list.end());
}

json::array sortedList(const std::vector<std::string>& list) {
  const std::set<std::string> sorted(list.begin(), list.end());
  return json::array(sorted.begin(), sorted.end());
}

json::array portList(const std::vector<PortMapping>& ports) {
  json::array array;
  for (const auto& port : std::set<PortMapping>(ports.begin(), ports.end())) {
    json::object object{{"containerPort", port.containerPort},
                        {"protocol", port.protocol == Protocol::Tcp ? "tcp" : "udp"}};
    if (!port.hostIp.empty())
      object["hostIp"] = port.hostIp;
    if (port.hostPort != 0)
      object["hostPort"] = port.hostPort;
    array.push_back(std::move(object));
  }
  return array;
}

json::array deviceList(std::vector<Device> devices) {
  std::sort(devices.begin(), devices.end(), [](const Device& a, const Device& b) {
    return std::tie(a.containerPath, a) < std::tie(b.containerPath, b);
  });
  devices.erase(std::unique(devices.begin(), devices.end()), devices.end());
  json::array array;
  for (const auto& device : devices) {
    array.push_back(json::object{{"hostPath", device.hostPath},
                                 {"containerPath", device.containerPath},
                                 {"permissions", device.permissions}});
  }
  return array;
}

json::object ulimitMap(const std::map<std::string, Ulimit>& ulimits) {
  json::object object;
  for (const auto& [name, ulimit] : ulimits)
    object[name] = json::object{{"soft", ulimit.soft}, {"hard", ulimit.hard}};
  return object;
}

// Builds the object by the rule that what is default is absent.
class SpecWriter {
 public:
  void text(std::string_view name, const std::string& value) {
    if (!value.empty())
      set(name, json::string(value));
  }
  void flag(std::string_view name, bool value) {
    if (value)
      set(name, true);
  }
  void list(std::string_view name, json::array value) {
    if (!value.empty())
      set(name, std::move(value));
  }
  void map(std::string_view name, json::object value) {
    if (!value.empty())
      set(name, std::move(value));
  }
  void number(std::string_view name, std::int64_t value) { set(name, value); }
  json::object take() { return std::move(object_); }

 private:
  void set(std::string_view name, json::value value) { object_[name] = std::move(value); }

  json::object object_;
};

json::array mountList(const App& app, const Service& service,
                      const std::map<std::string, std::string>& volumeNames) {
  std::vector<Mount> mounts = service.mounts;
  std::sort(mounts.begin(), mounts.end(), [](const Mount& a, const Mount& b) {
    return std::tie(a.target, a) < std::tie(b.target, b);
  });
  json::array array;
  for (const auto& mount : mounts) {
    SpecWriter writer;
    if (mount.kind == Mount::Kind::Bind) {
      writer.text("type", "bind");
      writer.text("source", mount.source);
    } else {
      const auto other = volumeNames.find(mount.source);
      writer.text("type", "volume");
      writer.text("source",
                  other == volumeNames.end() ? volumeName(app, mount.source) : other->second);
    }
    writer.text("target", mount.target);
    writer.flag("readOnly", mount.readOnly);
    array.push_back(writer.take());
  }
  return array;
}

json::array networkList(const App& app, const Service& service) {
  json::array array;
  for (const auto& name : joinedNetworks(app, service))
    array.push_back(json::object{{"name", name}, {"aliases", json::array{service.name}}});
  return array;
}

json::object labelMap(const App& app, const Service& service, const std::string& owner) {
  json::object labels = textMap(service.labels);
  labels[sdk::kAppLabel] = app.id;
  labels[sdk::kServiceLabel] = service.name;
  labels[sdk::kOwnerLabel] = owner;
  return labels;
}

json::object loggingMap(const std::optional<Logging>& logging) {
  SpecWriter writer;
  if (logging) {
    writer.text("driver", logging->driver);
    writer.map("options", textMap(logging->options));
  }
  return writer.take();
}

json::object resourceMap(const Resources& resources) {
  SpecWriter writer;
  if (resources.cpuLimitNano.value_or(0) > 0)
    writer.number("nanoCpus", *resources.cpuLimitNano);
  if (resources.cpuRequestNano)
    writer.number("cpuShares", cpuShares(*resources.cpuRequestNano));
  if (resources.memoryLimitBytes.value_or(0) > 0)
    writer.number("memoryBytes", *resources.memoryLimitBytes);
  if (resources.memoryRequestBytes.value_or(0) > 0)
    writer.number("memoryReservationBytes", *resources.memoryRequestBytes);
  return writer.take();
}

void writeProcess(SpecWriter& writer, const Service& service) {
  writer.list("command", textList(service.command));
  writer.list("entrypoint", textList(service.entrypoint));
  writer.map("environment", textMap(service.environment));
  writer.text("workingDir", service.workingDir);
  writer.text("user", service.user);
  writer.flag("init", service.init);
  writer.text("stopSignal", service.stopSignal);
  if (service.stopGracePeriod.count() != kDefaultGraceSeconds)
    writer.number("stopGracePeriodSeconds", service.stopGracePeriod.count());
}

void writeSecurity(SpecWriter& writer, const Service& service) {
  writer.flag("privileged", service.privileged);
  writer.flag("readOnly", service.readOnly);
  writer.list("capAdd", sortedList(service.capAdd));
  writer.list("capDrop", sortedList(service.capDrop));
  writer.list("devices", deviceList(service.devices));
  writer.list("securityOpt", sortedList(service.securityOpt));
  writer.map("sysctls", textMap(service.sysctls));
  writer.map("ulimits", ulimitMap(service.ulimits));
}

void writeNetworking(SpecWriter& writer, const App& app, const Service& service) {
  if (joinsNetworks(service)) {
    writer.list("networks", networkList(app, service));
  } else {
    writer.text("networkMode", service.networkMode);
  }
  writer.text("hostname", service.hostname);
  writer.text("domainname", service.domainname);
  writer.list("ports", portList(service.ports));
  writer.map("extraHosts", textMap(service.extraHosts));
  writer.list("dns", textList(service.dns));
}

json::object specObject(const App& app, const Service& service, const std::string& owner,
                        const std::map<std::string, std::string>& volumeNames) {
  SpecWriter writer;
  writer.text("name", containerName(app, service));
  writer.text("image", service.image);
  writer.map("labels", labelMap(app, service, owner));
  writeProcess(writer, service);
  writeSecurity(writer, service);
  writeNetworking(writer, app, service);
  writer.list("mounts", mountList(app, service, volumeNames));
  writer.map("tmpfs", textMap(service.tmpfs));
  writer.map("logging", loggingMap(service.logging));
  writer.map("resources", resourceMap(service.resources));
  return writer.take();
}

// docs/container-spec.md "The hash".
std::string hashOf(json::object spec, const std::string& image) {
  if (const auto reference = parseImageReference(image))
    spec["image"] = reference->normalised();
  spec.erase("stopGracePeriodSeconds");
  spec["labels"].as_object().erase(sdk::kOwnerLabel);
  return sha256Hex(canonicalJson(spec));
}

}  // namespace

std::string containerName(const App& app, const Service& service) {
  return objectName(app.name + "_" + service.name + "_" + service.id);
}

std::string networkName(const App& app, const std::string& network) {
  return objectName(app.id + "_" + network);
}

std::string volumeName(const App& app, const std::string& volume) {
  return objectName(app.id + "_" + volume);
}

std::string defaultNetworkName(const App& app) {
  return networkName(app, std::string(kDefaultNetwork));
}

bool joinsNetworks(const Service& service) {
  return service.networkMode.empty() || service.networkMode == "bridge" ||
         service.networkMode == "default";
}

std::vector<std::string> joinedNetworks(const App& app, const Service& service) {
  if (!joinsNetworks(service))
    return {};
  if (service.networks.empty())
    return {defaultNetworkName(app)};
  std::set<std::string> names;
  for (const auto& network : service.networks)
    names.insert(networkName(app, network));
  return {names.begin(), names.end()};
}

ContainerSpec containerSpec(const App& app, const Service& service, const std::string& owner,
                            const std::map<std::string, std::string>& volumeNames) {
  json::object object = specObject(app, service, owner, volumeNames);
  ContainerSpec spec;
  spec.name = containerName(app, service);
  spec.hash = hashOf(object, service.image);
  object["labels"].as_object()[sdk::kSpecHashLabel] = spec.hash;
  spec.json = canonicalJson(object);
  return spec;
}

}  // namespace holdfast::model
