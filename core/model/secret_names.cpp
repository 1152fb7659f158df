// SPDX-License-Identifier: Apache-2.0
#include "model/secret_names.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace holdfast::model {

bool namedLikeSecret(std::string_view name) {
  constexpr std::array<std::string_view, 8> kWords{
      "password", "passwd", "secret", "token", "credential", "apikey", "privatekey", "accesskey"};
  std::string plain;
  for (const char c : name) {
    if (c != '_' && c != '-' && c != '.')
      plain += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](auto word) { return plain.find(word) != std::string::npos; });
}

}  // namespace holdfast::model
