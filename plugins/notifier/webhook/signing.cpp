// SPDX-License-Identifier: Apache-2.0
#include "notifier/webhook/signing.hpp"

#include "holdfast/support/base64.hpp"
#include "notifier/common/hmac.hpp"

#include <optional>

namespace holdfast::webhook {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kMinKeyBytes = 24;
constexpr std::size_t kMaxKeyBytes = 64;
constexpr std::size_t kMaxKeys = 4;

}  // namespace

SigningKeys signingKeys(SignatureStyle style, const std::vector<std::string>& lines) {
  if (style == SignatureStyle::Github) {
    if (lines.size() != 1) {
      return {{}, "expected one line, found " + std::to_string(lines.size())};
    }
    return {lines, {}};
  }
  if (lines.empty() || lines.size() > kMaxKeys) {
    return {{}, "expected one to four lines, found " + std::to_string(lines.size())};
  }
  SigningKeys result;
  for (const std::string& line : lines) {
    std::string_view text = line;
    if (text.starts_with(kPrefix)) {
      text.remove_prefix(kPrefix.size());
    }
    std::optional<std::string> key = support::base64Decode(text);
    if (!key || key->size() < kMinKeyBytes || key->size() > kMaxKeyBytes) {
      return {{}, "expected whsec_ and the base64 of 24 to 64 bytes in each line"};
    }
    result.keys.push_back(std::move(*key));
  }
  return result;
}

std::string standardSignature(const std::vector<std::string>& keys, std::string_view id,
                              std::int64_t timestamp, std::string_view body) {
  std::string signedText(id);
  signedText.append(".").append(std::to_string(timestamp)).append(".").append(body);
  std::string value;
  for (const std::string& key : keys) {
    value += (value.empty() ? "v1," : " v1,") +
             support::base64Encode(notifier::hmacSha256(key, signedText));
  }
  return value;
}

std::string githubSignature(std::string_view key, std::string_view body) {
  return "sha256=" + notifier::hex(notifier::hmacSha256(key, body));
}

}  // namespace holdfast::webhook
