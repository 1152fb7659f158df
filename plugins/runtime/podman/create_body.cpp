// SPDX-License-Identifier: Apache-2.0
#include "runtime/podman/create_body.hpp"

#include "runtime/common/dialect.hpp"
#include "runtime/common/image_reference.hpp"
#include "runtime/podman/words.hpp"

#include <boost/json/array.hpp>

#include <cstdint>
#include <limits>

namespace holdfast::podman {
namespace {

namespace json = boost::json;
using runtime::ContainerSpec;

// Podman's own default has no limit, and fills the disk of an unattended device.
constexpr std::int64_t kLogMaxBytes = 10ll * 1024 * 1024;

constexpr std::int64_t kCpuPeriodMicros = 100'000;
constexpr std::int64_t kNanosPerCpu = 1'000'000'000;

json::value numberOf(std::int64_t limit) {
  return limit < 0 ? json::value(std::numeric_limits<std::uint64_t>::max()) : json::value(limit);
}

json::array portMappings(const ContainerSpec& spec) {
  json::array list;
  for (const runtime::PortSpec& port : spec.ports) {
    json::object mapping{{"container_port", port.containerPort}, {"protocol", port.protocol}};
    if (port.hostPort != 0) {  // without it Podman chooses
      mapping["host_port"] = port.hostPort;
    }
    if (!port.hostIp.empty()) {
      mapping["host_ip"] = port.hostIp;
    }
    list.emplace_back(std::move(mapping));
  }
  return list;
}

// A path that is missing on the host is an error to Podman.
json::array mounts(const ContainerSpec& spec) {
  json::array list;
  for (const runtime::MountSpec& mount : spec.mounts) {
    if (mount.type == "bind") {
      list.emplace_back(json::object{
          {"type", "bind"},
          {"source", mount.source},
          {"destination", mount.target},
          {"options", mount.readOnly ? json::array{"rbind", "ro"} : json::array{"rbind"}}});
    }
  }
  for (const auto& [path, options] : spec.tmpfs) {
    list.emplace_back(json::object{{"type", "tmpfs"},
                                   {"destination", path},
                                   {"options", runtime::jsonOf(splitAt(options, ','))}});
  }
  return list;
}

json::array volumes(const ContainerSpec& spec) {
  json::array list;
  for (const runtime::MountSpec& mount : spec.mounts) {
    if (mount.type == "volume") {
      list.emplace_back(
          json::object{{"Name", mount.source},
                       {"Dest", mount.target},
                       {"Options", mount.readOnly ? json::array{"ro"} : json::array{}}});
    }
  }
  return list;
}

json::array devices(const ContainerSpec& spec) {
  json::array list;
  for (const runtime::DeviceSpec& device : spec.devices) {
    const std::string inside =
        device.containerPath.empty() ? device.hostPath : device.containerPath;
    const std::string permissions = device.permissions.empty() ? "rwm" : device.permissions;
    list.emplace_back(json::object{{"path", device.hostPath + ":" + inside + ":" + permissions}});
  }
  return list;
}

json::array hosts(const ContainerSpec& spec) {
  json::array list;
  for (const auto& [name, address] : spec.extraHosts) {
    list.emplace_back(name + ":" + address);
  }
  return list;
}

// Podman puts "RLIMIT_" before the name itself.
json::array limits(const ContainerSpec& spec) {
  json::array list;
  for (const auto& [name, limit] : spec.ulimits) {
    list.emplace_back(json::object{
        {"type", name}, {"soft", numberOf(limit.soft)}, {"hard", numberOf(limit.hard)}});
  }
  return list;
}

// json-file is Docker's word for what k8s-file is here.
json::object logging(const runtime::LoggingSpec& spec) {
  const bool toFile = spec.driver.empty() || spec.driver == "json-file";
  json::object log{{"driver", toFile ? "k8s-file" : spec.driver}};
  if (log["driver"] == "k8s-file") {
    const auto size = spec.options.find("max-size");
    log["size"] =
        size == spec.options.end() ? kLogMaxBytes : byteSize(size->second).value_or(kLogMaxBytes);
  }
  json::object options;
  for (const auto& [name, value] : spec.options) {
    if (name == "path") {
      log["path"] = value;
    } else if (name != "max-size") {
      options[name] = value;
    }
  }
  if (!options.empty()) {
    log["options"] = std::move(options);
  }
  return log;
}

json::object resources(const runtime::ResourcesSpec& spec) {
  json::object limits;
  json::object memory;
  if (spec.memoryBytes > 0) {
    memory["limit"] = spec.memoryBytes;
    memory["swap"] = spec.memoryBytes;  // memory and swap together: no swap on top
  }
  if (spec.memoryReservationBytes > 0) {
    memory["reservation"] = spec.memoryReservationBytes;
  }
  json::object cpu;
  if (spec.nanoCpus > 0) {
    cpu["period"] = kCpuPeriodMicros;
    cpu["quota"] = spec.nanoCpus / (kNanosPerCpu / kCpuPeriodMicros);
  }
  if (spec.cpuShares > 0) {
    cpu["shares"] = spec.cpuShares;
  }
  if (!memory.empty()) {
    limits["memory"] = std::move(memory);
  }
  if (!cpu.empty()) {
    limits["cpu"] = std::move(cpu);
  }
  return limits;
}

void setNetworks(json::object& body, const ContainerSpec& spec) {
  const NetworkMode mode = networkModeOf(spec.networkMode);
  json::object networks;
  for (const runtime::NetworkAttachment& network : spec.networks) {
    networks[network.name] = json::object{{"aliases", runtime::jsonOf(network.aliases)}};
  }
  if (networks.empty() && !mode.network.empty()) {
    networks[mode.network] = json::object();
  }
  if (!networks.empty()) {
    body["netns"] = json::object{{"nsmode", "bridge"}};
    body["networks"] = std::move(networks);
  } else if (!mode.mode.empty()) {
    body["netns"] = json::object{{"nsmode", mode.mode}, {"value", mode.value}};
    if (!mode.options.empty()) {
      body["network_options"] = json::object{{mode.mode, runtime::jsonOf(mode.options)}};
    }
  }
}

void setSecurity(json::object& body, const ContainerSpec& spec) {
  json::array labels;
  json::array masked;
  json::array unmasked;
  for (const std::string& text : spec.securityOpt) {
    const SecurityOption option = securityOptionOf(text);
    if (option.key == "no-new-privileges") {
      body["no_new_privileges"] = option.value != "false";
    } else if (option.key == "seccomp") {
      body["seccomp_profile_path"] = option.value;
    } else if (option.key == "apparmor") {
      body["apparmor_profile"] = option.value;
    } else if (option.key == "label") {
      labels.emplace_back(option.value);
    } else {
      json::array& paths = option.key == "mask" ? masked : unmasked;
      for (const std::string& path : splitAt(option.value, ':')) {
        paths.emplace_back(path);
      }
    }
  }
  body["selinux_opts"] = std::move(labels);
  body["mask"] = std::move(masked);
  body["unmask"] = std::move(unmasked);
  body["privileged"] = spec.privileged;
  body["read_only_filesystem"] = spec.readOnly;
  body["cap_add"] = runtime::jsonOf(spec.capAdd);
  body["cap_drop"] = runtime::jsonOf(spec.capDrop);
}

// Podman has no member for the domain name; in the container's own name space this sets it.
json::object sysctls(const ContainerSpec& spec) {
  json::object object = runtime::jsonOf(spec.sysctls);
  if (!spec.domainname.empty()) {
    object["kernel.domainname"] = spec.domainname;
  }
  return object;
}

void setIfGiven(json::object& body, std::string_view key, const std::string& value) {
  if (!value.empty()) {
    body[json::string_view(key.data(), key.size())] = value;
  }
}

void setProcess(json::object& body, const ContainerSpec& spec) {
  if (!spec.command.empty()) {
    body["command"] = runtime::jsonOf(spec.command);
  }
  if (!spec.entrypoint.empty()) {
    body["entrypoint"] = runtime::jsonOf(spec.entrypoint);
  }
  body["env"] = runtime::jsonOf(spec.environment);
  setIfGiven(body, "work_dir", spec.workingDir);
  setIfGiven(body, "user", spec.user);
  setIfGiven(body, "hostname", spec.hostname);
  if (const std::optional<int> signal = signalNumber(spec.stopSignal)) {
    body["stop_signal"] = *signal;
  }
  body["stop_timeout"] = spec.stopGracePeriodSeconds;
  body["init"] = spec.init;
}

// What the engine calls the image whose name is meant: which registry a short name is from must not
// depend on the device's registries.conf.
std::string imageName(const ContainerSpec& spec) {
  const auto image = runtime::parseImageReference(spec.image);
  return image ? image->canonical() : spec.image;
}

}  // namespace

json::object createBody(const ContainerSpec& spec) {
  json::object body;
  body["name"] = spec.name;
  body["image"] = imageName(spec);
  body["labels"] = runtime::jsonOf(spec.labels);
  setProcess(body, spec);
  body["portmappings"] = portMappings(spec);
  body["mounts"] = mounts(spec);
  body["volumes"] = volumes(spec);
  body["devices"] = devices(spec);
  body["hostadd"] = hosts(spec);
  body["dns_server"] = runtime::jsonOf(spec.dns);
  body["sysctl"] = sysctls(spec);
  body["r_limits"] = limits(spec);
  body["log_configuration"] = logging(spec.logging);
  body["resource_limits"] = resources(spec.resources);
  body["restart_policy"] = "no";  // the agent restarts
  // The agent runs the target's probes; a check of the image's own would only wake it.
  body["healthconfig"] = json::object{{"Test", json::array{"NONE"}}};
  setNetworks(body, spec);
  setSecurity(body, spec);
  return body;
}

}  // namespace holdfast::podman
