// SPDX-License-Identifier: Apache-2.0
// The specifications that a step carries, as values: docs/container-spec.md has their meaning.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::runtime {

using StringMap = std::map<std::string, std::string>;
using StringList = std::vector<std::string>;

struct PortSpec {
  std::string hostIp;          // empty: every address
  std::uint16_t hostPort = 0;  // 0: the engine chooses
  std::uint16_t containerPort = 0;
  std::string protocol;  // "tcp" or "udp"
};

struct MountSpec {
  std::string type;    // "volume" or "bind"
  std::string source;  // name of the volume, or path on the host
  std::string target;
  bool readOnly = false;
};

struct NetworkAttachment {
  std::string name;
  StringList aliases;
};

struct DeviceSpec {
  std::string hostPath;
  std::string containerPath;
  std::string permissions;
};

struct UlimitSpec {
  std::int64_t soft = 0;
  std::int64_t hard = 0;
};

struct LoggingSpec {
  std::string driver;  // empty: the engine's
  StringMap options;
};

struct ResourcesSpec {
  std::int64_t nanoCpus = 0;  // 0 stands for "not given" in all of them
  std::int64_t cpuShares = 0;
  std::int64_t memoryBytes = 0;
  std::int64_t memoryReservationBytes = 0;
};

struct ContainerSpec {
  std::string name;
  std::string image;
  StringList command;
  StringList entrypoint;
  StringMap environment;
  std::string workingDir;
  std::string user;
  std::string hostname;
  std::string domainname;
  StringMap labels;
  std::vector<PortSpec> ports;
  std::vector<MountSpec> mounts;
  StringMap tmpfs;
  std::vector<NetworkAttachment> networks;
  std::string networkMode;
  bool privileged = false;
  bool readOnly = false;
  bool init = false;
  StringList capAdd;
  StringList capDrop;
  std::vector<DeviceSpec> devices;
  StringMap extraHosts;
  StringList dns;
  StringList securityOpt;
  StringMap sysctls;
  std::map<std::string, UlimitSpec> ulimits;
  std::string stopSignal;
  std::int64_t stopGracePeriodSeconds = 10;
  LoggingSpec logging;
  ResourcesSpec resources;
};

struct NetworkSpec {
  std::string driver;  // empty: the engine's
  StringMap options;
  bool internal = false;
  StringMap labels;
};

struct VolumeSpec {
  std::string driver;  // empty: the engine's
  StringMap options;
  StringMap labels;
};

// Nothing when the text is not such a specification; `problem` then names the member: unknown ones
// are problems too, because a container that lacks what was asked for is worse than none.
[[nodiscard]] std::optional<ContainerSpec> parseContainerSpec(std::string_view text,
                                                              std::string& problem);
[[nodiscard]] std::optional<NetworkSpec> parseNetworkSpec(std::string_view text,
                                                          std::string& problem);
[[nodiscard]] std::optional<VolumeSpec> parseVolumeSpec(std::string_view text,
                                                        std::string& problem);

}  // namespace holdfast::runtime
