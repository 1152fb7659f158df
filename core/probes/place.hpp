// SPDX-License-Identifier: Apache-2.0
// Where http and tcp probes of a service go.
#pragma once

#include "engine/probe_port.hpp"

#include <cstdint>
#include <string>

namespace holdfast::probes {

struct Place {
  std::string host;  // an address, in brackets where it is IPv6
  std::uint16_t port = 0;
  std::string words;    // "address of the container", "host network", "published port"
  std::string problem;  // why there is no way to it; empty: there is
};

// A container of the host's network is asked on loopback, one of an engine whose networks are not
// the machine's (rootless), or without an address of its own, on the published port; every other
// one on its address, that of its first network by name, IPv4 where it has both.
[[nodiscard]] Place placeOf(const engine::ProbeTask& task, std::uint16_t port);

// What an http probe asks for.
[[nodiscard]] std::string urlOf(const model::Probe& probe, const Place& place);

// "http://172.18.0.2:8080/health (address of the container)", "tcp 172.18.0.2:1883 (...)", "exec".
// Without the query of a path, which may hold a secret.
[[nodiscard]] std::string whereText(const model::Probe& probe, const Place& place);

}  // namespace holdfast::probes
