// SPDX-License-Identifier: Apache-2.0
// What a runtime plugin is told of a service: the fully resolved specification, and its hash.
#pragma once

#include "model/target.hpp"

#include <map>
#include <string>
#include <vector>

namespace holdfast::model {

// Names of engine objects. Characters outside [a-zA-Z0-9_.-] become '-'.
[[nodiscard]] std::string containerName(const App& app, const Service& service);
[[nodiscard]] std::string networkName(const App& app, const std::string& network);
[[nodiscard]] std::string volumeName(const App& app, const std::string& volume);
// The app's own network, for services that name none: "<appId>_default".
[[nodiscard]] std::string defaultNetworkName(const App& app);

// Does the service join networks of its app? Yes unless networkMode is host, none or another word:
// "bridge", "default" and no mode at all mean the app's networks.
[[nodiscard]] bool joinsNetworks(const Service& service);

// Engine names of the networks that a service joins, sorted; empty for host, none and other modes.
[[nodiscard]] std::vector<std::string> joinedNetworks(const App& app, const Service& service);

// A service resolved for a runtime.
struct ContainerSpec {
  std::string name;  // of the container
  std::string json;  // docs/container-spec.md; labels included
  std::string hash;  // 64 hex digits
};

// `owner` goes into the labels. `volumeNames` replaces names of volumes (as the target writes them)
// by the engine's where a container of the original agent mounted others; usually empty.
//
// The hash covers what a running container would feel: it is the same for two services that mean
// the same (order, defaults spelled out) and differs when a container would. Not part of it, since
// the agent itself acts on them: probes, restart and pull policy, dependencies, the stop grace
// period, and the owner.
[[nodiscard]] ContainerSpec containerSpec(const App& app, const Service& service,
                                          const std::string& owner,
                                          const std::map<std::string, std::string>& volumeNames);

// The service as JSON that parseService reads back: what the store keeps of a deployed service, so
// that the container of a failing update stays supervised by its own specification.
[[nodiscard]] std::string serializeService(const Service& service);
[[nodiscard]] std::optional<Service> parseService(const std::string& json);

}  // namespace holdfast::model
