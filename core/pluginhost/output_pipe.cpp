// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/output_pipe.hpp"

#include <utility>

namespace holdfast::pluginhost {
namespace {

constexpr std::size_t kMaxHeld = 256u * 1024;
constexpr std::size_t kMaxChunk = 64u * 1024;
// A chunk costs more than its bytes; empty lines must not fill the memory either.
constexpr std::size_t kChunkCost = sizeof(OutputChunk);
constexpr std::chrono::milliseconds kCancelCheck{100};

}  // namespace

bool OutputPipe::put(OutputChunk chunk, const HostCall& call) {
  std::unique_lock lock(mutex_);
  // Only while the reader holds it up does this look for a cancellation now and then.
  while (!closed_ && !call.cancelled() && bytes_ >= kMaxHeld) {
    emptied_.wait_for(lock, kCancelCheck);
  }
  if (closed_ || call.cancelled()) {
    return false;
  }
  bytes_ += chunk.bytes.size() + kChunkCost;
  chunks_.push_back(std::move(chunk));
  filled_.notify_one();
  return true;
}

void OutputPipe::finish(engine::CallResult result) {
  const std::lock_guard lock(mutex_);
  result_ = std::move(result);
  filled_.notify_one();
}

OutputPipe::Next OutputPipe::take(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  filled_.wait_for(lock, patience, [this] { return !chunks_.empty() || result_; });
  Next next;
  if (!chunks_.empty()) {
    next.chunk = std::move(chunks_.front());
    chunks_.pop_front();
    bytes_ -= next.chunk->bytes.size() + kChunkCost;
    emptied_.notify_all();
  } else {
    next.result = result_;
  }
  return next;
}

void OutputPipe::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  chunks_.clear();
  bytes_ = 0;
  emptied_.notify_all();
}

bool PipeSink::output(sdk::OutputStream stream, std::int64_t timeMs,
                      std::string_view bytes) noexcept {
  try {
    OutputChunk chunk;
    chunk.stream =
        stream == sdk::OutputStream::Stderr ? sdk::OutputStream::Stderr : sdk::OutputStream::Stdout;
    if (timeMs != sdk::kNoTime) {
      chunk.at = model::WallTime(model::Milliseconds(timeMs));
    }
    chunk.bytes = bytes.substr(0, kMaxChunk);
    return pipe_.put(std::move(chunk), call_);
  } catch (...) {
    return false;  // out of memory
  }
}

}  // namespace holdfast::pluginhost
