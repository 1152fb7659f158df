// SPDX-License-Identifier: Apache-2.0
// A service with every member set to something else than its default, and every meaningful change
// of it, one at a time.
#pragma once

#include "model/target.hpp"

#include <functional>
#include <string>
#include <vector>

namespace holdfast::model {

inline App fullApp() {
  App app;
  app.id = "1001";
  app.name = "monitoring";
  app.networks = {{"front", "bridge", {}, false}, {"back", "bridge", {}, false}};
  app.volumes = {{"data", "", {}}};
  return app;
}

inline Probe fullProbe() {
  Probe probe;
  probe.type = Probe::Type::Exec;
  probe.scheme = "https";
  probe.path = "/h";
  probe.port = 1;
  probe.headers = {{"A", "b"}};
  probe.expectedStatusMin = 201;
  probe.expectedStatusMax = 202;
  probe.command = {"test", "-f", "/x"};
  probe.initialDelay = std::chrono::seconds{1};
  probe.period = std::chrono::seconds{2};
  probe.timeout = std::chrono::seconds{3};
  probe.successThreshold = 4;
  probe.failureThreshold = 5;
  return probe;
}

inline Service fullService() {
  Service service;
  service.id = "7";
  service.name = "web";
  service.image = "nginx:1";
  service.state = DesiredState::Paused;
  service.pullPolicy = PullPolicy::Never;
  service.restart = {RestartPolicy::Kind::OnFailure, 3};
  service.runtime = "podman";
  service.dependsOn = {{"db", DependencyCondition::Healthy}, {"mq", DependencyCondition::Started}};
  service.environment = {{"A", "1"}, {"B", "two\nlines"}};
  service.ports = {{"127.0.0.1", 8080, 80, Protocol::Tcp}, {"", 0, 53, Protocol::Udp}};
  service.mounts = {{Mount::Kind::Volume, "data", "/data", false},
                    {Mount::Kind::Bind, "/etc/localtime", "/etc/localtime", true}};
  service.tmpfs = {{"/run", ""}, {"/tmp", "size=1m"}};
  service.networks = {"front", "back"};
  service.networkMode = "bridge";
  service.labels = {{"l", "m"}, {"n", "o"}};
  service.command = {"run", "it"};
  service.entrypoint = {"/init", "--"};
  service.workingDir = "/srv";
  service.user = "1000";
  service.hostname = "h";
  service.domainname = "d";
  service.privileged = true;
  service.readOnly = true;
  service.init = true;
  service.capAdd = {"NET_ADMIN", "SYS_TIME"};
  service.capDrop = {"ALL", "CHOWN"};
  service.devices = {{"/dev/a", "/dev/b", "rw"}, {"/dev/c", "/dev/c", "rwm"}};
  service.extraHosts = {{"db", "10.0.0.1"}};
  service.dns = {"9.9.9.9", "1.1.1.1"};
  service.securityOpt = {"no-new-privileges", "seccomp=unconfined"};
  service.sysctls = {{"net.core.somaxconn", "1024"}};
  service.ulimits = {{"nofile", {1, 2}}};
  service.stopSignal = "SIGINT";
  service.stopGracePeriod = std::chrono::seconds{30};
  service.logging = Logging{"local", {{"max-size", "10m"}}};
  service.resources = {500'000'000, 250'000'000, 256 << 20, 128 << 20};
  service.livenessProbe = fullProbe();
  service.readinessProbe = fullProbe();
  service.startupProbe = fullProbe();
  service.unhealthyPolicy = UnhealthyPolicy::Recreate;
  service.faults = {{"/a", "b"}};
  return service;
}

struct Change {
  std::string what;
  std::function<void(Service&)> apply;
};

// What a running container would feel.
inline std::vector<Change> feltChanges() {
  return {
      {"id (name of the container)", [](Service& s) { s.id = "8"; }},
      {"name", [](Service& s) { s.name = "web2"; }},
      {"image tag", [](Service& s) { s.image = "nginx:2"; }},
      {"image repository", [](Service& s) { s.image = "httpd:1"; }},
      {"variable removed", [](Service& s) { s.environment.erase("A"); }},
      {"variable added", [](Service& s) { s.environment["C"] = ""; }},
      {"variable changed", [](Service& s) { s.environment["A"] = "2"; }},
      {"port removed", [](Service& s) { s.ports.pop_back(); }},
      {"host ip", [](Service& s) { s.ports[0].hostIp = ""; }},
      {"host port", [](Service& s) { s.ports[0].hostPort = 8081; }},
      {"host port chosen by the engine", [](Service& s) { s.ports[0].hostPort = 0; }},
      {"container port", [](Service& s) { s.ports[0].containerPort = 81; }},
      {"protocol", [](Service& s) { s.ports[0].protocol = Protocol::Udp; }},
      {"mount removed", [](Service& s) { s.mounts.pop_back(); }},
      {"mount kind", [](Service& s) { s.mounts[0].kind = Mount::Kind::Bind; }},
      {"mount source", [](Service& s) { s.mounts[0].source = "other"; }},
      {"mount target", [](Service& s) { s.mounts[0].target = "/other"; }},
      {"mount mode", [](Service& s) { s.mounts[0].readOnly = true; }},
      {"tmpfs removed", [](Service& s) { s.tmpfs.erase("/run"); }},
      {"tmpfs options", [](Service& s) { s.tmpfs["/tmp"] = "size=2m"; }},
      {"network removed", [](Service& s) { s.networks.pop_back(); }},
      {"all networks removed", [](Service& s) { s.networks.clear(); }},
      {"network mode", [](Service& s) { s.networkMode = "host"; }},
      {"label removed", [](Service& s) { s.labels.erase("l"); }},
      {"label changed", [](Service& s) { s.labels["l"] = "x"; }},
      {"command", [](Service& s) { s.command = {"run"}; }},
      {"order of arguments",
       [](Service& s) {
         s.command = {"it", "run"};
       }},
      {"command split otherwise", [](Service& s) { s.command = {"run it"}; }},
      {"entry point", [](Service& s) { s.entrypoint.clear(); }},
      {"order of the entry point",
       [](Service& s) {
         s.entrypoint = {"--", "/init"};
       }},
      {"working directory", [](Service& s) { s.workingDir = "/"; }},
      {"user", [](Service& s) { s.user = "0"; }},
      {"hostname", [](Service& s) { s.hostname = ""; }},
      {"domainname", [](Service& s) { s.domainname = ""; }},
      {"privileged", [](Service& s) { s.privileged = false; }},
      {"readOnly", [](Service& s) { s.readOnly = false; }},
      {"init", [](Service& s) { s.init = false; }},
      {"capability", [](Service& s) { s.capAdd.pop_back(); }},
      {"dropped capability", [](Service& s) { s.capDrop.pop_back(); }},
      {"device removed", [](Service& s) { s.devices.pop_back(); }},
      {"device on the host", [](Service& s) { s.devices[0].hostPath = "/dev/x"; }},
      {"device in the container", [](Service& s) { s.devices[0].containerPath = "/dev/x"; }},
      {"device permissions", [](Service& s) { s.devices[0].permissions = "r"; }},
      {"extra host", [](Service& s) { s.extraHosts["db"] = "10.0.0.2"; }},
      {"dns", [](Service& s) { s.dns.pop_back(); }},
      {"order of dns",
       [](Service& s) {
         s.dns = {"1.1.1.1", "9.9.9.9"};
       }},
      {"security option", [](Service& s) { s.securityOpt.pop_back(); }},
      {"sysctl", [](Service& s) { s.sysctls["net.core.somaxconn"] = "1"; }},
      {"soft ulimit", [](Service& s) { s.ulimits["nofile"].soft = 2; }},
      {"hard ulimit", [](Service& s) { s.ulimits["nofile"].hard = 3; }},
      {"stop signal", [](Service& s) { s.stopSignal = "SIGTERM"; }},
      {"logging driver", [](Service& s) { s.logging->driver = "json-file"; }},
      {"logging option", [](Service& s) { s.logging->options["max-size"] = "1m"; }},
      {"no logging", [](Service& s) { s.logging.reset(); }},
      {"cpu limit", [](Service& s) { s.resources.cpuLimitNano = 1'000'000'000; }},
      {"cpu request", [](Service& s) { s.resources.cpuRequestNano = 1'000'000'000; }},
      {"no cpu request", [](Service& s) { s.resources.cpuRequestNano.reset(); }},
      {"memory limit", [](Service& s) { s.resources.memoryLimitBytes = 1 << 30; }},
      {"no memory limit", [](Service& s) { s.resources.memoryLimitBytes.reset(); }},
      {"memory request", [](Service& s) { s.resources.memoryRequestBytes = 1 << 20; }},
  };
}

// What the agent acts on by itself: no container is made anew for it.
inline std::vector<Change> unfeltChanges() {
  return {
      {"state", [](Service& s) { s.state = DesiredState::Running; }},
      {"pull policy", [](Service& s) { s.pullPolicy = PullPolicy::Always; }},
      {"restart policy", [](Service& s) { s.restart = {}; }},
      {"restart count", [](Service& s) { s.restart.maxRetries = 4; }},
      {"runtime", [](Service& s) { s.runtime = ""; }},
      {"dependencies", [](Service& s) { s.dependsOn.clear(); }},
      {"condition", [](Service& s) { s.dependsOn["db"] = DependencyCondition::Started; }},
      {"grace period", [](Service& s) { s.stopGracePeriod = std::chrono::seconds{5}; }},
      {"liveness probe", [](Service& s) { s.livenessProbe.reset(); }},
      {"readiness probe", [](Service& s) { s.readinessProbe->period += std::chrono::seconds{1}; }},
      {"startup probe", [](Service& s) { s.startupProbe->command.pop_back(); }},
      {"unhealthy policy", [](Service& s) { s.unhealthyPolicy = UnhealthyPolicy::Alert; }},
      {"faults", [](Service& s) { s.faults.clear(); }},
  };
}

// Other ways to say the same.
inline std::vector<Change> sameMeaning() {
  return {
      {"order of ports", [](Service& s) { std::swap(s.ports[0], s.ports[1]); }},
      {"port twice", [](Service& s) { s.ports.push_back(s.ports[0]); }},
      {"order of mounts", [](Service& s) { std::swap(s.mounts[0], s.mounts[1]); }},
      {"order of networks", [](Service& s) { std::swap(s.networks[0], s.networks[1]); }},
      {"network twice", [](Service& s) { s.networks.push_back("front"); }},
      {"no network mode", [](Service& s) { s.networkMode = ""; }},
      {"default network mode", [](Service& s) { s.networkMode = "default"; }},
      {"order of capabilities", [](Service& s) { std::swap(s.capAdd[0], s.capAdd[1]); }},
      {"capability twice", [](Service& s) { s.capAdd.push_back("NET_ADMIN"); }},
      {"order of dropped", [](Service& s) { std::swap(s.capDrop[0], s.capDrop[1]); }},
      {"order of devices", [](Service& s) { std::swap(s.devices[0], s.devices[1]); }},
      {"order of options", [](Service& s) { std::swap(s.securityOpt[0], s.securityOpt[1]); }},
      {"host of the image", [](Service& s) { s.image = "docker.io/library/nginx:1"; }},
  };
}

}  // namespace holdfast::model
