// SPDX-License-Identifier: Apache-2.0
#include "uplink/iotistic/secrets.hpp"

namespace holdfast::iotistic {

std::string withoutSecrets(std::string text, std::initializer_list<std::string_view> secrets) {
  constexpr std::string_view kHidden = "***";
  for (const std::string_view secret : secrets) {
    if (secret.empty()) {
      continue;
    }
    for (std::size_t at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at + kHidden.size())) {
      text.replace(at, secret.size(), kHidden);
    }
  }
  return text;
}

}  // namespace holdfast::iotistic
