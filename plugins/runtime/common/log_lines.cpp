// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/log_lines.hpp"

#include "runtime/common/engine_time.hpp"

namespace holdfast::runtime {
namespace {

// Takes the time in front of a piece off it; kNoTime, and the piece as it was, when there is none.
std::int64_t takeTime(std::string_view& piece) {
  const std::size_t space = piece.find(' ');
  const std::string_view text = piece.substr(0, space);
  const std::int64_t time = parseEngineTime(text);
  if (time != sdk::kNoTime) {
    piece.remove_prefix(space == std::string_view::npos ? piece.size() : space + 1);
  }
  return time;
}

}  // namespace

LogLines::Line& LogLines::lineOf(sdk::OutputStream stream) {
  return lines_[stream == sdk::OutputStream::Stderr ? 1 : 0];
}

bool LogLines::deliver(sdk::OutputStream stream, Line& line) {
  if (line.text.ends_with('\r')) {
    line.text.pop_back();
  }
  const bool goOn = sink_.output(stream, line.timeMs, line.text);
  line = {};
  stopped_ = !goOn;
  return goOn;
}

bool LogLines::addPiece(sdk::OutputStream stream, std::string_view piece, bool ended) {
  Line& line = lineOf(stream);
  const std::int64_t time = takeTime(piece);
  if (line.timeMs == sdk::kNoTime) {
    line.timeMs = time;
  }
  line.text.append(piece);
  return (!ended && line.text.size() < kMaxLineBytes) || deliver(stream, line);
}

bool LogLines::addFrame(sdk::OutputStream stream, std::string_view frame) {
  while (!frame.empty()) {
    const std::size_t newline = frame.find('\n');
    const bool ended = newline != std::string_view::npos;
    if (!addPiece(stream, frame.substr(0, newline), ended)) {
      return false;
    }
    frame.remove_prefix(ended ? newline + 1 : frame.size());
  }
  return true;
}

bool LogLines::push(std::string_view chunk) {
  if (!framed_) {
    return joiner_.push(chunk, [this](std::string_view line) {
      return addPiece(sdk::OutputStream::Stdout, line, true);
    });
  }
  return decoder_.push(chunk, [this](int stream, std::string_view payload) {
    return addFrame(stream == 2 ? sdk::OutputStream::Stderr : sdk::OutputStream::Stdout, payload);
  });
}

void LogLines::finish() {
  if (stopped_) {
    return;
  }
  static_cast<void>(joiner_.finish(
      [this](std::string_view line) { return addPiece(sdk::OutputStream::Stdout, line, true); }));
  for (const sdk::OutputStream stream : {sdk::OutputStream::Stdout, sdk::OutputStream::Stderr}) {
    if (Line& line = lineOf(stream); !stopped_ && line.timeMs != sdk::kNoTime) {
      static_cast<void>(deliver(stream, line));
    }
  }
}

}  // namespace holdfast::runtime
