// SPDX-License-Identifier: Apache-2.0
#include "holdfast/support/raw_stream.hpp"

#include <algorithm>

namespace holdfast::support {
namespace {

constexpr std::size_t kHeaderBytes = 8;
constexpr int kLastStream = 3;

std::string_view withoutCarriageReturn(std::string_view line) {
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  return line;
}

}  // namespace

// Takes header bytes off the chunk; false when they cannot be a header.
bool RawStreamDecoder::readHeader(std::string_view& chunk) {
  const std::size_t wanted = std::min(kHeaderBytes - header_.size(), chunk.size());
  header_.append(chunk.substr(0, wanted));
  chunk.remove_prefix(wanted);
  stream_ = static_cast<unsigned char>(header_[0]);
  if (stream_ > kLastStream) {
    return false;
  }
  if (header_.size() == kHeaderBytes) {
    for (std::size_t at = 4; at < kHeaderBytes; ++at) {
      remaining_ = (remaining_ << 8) | static_cast<unsigned char>(header_[at]);
    }
    header_.clear();
  }
  return true;
}

bool RawStreamDecoder::push(std::string_view chunk, const Consumer& consumer) {
  while (!chunk.empty()) {
    if (remaining_ == 0) {
      if (!readHeader(chunk)) {
        return false;
      }
      continue;
    }
    const std::size_t wanted =
        std::min<std::size_t>({remaining_, chunk.size(), maxPartBytes_ - payload_.size()});
    payload_.append(chunk.substr(0, wanted));
    chunk.remove_prefix(wanted);
    remaining_ -= static_cast<std::uint32_t>(wanted);
    if (remaining_ == 0 || payload_.size() == maxPartBytes_) {
      const bool goOn = consumer(stream_, payload_);
      payload_.clear();
      if (!goOn) {
        return false;
      }
    }
  }
  return true;
}

bool LineJoiner::push(std::string_view piece, const Consumer& consumer) {
  while (!piece.empty()) {
    const std::size_t room = maxLineBytes_ - line_.size();
    const std::size_t newline = piece.find('\n');
    const std::size_t wanted = std::min({newline, piece.size(), room});
    line_.append(piece.substr(0, wanted));
    piece.remove_prefix(wanted);
    const bool ended = wanted == newline;
    if (ended) {
      piece.remove_prefix(1);
    }
    if (ended || line_.size() == maxLineBytes_) {
      const bool goOn = consumer(withoutCarriageReturn(line_));
      line_.clear();
      if (!goOn) {
        return false;
      }
    }
  }
  return true;
}

bool LineJoiner::finish(const Consumer& consumer) {
  if (line_.empty()) {
    return true;
  }
  const std::string line = std::move(line_);
  line_.clear();
  return consumer(withoutCarriageReturn(line));
}

}  // namespace holdfast::support
