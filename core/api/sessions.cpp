// SPDX-License-Identifier: Apache-2.0
#include "api/sessions.hpp"

#include "model/hex.hpp"
#include "model/sha256.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace holdfast::api {
namespace {

std::string randomId() {
  std::array<unsigned char, 32> bits{};
  // Up to 256 bytes come whole, and at once after the kernel's start.
  if (::getrandom(bits.data(), bits.size(), 0) != static_cast<ssize_t>(bits.size())) {
    throw std::system_error(errno, std::generic_category(), "getrandom");
  }
  return model::hexOf(bits);
}

}  // namespace

std::string Sessions::open(const config::Token& token, Instant now) {
  auto id = randomId();
  const std::lock_guard lock(mutex_);
  makeRoom(now);
  sessions_[model::sha256Hex(id)] = {token, now};
  return id;
}

std::optional<config::Token> Sessions::find(const std::string& id, Instant now) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(model::sha256Hex(id));
  if (found == sessions_.end() || now - found->second.usedAt >= kIdle) {
    return std::nullopt;
  }
  found->second.usedAt = now;
  return found->second.token;
}

bool Sessions::isOpen(const std::string& id, Instant now) const {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(model::sha256Hex(id));
  return found != sessions_.end() && now - found->second.usedAt < kIdle;
}

void Sessions::close(const std::string& id) {
  const std::lock_guard lock(mutex_);
  sessions_.erase(model::sha256Hex(id));
}

void Sessions::keepOnly(const std::vector<config::Token>& tokens) {
  const std::lock_guard lock(mutex_);
  std::erase_if(sessions_, [&](const auto& entry) {
    return std::find(tokens.begin(), tokens.end(), entry.second.token) == tokens.end();
  });
}

void Sessions::makeRoom(Instant now) {
  std::erase_if(sessions_, [&](const auto& entry) { return now - entry.second.usedAt >= kIdle; });
  if (sessions_.size() >= kMost) {
    sessions_.erase(std::min_element(sessions_.begin(), sessions_.end(),
                                     [](const auto& one, const auto& other) {
                                       return one.second.usedAt < other.second.usedAt;
                                     }));
  }
}

}  // namespace holdfast::api
