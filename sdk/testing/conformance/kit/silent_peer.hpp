// SPDX-License-Identifier: Apache-2.0
// A far side that takes every connection and never says a word.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace holdfast::conformance {

class SilentPeer {
 public:
  // Listens on the unix socket `path` and on a free port of 127.0.0.1. Throws std::system_error.
  explicit SilentPeer(std::string path);
  ~SilentPeer();
  SilentPeer(const SilentPeer&) = delete;
  SilentPeer& operator=(const SilentPeer&) = delete;

  [[nodiscard]] const std::string& socketPath() const { return path_; }
  [[nodiscard]] const std::string& address() const { return address_; }  // "127.0.0.1:40123"

  // Blocks until somebody has connected since the last call, `limit` at most.
  bool awaitConnection(std::chrono::milliseconds limit);

  // Drops those who have connected.
  void drop();

 private:
  void take(int listener);

  std::string path_;
  std::string address_;
  int unix_ = -1;
  int tcp_ = -1;
  std::vector<int> taken_;
};

}  // namespace holdfast::conformance
