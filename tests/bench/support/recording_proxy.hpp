// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/support/figures.hpp"

#include <filesystem>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace holdfast::bench {

/// A request as it passed the proxy.
struct Recorded {
  Clock::time_point at;        ///< its last header line came in; it was not passed on before
  Clock::time_point answered;  ///< the first byte of its answer came in
  std::string method;
  std::string path;
  std::string body;
  int status = 0;  ///< 0: no answer yet
};

/// Stands between an agent and its engine and writes down what is asked, and when. Adds some tens
/// of microseconds to a call. Thread-safe.
class RecordingProxy {
 public:
  /// Listens at `socket`, passes on to `engine`. Throws std::system_error.
  RecordingProxy(const std::filesystem::path& socket, std::filesystem::path engine);

  /// Closes every connection.
  ~RecordingProxy();

  RecordingProxy(const RecordingProxy&) = delete;
  RecordingProxy& operator=(const RecordingProxy&) = delete;

  /// All requests so far, in the order in which they came in.
  std::vector<Recorded> requests() const;
  void forget();

 private:
  class Connection;

  void accept();
  std::shared_ptr<Recorded> add(Recorded request);

  std::filesystem::path engine_;
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Recorded>> requests_;
  std::list<std::unique_ptr<Connection>> connections_;
  int listener_;
  std::jthread thread_;
};

}  // namespace holdfast::bench
