// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/uplink.hpp"
#include "uplink/iotistic/identity.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace holdfast::iotistic {

// What is posted to /device/register.
[[nodiscard]] std::string registrationBody(const Identity& identity, const sdk::DeviceInfo& device,
                                           const std::string& deviceType);

// What is posted to /device/{uuid}/key-exchange.
[[nodiscard]] std::string keyExchangeBody(const Identity& identity);

// What the plugin keeps of the cloud's answer to a registration. The rest, credentials for a
// message broker among it, is dropped.
struct Registration {
  std::string deviceId;
  std::string fleetId;
  std::string caCertificate;  // PEM; empty: the cloud named none, or none that could be one
};

// Nothing when the answer is no JSON object.
[[nodiscard]] std::optional<Registration> readRegistration(std::string_view answer);

}  // namespace holdfast::iotistic
