// SPDX-License-Identifier: Apache-2.0
#include "runtime/docker/create_body.hpp"

#include "runtime/common/dialect.hpp"
#include "runtime/common/refusals.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>

namespace holdfast::docker {
namespace {

namespace json = boost::json;
using runtime::ContainerSpec;

// Docker's own default has no limit, and fills the disk of an unattended device.
constexpr std::string_view kLogMaxSize = "10m";
constexpr std::string_view kLogMaxFile = "3";

constexpr int kManyNetworksMinor = 44;

// "key<separator>value", the form of Env and ExtraHosts.
json::array joined(const runtime::StringMap& map, char separator) {
  json::array list;
  for (const auto& [key, value] : map) {
    list.emplace_back(key + separator + value);
  }
  return list;
}

std::string portKey(const runtime::PortSpec& port) {
  return std::to_string(port.containerPort) + "/" + port.protocol;
}

// Docker 20.10 ignores bindings of ports that are not exposed as well.
json::object exposedPorts(const ContainerSpec& spec) {
  json::object exposed;
  for (const runtime::PortSpec& port : spec.ports) {
    exposed[portKey(port)] = json::object();
  }
  return exposed;
}

json::object portBindings(const ContainerSpec& spec) {
  json::object bindings;
  for (const runtime::PortSpec& port : spec.ports) {
    json::value& list = bindings[portKey(port)];
    if (list.is_null()) {
      list.emplace_array();
    }
    // An empty HostPort is Docker's "any free one".
    list.get_array().emplace_back(
        json::object{{"HostIp", port.hostIp},
                     {"HostPort", port.hostPort == 0 ? "" : std::to_string(port.hostPort)}});
  }
  return bindings;
}

// Mounts and not Binds: with those a path that is missing on the host would be made by root.
json::array mounts(const ContainerSpec& spec) {
  json::array list;
  for (const runtime::MountSpec& mount : spec.mounts) {
    list.emplace_back(json::object{{"Type", mount.type},
                                   {"Source", mount.source},
                                   {"Target", mount.target},
                                   {"ReadOnly", mount.readOnly}});
  }
  return list;
}

json::array devices(const ContainerSpec& spec) {
  json::array list;
  for (const runtime::DeviceSpec& device : spec.devices) {
    list.emplace_back(json::object{
        {"PathOnHost", device.hostPath},
        {"PathInContainer", device.containerPath.empty() ? device.hostPath : device.containerPath},
        {"CgroupPermissions", device.permissions.empty() ? "rwm" : device.permissions}});
  }
  return list;
}

json::array ulimits(const ContainerSpec& spec) {
  json::array list;
  for (const auto& [name, limit] : spec.ulimits) {
    list.emplace_back(json::object{{"Name", name}, {"Soft", limit.soft}, {"Hard", limit.hard}});
  }
  return list;
}

json::object logConfig(const ContainerSpec& spec) {
  const std::string driver = spec.logging.driver.empty() ? "json-file" : spec.logging.driver;
  json::object options = runtime::jsonOf(spec.logging.options);
  if (driver == "json-file") {
    options.emplace("max-size", kLogMaxSize);  // does nothing where the target says otherwise
    options.emplace("max-file", kLogMaxFile);
  }
  return {{"Type", driver}, {"Config", std::move(options)}};
}

json::object endpoint(const runtime::NetworkAttachment& network) {
  return {{"Aliases", runtime::jsonOf(network.aliases)}};
}

std::string networkMode(const ContainerSpec& spec) {
  if (!spec.networks.empty()) {
    return spec.networks.front().name;
  }
  return spec.networkMode.empty() ? "default" : spec.networkMode;
}

json::object endpoints(const ContainerSpec& spec, bool all) {
  json::object config;
  for (const runtime::NetworkAttachment& network : spec.networks) {
    config[network.name] = endpoint(network);
    if (!all) {
      break;
    }
  }
  return config;
}

json::object labels(const ContainerSpec& spec, bool all) {
  json::object object = runtime::jsonOf(spec.labels);
  if (!all && spec.networks.size() > 1) {
    json::object rest;
    for (std::size_t at = 1; at < spec.networks.size(); ++at) {
      rest[spec.networks[at].name] = endpoint(spec.networks[at]);
    }
    object[json::string_view(kNetworksLabel.data(), kNetworksLabel.size())] = json::serialize(rest);
  }
  return object;
}

void setResources(json::object& host, const runtime::ResourcesSpec& resources) {
  if (resources.nanoCpus > 0) {
    host["NanoCpus"] = resources.nanoCpus;
  }
  if (resources.cpuShares > 0) {
    host["CpuShares"] = resources.cpuShares;
  }
  if (resources.memoryBytes > 0) {
    host["Memory"] = resources.memoryBytes;
    host["MemorySwap"] = resources.memoryBytes;  // memory and swap together: no swap on top
  }
  if (resources.memoryReservationBytes > 0) {
    host["MemoryReservation"] = resources.memoryReservationBytes;
  }
}

void setSecurity(json::object& host, const ContainerSpec& spec) {
  host["Privileged"] = spec.privileged;
  host["ReadonlyRootfs"] = spec.readOnly;
  host["CapAdd"] = runtime::jsonOf(spec.capAdd);
  host["CapDrop"] = runtime::jsonOf(spec.capDrop);
  host["SecurityOpt"] = runtime::jsonOf(spec.securityOpt);
}

json::object hostConfig(const ContainerSpec& spec) {
  json::object host;
  host["NetworkMode"] = networkMode(spec);
  host["PortBindings"] = portBindings(spec);
  host["Mounts"] = mounts(spec);
  host["Tmpfs"] = runtime::jsonOf(spec.tmpfs);
  host["RestartPolicy"] = json::object{{"Name", "no"}};  // the agent restarts
  host["Init"] = spec.init;
  host["Devices"] = devices(spec);
  host["ExtraHosts"] = joined(spec.extraHosts, ':');
  host["Dns"] = runtime::jsonOf(spec.dns);
  host["Sysctls"] = runtime::jsonOf(spec.sysctls);
  host["Ulimits"] = ulimits(spec);
  host["LogConfig"] = logConfig(spec);
  setSecurity(host, spec);
  setResources(host, spec.resources);
  return host;
}

void setIfGiven(json::object& body, std::string_view key, const std::string& value) {
  if (!value.empty()) {
    body[json::string_view(key.data(), key.size())] = value;
  }
}

}  // namespace

json::object createBody(const ContainerSpec& spec, int apiMinor) {
  const bool allNetworks = apiMinor >= kManyNetworksMinor;
  json::object body;
  body["Image"] = spec.image;
  body["Env"] = joined(spec.environment, '=');
  if (!spec.command.empty()) {
    body["Cmd"] = runtime::jsonOf(spec.command);
  }
  if (!spec.entrypoint.empty()) {
    body["Entrypoint"] = runtime::jsonOf(spec.entrypoint);
  }
  setIfGiven(body, "WorkingDir", spec.workingDir);
  setIfGiven(body, "User", spec.user);
  setIfGiven(body, "Hostname", spec.hostname);
  setIfGiven(body, "Domainname", spec.domainname);
  setIfGiven(body, "StopSignal", spec.stopSignal);
  body["StopTimeout"] = spec.stopGracePeriodSeconds;
  body["Labels"] = labels(spec, allNetworks);
  body["ExposedPorts"] = exposedPorts(spec);
  // The agent runs the target's probes; a check of the image's own would only wake it.
  body["Healthcheck"] = json::object{{"Test", json::array{"NONE"}}};
  body["HostConfig"] = hostConfig(spec);
  if (!spec.networks.empty()) {
    body["NetworkingConfig"] = json::object{{"EndpointsConfig", endpoints(spec, allNetworks)}};
  }
  return body;
}

std::string refusalOf(const ContainerSpec& spec) {
  constexpr std::array<std::string_view, 4> kPodmanModes = {"slirp4netns", "pasta", "private",
                                                            "ns:"};
  if (std::any_of(kPodmanModes.begin(), kPodmanModes.end(),
                  [&](std::string_view mode) { return spec.networkMode.starts_with(mode); })) {
    return "networkMode: Docker has no mode '" + spec.networkMode +
           "'; expected bridge, host, none or container:<name>";
  }
  if (spec.logging.driver == "k8s-file" || spec.logging.driver == "passthrough") {
    return "logging.driver: '" + spec.logging.driver + "' is a driver of Podman";
  }
  return runtime::commonRefusalOf(spec);
}

}  // namespace holdfast::docker
