// SPDX-License-Identifier: Apache-2.0
// A service as JSON and back.
#include "model/container_spec.hpp"
#include "model/stored_json.hpp"

namespace holdfast::model {

namespace {

struct Form {
  // We wrote the text ourselves, from a target within its limits: this is only against damage.
  static constexpr std::size_t kMaxBytes = 64u * 1024 * 1024;
};

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
  visit("unhealthyPolicy", service.unhealthyPolicy);
  visit("faults", service.faults);
}

constexpr StoredRange rangeOf(Form, DesiredState) {
  return {DesiredState::Running, DesiredState::Paused};
}
constexpr StoredRange rangeOf(Form, PullPolicy) {
  return {PullPolicy::IfNotPresent, PullPolicy::Never};
}
constexpr StoredRange rangeOf(Form, Protocol) {
  return {Protocol::Tcp, Protocol::Udp};
}
constexpr StoredRange rangeOf(Form, DependencyCondition) {
  return {DependencyCondition::Started, DependencyCondition::Healthy};
}
constexpr StoredRange rangeOf(Form, UnhealthyPolicy) {
  return {UnhealthyPolicy::Restart, UnhealthyPolicy::Alert};
}
constexpr StoredRange rangeOf(Form, RestartPolicy::Kind) {
  return {RestartPolicy::Kind::Always, RestartPolicy::Kind::Never};
}
constexpr StoredRange rangeOf(Form, Mount::Kind) {
  return {Mount::Kind::Volume, Mount::Kind::Bind};
}
constexpr StoredRange rangeOf(Form, Probe::Type) {
  return {Probe::Type::Http, Probe::Type::Exec};
}

}  // namespace

std::string serializeService(const Service& service) {
  return storedText<Form>(service);
}

std::optional<Service> parseService(const std::string& text) {
  return readStored<Form, Service>(text);
}

}  // namespace holdfast::model
