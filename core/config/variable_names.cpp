// SPDX-License-Identifier: Apache-2.0
#include "config/variable_names.hpp"

namespace holdfast::config {

std::string variableName(std::string_view key) {
  std::string name(kEnvironmentPrefix);
  for (const char c : key) {
    if (c == '.') {
      name += "__";
    } else {
      name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
  }
  return name;
}

std::string keyOfVariableName(std::string_view name) {
  std::string key;
  for (auto rest = name.substr(kEnvironmentPrefix.size()); !rest.empty();) {
    if (rest.starts_with("__")) {
      key += '.';
      rest.remove_prefix(2);
      continue;
    }
    const char c = rest.front();
    key += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    rest.remove_prefix(1);
  }
  return key;
}

}  // namespace holdfast::config
