// SPDX-License-Identifier: Apache-2.0
// api.tokenFile: who may use the API over TCP. Lines `role:name:token`, or a token alone, which may
// operate; '#' begins a comment.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::config {

enum class TokenRole { Read, Operate };

struct Token {
  TokenRole role = TokenRole::Operate;
  std::string name;    // for people and the log; of a token alone "operate"
  std::string digest;  // SHA-256, hex: the token itself is kept nowhere

  friend bool operator==(const Token&, const Token&) = default;
};

struct TokenFile {
  struct Problem {
    int line = 0;  // 0: the file as a whole
    std::string text;
  };
  std::vector<Token> tokens;
  std::vector<Problem> problems;  // never a token or a part of one
};

inline constexpr std::size_t kLeastTokenLength = 16;

[[nodiscard]] TokenFile parseTokens(std::string_view text);

// Refuses a file that is not closed to others (mode 0600 or 0400), or not owned by root or this
// process's user. Blocks as long as the file system does.
[[nodiscard]] TokenFile readTokenFile(const std::string& path);

}  // namespace holdfast::config
