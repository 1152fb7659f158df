// SPDX-License-Identifier: Apache-2.0
// Browsers that signed in. In memory alone: a restart of the agent ends all of them.
#pragma once

#include "config/token_file.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::api {

// Thread-safe.
class Sessions {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::hours kIdle{12};  // then it ends
  static constexpr std::size_t kMost = 64;        // a new one ends that which was idle longest

  // The new session's id: 256 random bits, hex. Throws std::system_error when the kernel has none.
  [[nodiscard]] std::string open(const config::Token& token, Instant now);

  // The token that was signed in with. Counts as use of the session.
  [[nodiscard]] std::optional<config::Token> find(const std::string& id, Instant now);

  // Whether it is still open; counts as nothing.
  [[nodiscard]] bool isOpen(const std::string& id, Instant now) const;

  void close(const std::string& id);

  // Ends those whose token is not among these.
  void keepOnly(const std::vector<config::Token>& tokens);

 private:
  struct Session {
    config::Token token;
    Instant usedAt;
  };

  void makeRoom(Instant now);

  mutable std::mutex mutex_;
  // By the digest of the id, so that how long a look takes tells nothing about ids.
  std::map<std::string, Session> sessions_;
};

}  // namespace holdfast::api
