// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/runtime.hpp"
#include "holdfast/support/raw_stream.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace holdfast::runtime {

// Makes lines of a log that was asked for with timestamps: each frame is "<RFC 3339 time> <text>",
// and a line of more than 16 KiB comes as several frames, each with a time of its own, of which
// only the last ends in a newline. The two streams are put together apart from each other.
class LogLines {
 public:
  static constexpr std::size_t kMaxLineBytes = 1024u * 1024;

  // `framed`: false for containers with a terminal, whose output has no frames.
  LogLines(bool framed, sdk::OutputSink& sink) : framed_(framed), sink_(sink) {}

  // False when the sink wants no more, or the bytes are no log.
  [[nodiscard]] bool push(std::string_view chunk);

  // Delivers a last line that has no newline.
  void finish();

  // True once the sink has returned false.
  [[nodiscard]] bool stopped() const { return stopped_; }

 private:
  struct Line {
    std::int64_t timeMs = sdk::kNoTime;
    std::string text;
  };

  [[nodiscard]] bool addFrame(sdk::OutputStream stream, std::string_view frame);
  [[nodiscard]] bool addPiece(sdk::OutputStream stream, std::string_view piece, bool ended);
  [[nodiscard]] bool deliver(sdk::OutputStream stream, Line& line);
  [[nodiscard]] Line& lineOf(sdk::OutputStream stream);

  bool framed_;
  sdk::OutputSink& sink_;
  support::RawStreamDecoder decoder_;
  support::LineJoiner joiner_;
  std::array<Line, 2> lines_;
  bool stopped_ = false;
};

}  // namespace holdfast::runtime
