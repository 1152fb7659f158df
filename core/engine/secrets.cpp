// SPDX-License-Identifier: Apache-2.0
#include "engine/secrets.hpp"

#include "holdfast/support/redactor.hpp"

namespace holdfast::engine {

std::vector<std::string> secretsOf(const model::Service& service) {
  std::vector<std::string> secrets;
  for (const auto& [name, value] : service.environment)
    secrets.push_back(value);
  return secrets;
}

std::string withoutSecrets(std::string_view text, const std::vector<std::string>& secrets) {
  support::Redactor redactor;
  for (const auto& secret : secrets)
    redactor.add(secret);
  return redactor.redacted(text);
}

}  // namespace holdfast::engine
