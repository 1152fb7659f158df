// SPDX-License-Identifier: Apache-2.0
// The target state: what should run here. Plain values, made by the parser, never changed after.
#pragma once

#include "model/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::model {

// What is wrong with a document, and where.
struct Problem {
  std::string pointer;  // JSON pointer into the document as it was given
  std::string message;  // what was found, what was expected, what to do
  friend bool operator==(const Problem&, const Problem&) = default;
};

enum class DesiredState { Running, Stopped, Paused };
enum class PullPolicy { IfNotPresent, Always, Never };
enum class Protocol { Tcp, Udp };
enum class DependencyCondition { Started, Healthy };
// What follows when a liveness or startup probe has failed: the container is started again, another
// one is made, or nothing is touched and people are told.
enum class UnhealthyPolicy { Restart, Recreate, Alert };

struct RestartPolicy {
  enum class Kind { Always, OnFailure, Never };  // unless-stopped is Always: a stop is an override
  Kind kind = Kind::Always;
  int maxRetries = 0;  // of OnFailure; 0: no limit
  friend bool operator==(const RestartPolicy&, const RestartPolicy&) = default;
};

struct PortMapping {
  std::string hostIp;          // empty: every address
  std::uint16_t hostPort = 0;  // 0: the engine chooses
  std::uint16_t containerPort = 0;
  Protocol protocol = Protocol::Tcp;
  friend auto operator<=>(const PortMapping&, const PortMapping&) = default;
};

struct Mount {
  enum class Kind { Volume, Bind };
  Kind kind = Kind::Volume;
  std::string source;  // name of a volume as the target writes it, or an absolute host path
  std::string target;
  bool readOnly = false;
  friend auto operator<=>(const Mount&, const Mount&) = default;
};

struct Device {
  std::string hostPath;
  std::string containerPath;
  std::string permissions = "rwm";
  friend auto operator<=>(const Device&, const Device&) = default;
};

struct Ulimit {
  std::int64_t soft = 0;
  std::int64_t hard = 0;
  friend auto operator<=>(const Ulimit&, const Ulimit&) = default;
};

struct Logging {
  std::string driver;
  std::map<std::string, std::string> options;
  friend bool operator==(const Logging&, const Logging&) = default;
};

struct Resources {
  std::optional<std::int64_t> cpuLimitNano;    // 10^9 = one CPU
  std::optional<std::int64_t> cpuRequestNano;  // becomes CPU shares
  std::optional<std::int64_t> memoryLimitBytes;
  std::optional<std::int64_t> memoryRequestBytes;  // the soft limit
  friend bool operator==(const Resources&, const Resources&) = default;
};

struct Probe {
  enum class Type { Http, Tcp, Exec };
  Type type = Type::Http;
  std::string scheme = "http";
  std::string path = "/";
  std::uint16_t port = 0;
  std::map<std::string, std::string> headers;
  int expectedStatusMin = 200;
  int expectedStatusMax = 399;
  std::vector<std::string> command;
  std::chrono::seconds initialDelay{0};
  std::chrono::seconds period{10};
  std::chrono::seconds timeout{1};
  int successThreshold = 1;
  int failureThreshold = 3;
  friend bool operator==(const Probe&, const Probe&) = default;
};

struct Service {
  std::string pointer;  // where it stands in its document, a JSON pointer; empty without one
  std::string id;       // digits where the cloud gave a number, else the service's name
  std::string name;     // unique within its app
  std::string image;
  DesiredState state = DesiredState::Running;
  PullPolicy pullPolicy = PullPolicy::IfNotPresent;
  RestartPolicy restart;
  std::string runtime;                                   // empty: the default runtime
  std::map<std::string, DependencyCondition> dependsOn;  // by service name, same app

  std::map<std::string, std::string> environment;
  std::vector<PortMapping> ports;
  std::vector<Mount> mounts;
  std::map<std::string, std::string> tmpfs;  // path -> options
  std::vector<std::string> networks;         // names as the target writes them
  std::string networkMode;                   // empty, "bridge", "host", "none", ...
  std::map<std::string, std::string> labels;
  std::vector<std::string> command;
  std::vector<std::string> entrypoint;
  std::string workingDir;
  std::string user;
  std::string hostname;
  std::string domainname;
  bool privileged = false;
  bool readOnly = false;
  bool init = false;
  std::vector<std::string> capAdd;
  std::vector<std::string> capDrop;
  std::vector<Device> devices;
  std::map<std::string, std::string> extraHosts;  // name -> address
  std::vector<std::string> dns;
  std::vector<std::string> securityOpt;
  std::map<std::string, std::string> sysctls;
  std::map<std::string, Ulimit> ulimits;
  std::string stopSignal;
  std::chrono::seconds stopGracePeriod{10};
  std::optional<Logging> logging;
  Resources resources;
  std::optional<Probe> livenessProbe;
  std::optional<Probe> readinessProbe;
  std::optional<Probe> startupProbe;
  UnhealthyPolicy unhealthyPolicy = UnhealthyPolicy::Restart;

  // Lenient documents only: what is wrong with this service alone. Not empty = it cannot be
  // deployed (CreateContainerConfigError); every other service can.
  std::vector<Problem> faults;
};

struct Network {
  std::string name;
  std::string driver = "bridge";
  std::map<std::string, std::string> options;
  bool internal = false;
};

struct Volume {
  std::string name;
  std::string driver;
  std::map<std::string, std::string> options;
};

struct App {
  std::string id;    // the key of `apps`, or appId: digits or a name
  std::string name;  // defaults to the id
  std::vector<Network> networks;
  std::vector<Volume> volumes;
  std::vector<Service> services;

  // Lenient documents only: a service of this app could not be told apart (it has no name, or
  // another one's), so its container may be any: containers of this app that no service claims must
  // be left alone.
  bool hasUnidentifiedServices = false;
};

struct Target {
  std::vector<App> apps;   // in the document's order
  std::string deviceUuid;  // outer form {"<uuid>": ...}; empty otherwise
  std::string version;     // as the document gives it; empty if it does not
  std::string configJson;  // the document's `config` member, "{}" if absent
};

// "app-id/service-name": the key of one service everywhere inside the agent and in the ledger.
[[nodiscard]] std::string serviceKey(const App& app, const Service& service);

}  // namespace holdfast::model
