// SPDX-License-Identifier: Apache-2.0
#include "notifier/common/hmac.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <climits>
#include <stdexcept>

namespace holdfast::notifier {

std::string hmacSha256(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  const auto* bytes = static_cast<const unsigned char*>(static_cast<const void*>(text.data()));
  if (key.size() > INT_MAX || HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes,
                                   text.size(), digest.data(), &length) == nullptr) {
    throw std::runtime_error("libcrypto computes no HMAC-SHA256");
  }
  return {digest.begin(), digest.begin() + length};
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    text += kDigits[value >> 4];
    text += kDigits[value & 15u];
  }
  return text;
}

}  // namespace holdfast::notifier
