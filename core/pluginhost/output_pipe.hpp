// SPDX-License-Identifier: Apache-2.0
// Output on its way from a plugin's call to its reader on another thread. Holds a bounded amount:
// a reader that is slow slows the plugin down.
#pragma once

#include "engine/ports.hpp"
#include "holdfast/sdk/runtime.hpp"
#include "pluginhost/host_call.hpp"
#include "pluginhost/runtime_console.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

namespace holdfast::pluginhost {

class OutputPipe {
 public:
  // The plugin's side. False when the reader has gone or `call` is cancelled; waits while the pipe
  // is full.
  bool put(OutputChunk chunk, const HostCall& call);
  void finish(engine::CallResult result);

  // The reader's side: the next chunk, else how it ended, else neither when `patience` is over.
  struct Next {
    std::optional<OutputChunk> chunk;
    std::optional<engine::CallResult> result;
  };
  [[nodiscard]] Next take(std::chrono::milliseconds patience);
  void close();  // the reader has gone

 private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::condition_variable emptied_;
  std::deque<OutputChunk> chunks_;
  std::size_t bytes_ = 0;
  std::optional<engine::CallResult> result_;
  bool closed_ = false;
};

// What a plugin writes into; lives as long as its call runs.
class PipeSink final : public sdk::OutputSink {
 public:
  PipeSink(OutputPipe& pipe, const HostCall& call) : pipe_(pipe), call_(call) {}
  virtual ~PipeSink() = default;
  bool output(sdk::OutputStream stream, std::int64_t timeMs,
              std::string_view bytes) noexcept override;

 private:
  OutputPipe& pipe_;
  const HostCall& call_;
};

}  // namespace holdfast::pluginhost
