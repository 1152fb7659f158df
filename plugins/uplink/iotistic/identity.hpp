// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/uplink.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace holdfast::iotistic {

// Who the device is to its cloud.
struct Identity {
  std::string uuid;
  std::string deviceKey;  // a secret: 64 hexadecimal digits
  // What has to be done before the cloud takes anything else.
  sdk::EnrolmentStep next = sdk::EnrolmentStep::Register;
  std::string deviceId;  // as the cloud counts, empty until it said
  std::string fleetId;   // likewise

  friend bool operator==(const Identity&, const Identity&) = default;
};

// 8-4-4-4-12 hexadecimal digits, as the cloud wants them.
[[nodiscard]] bool isUuid(std::string_view text);

// With a key made of the kernel's random numbers. Throws std::system_error when it has none.
[[nodiscard]] Identity newIdentity(std::string_view uuid);

// The identity in the plugin's state directory: identity.json, README.md "Identity".
class IdentityFile {
 public:
  explicit IdentityFile(std::string_view directory);

  // Nothing where there is no file. Throws std::runtime_error that names the file and what is
  // wrong with it, and nothing that is in it.
  [[nodiscard]] std::optional<Identity> load() const;

  // On disk when this returns. Throws std::system_error.
  void save(const Identity& identity) const;

 private:
  std::string path_;
};

}  // namespace holdfast::iotistic
