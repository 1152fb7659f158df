// SPDX-License-Identifier: Apache-2.0
// Signatures by which a receiver knows that a message is ours and unchanged.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::webhook {

enum class SignatureStyle {
  None,
  Standard,  // Standard Webhooks 1.0.0: webhook-id, webhook-timestamp, webhook-signature
  Github,    // X-Hub-Signature-256
};

struct SigningKeys {
  std::vector<std::string> keys;  // raw bytes, the first one is the newest
  std::string problem;            // why there are none; never says what is in the file
};

// Takes the lines of a secret file for keys. Standard: up to four, each `whsec_` and base64 of 24
// to 64 bytes (the prefix may be missing). Github: one line of any text.
[[nodiscard]] SigningKeys signingKeys(SignatureStyle style, const std::vector<std::string>& lines);

// The value of webhook-signature: one signature for each key, so that a receiver may have the old
// or the new one. `timestamp` in seconds since the epoch.
[[nodiscard]] std::string standardSignature(const std::vector<std::string>& keys,
                                            std::string_view id, std::int64_t timestamp,
                                            std::string_view body);

// The value of X-Hub-Signature-256.
[[nodiscard]] std::string githubSignature(std::string_view key, std::string_view body);

}  // namespace holdfast::webhook
