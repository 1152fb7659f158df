// SPDX-License-Identifier: Apache-2.0
// The framed output stream of Docker and Podman (`application/vnd.docker.raw-stream`): each frame
// is [stream, 0, 0, 0, length as 32 bits big-endian] and its payload. Streams of containers with a
// terminal have no frames.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace holdfast::support {

class RawStreamDecoder {
 public:
  // `stream` is 0 (stdin), 1 (stdout), 2 (stderr) or 3 (an error of the engine itself). Called with
  // whole frames; one that is longer than the limit comes in several parts. Returning false ends
  // the work of this chunk.
  using Consumer = std::function<bool(int stream, std::string_view payload)>;

  explicit RawStreamDecoder(std::size_t maxPartBytes = 1024 * 1024) : maxPartBytes_(maxPartBytes) {}

  // False when the bytes are no such stream, or the consumer returned false; nothing sensible
  // follows after that.
  [[nodiscard]] bool push(std::string_view chunk, const Consumer& consumer);

  // True when the stream may end here: no frame is half read.
  [[nodiscard]] bool atBoundary() const { return header_.empty() && remaining_ == 0; }

 private:
  [[nodiscard]] bool readHeader(std::string_view& chunk);

  std::size_t maxPartBytes_;
  std::string header_;   // of the frame being read, as far as it came
  std::string payload_;  // of the frame being read, as far as it came
  std::uint32_t remaining_ = 0;
  int stream_ = 0;
};

// Puts lines together from pieces that end anywhere.
class LineJoiner {
 public:
  // Without its newline, and without the carriage return of a terminal before it.
  using Consumer = std::function<bool(std::string_view line)>;

  // A line that is longer than the limit is delivered in several parts.
  explicit LineJoiner(std::size_t maxLineBytes = 1024 * 1024) : maxLineBytes_(maxLineBytes) {}

  // False when the consumer returned false.
  [[nodiscard]] bool push(std::string_view piece, const Consumer& consumer);

  // Delivers what came after the last newline, if anything.
  [[nodiscard]] bool finish(const Consumer& consumer);

  [[nodiscard]] bool empty() const { return line_.empty(); }

 private:
  std::size_t maxLineBytes_;
  std::string line_;
};

}  // namespace holdfast::support
