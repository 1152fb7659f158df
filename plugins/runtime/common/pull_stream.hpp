// SPDX-License-Identifier: Apache-2.0
// An engine's report of a pull, in Docker's form, which Podman speaks too: a stream of JSON
// objects, one for each change of each layer.
#pragma once

#include "holdfast/support/json.hpp"
#include "runtime/common/dialect.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast::runtime {

// How far a pull is. Only what is real progress changes it: the host stops a pull whose phase and
// bytes stay the same.
struct PullPicture {
  // resolving, queued, waiting, downloading, retrying, extracting, finishing
  std::string_view phase = "resolving";
  std::int64_t doneBytes = 0;   // of what the phase is about: downloaded, or extracted
  std::int64_t totalBytes = 0;  // as far as the engine has named sizes
  bool waiting = false;         // every layer still to come waits for a slot of dockerd
  bool retrying = false;        // the engine repeats by itself, or would not say if it did
  friend bool operator==(const PullPicture&, const PullPicture&) = default;
};

// Reads the stream in pieces of any size. Not thread-safe.
class PullStream {
 public:
  explicit PullStream(PullEnd end) : end_(end) {}

  // False when the stream is no sequence of JSON objects; no more may be pushed then.
  [[nodiscard]] bool push(std::string_view bytes);

  [[nodiscard]] PullPicture picture() const;

  // The line by which the engine says that the image is there was the last of its kind. Without it
  // a pull has not succeeded, however well the stream ended.
  [[nodiscard]] bool succeeded() const { return succeeded_; }

  // What the engine said went wrong, and the object in which it did; empty if it said nothing.
  [[nodiscard]] const std::string& error() const { return error_; }
  [[nodiscard]] const std::string& errorObject() const { return errorObject_; }

 private:
  enum class LayerState { Queued, Waiting, Downloading, Retrying, Downloaded, Extracting, Done };

  struct Layer {
    LayerState state = LayerState::Queued;
    std::int64_t downloaded = 0;
    std::int64_t extracted = 0;
    std::int64_t size = 0;
  };

  void readObject(const boost::json::value& object);
  void readLayer(std::string_view id, std::string_view status, const boost::json::value& object);
  [[nodiscard]] bool any(LayerState state) const;
  [[nodiscard]] bool maySilentlyRetry() const;

  PullEnd end_;
  support::JsonSplitter splitter_;
  std::map<std::string, Layer, std::less<>> layers_;
  bool finishing_ = false;
  bool succeeded_ = false;
  std::string error_;
  std::string errorObject_;
};

}  // namespace holdfast::runtime
