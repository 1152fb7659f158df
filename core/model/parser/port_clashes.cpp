// SPDX-License-Identifier: Apache-2.0
#include "model/container_spec.hpp"
#include "model/forms/addresses.hpp"
#include "model/parser/cross_checks.hpp"

#include <map>
#include <set>
#include <tuple>

namespace holdfast::model::parser {

namespace {

constexpr std::string_view kEveryIpv4 = "0.0.0.0";
constexpr std::string_view kEveryIpv6 = "::";

std::string portText(const PortMapping& mapping) {
  return std::to_string(mapping.hostPort) + (mapping.protocol == Protocol::Tcp ? "/tcp" : "/udp");
}

// Who listens on one host port with one protocol.
class Listeners {
 public:
  // The service that has the port on an address that includes or is included in this one; nullptr
  // when there is none. Takes the port either way.
  const ServiceDraft* take(const std::string& hostIp, const ServiceDraft& service) {
    const ServiceDraft* other = find(hostIp);
    byAddress_.emplace(hostIp, &service);
    (isIpv6(hostIp) ? anyIpv6_ : anyIpv4_) = &service;
    return other;
  }

 private:
  [[nodiscard]] const ServiceDraft* at(std::string_view hostIp) const {
    const auto found = byAddress_.find(hostIp);
    return found == byAddress_.end() ? nullptr : found->second;
  }

  [[nodiscard]] const ServiceDraft* find(const std::string& hostIp) const {
    if (const auto* everywhere = at(""))
      return everywhere;
    if (hostIp.empty())
      return anyIpv4_ != nullptr ? anyIpv4_ : anyIpv6_;
    const bool ipv6 = isIpv6(hostIp);
    const std::string_view everyAddress = ipv6 ? kEveryIpv6 : kEveryIpv4;
    if (hostIp == everyAddress)
      return ipv6 ? anyIpv6_ : anyIpv4_;
    const auto* wide = at(everyAddress);
    return wide != nullptr ? wide : at(hostIp);
  }

  std::map<std::string, const ServiceDraft*, std::less<>> byAddress_;
  const ServiceDraft* anyIpv4_ = nullptr;  // the latest of each family
  const ServiceDraft* anyIpv6_ = nullptr;
};

class HostPorts {
 public:
  void add(ServiceDraft& service) {
    std::set<PortMapping> own;  // the same mapping twice means what it means once
    for (const auto& [mappings, pointer] : service.ports) {
      bool told = false;  // once for each entry is enough: ranges overlap in many ports
      for (const auto& mapping : mappings) {
        if (mapping.hostPort == 0 || !own.insert(mapping).second)
          continue;
        const auto* other =
            listeners_[{mapping.hostPort, mapping.protocol}].take(mapping.hostIp, service);
        if (other == nullptr || told)
          continue;
        told = true;
        service.findings.fault(pointer,
                               "the host port " + portText(mapping) + " is published by " +
                                   (other == &service ? "this service" : other->service.pointer) +
                                   " already");
      }
    }
  }

 private:
  std::map<std::pair<std::uint16_t, Protocol>, Listeners> listeners_;
};

}  // namespace

void checkPorts(DocumentDraft& draft) {
  HostPorts ports;
  for (auto& app : draft.apps) {
    for (auto& service : app.services) {
      // On the host's own network, or on none, an engine publishes nothing.
      if (joinsNetworks(service.service))
        ports.add(service);
    }
  }
}

}  // namespace holdfast::model::parser
