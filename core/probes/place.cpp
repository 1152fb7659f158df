// SPDX-License-Identifier: Apache-2.0
#include "probes/place.hpp"

#include <algorithm>
#include <string_view>

namespace holdfast::probes {
namespace {

bool isIpv6(const std::string& address) {
  return address.find(':') != std::string::npos;
}

std::string bracketed(const std::string& address) {
  return isIpv6(address) ? "[" + address + "]" : address;
}

const std::string* addressOf(const engine::ProbeTask& task) {
  const std::string* found = nullptr;
  for (const auto& [network, address] : task.addresses) {
    if (!address.empty() && (found == nullptr || (isIpv6(*found) && !isIpv6(address))))
      found = &address;
  }
  return found;
}

const model::PortMapping* mappingOf(const engine::ProbeTask& task, std::uint16_t port) {
  const auto at = std::find_if(task.ports.begin(), task.ports.end(), [port](const auto& mapping) {
    return mapping.containerPort == port && mapping.protocol == model::Protocol::Tcp &&
           mapping.hostPort != 0;
  });
  return at == task.ports.end() ? nullptr : &*at;
}

// A port that is published on every address is published on loopback.
std::string loopbackFor(const std::string& hostIp) {
  if (hostIp.empty() || hostIp == "0.0.0.0")
    return "127.0.0.1";
  return hostIp == "::" ? "[::1]" : bracketed(hostIp);
}

// Spaces and what is no ASCII, as a browser would write them.
std::string encodedPath(std::string_view path) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  for (const char character : path) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte > 0x20 && byte < 0x7f) {
      encoded += character;
    } else {
      encoded += '%';
      encoded += kHex[byte >> 4U];
      encoded += kHex[byte & 0xfU];
    }
  }
  return encoded;
}

}  // namespace

Place placeOf(const engine::ProbeTask& task, std::uint16_t port) {
  if (task.hostNetwork)
    return {"127.0.0.1", port, "host network", {}};
  const std::string* address = task.rootless ? nullptr : addressOf(task);
  if (address != nullptr)
    return {bracketed(*address), port, "address of the container", {}};
  const auto* mapping = mappingOf(task, port);
  if (mapping != nullptr)
    return {loopbackFor(mapping->hostIp), mapping->hostPort, "published port", {}};
  Place place;
  place.problem = (task.rootless ? "the networks of this engine cannot be reached from here"
                                 : "the container has no address") +
                  std::string(", and port ") + std::to_string(port) +
                  " is not published to a port that is known; publish it or use an exec probe";
  return place;
}

std::string urlOf(const model::Probe& probe, const Place& place) {
  return probe.scheme + "://" + place.host + ":" + std::to_string(place.port) +
         encodedPath(probe.path);
}

std::string whereText(const model::Probe& probe, const Place& place) {
  if (probe.type == model::Probe::Type::Exec)
    return "exec";
  if (!place.problem.empty())
    return "";
  const std::string suffix = " (" + place.words + ")";
  if (probe.type == model::Probe::Type::Tcp)
    return "tcp " + place.host + ":" + std::to_string(place.port) + suffix;
  const std::string url = urlOf(probe, place);
  return url.substr(0, url.find('?')) + suffix;
}

}  // namespace holdfast::probes
