// SPDX-License-Identifier: Apache-2.0
#include "holdfast/support/raw_stream.hpp"

#include <gtest/gtest.h>

#include <random>
#include <utility>
#include <vector>

namespace holdfast::support {
namespace {

using Frames = std::vector<std::pair<int, std::string>>;

std::string frame(int stream, const std::string& payload) {
  std::string bytes{static_cast<char>(stream), 0, 0, 0};
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>((payload.size() >> shift) & 0xffu);
  }
  return bytes + payload;
}

struct Decoded {
  Frames frames;
  bool accepted = true;
};

Decoded decode(const std::vector<std::string>& chunks, std::size_t limit = 1024 * 1024) {
  Decoded result;
  RawStreamDecoder decoder(limit);
  for (const std::string& chunk : chunks) {
    result.accepted =
        result.accepted && decoder.push(chunk, [&](int stream, std::string_view text) {
          result.frames.emplace_back(stream, text);
          return true;
        });
  }
  result.accepted = result.accepted && decoder.atBoundary();
  return result;
}

TEST(RawStream, ReadsAFrameAsCaptured) {
  const std::string captured("\x02\x00\x00\x00\x00\x00\x00\x28", 8);
  EXPECT_EQ(decode({captured + "exec /usr/bin/badelf: exec format error\n"}).frames,
            (Frames{{2, "exec /usr/bin/badelf: exec format error\n"}}));
}

TEST(RawStream, ReadsTheSameWhereverTheChunksEnd) {
  const std::string stream =
      frame(1, "one\n") + frame(2, "") + frame(2, std::string(300, 'x')) + frame(1, "last");
  const Frames whole = decode({stream}).frames;
  ASSERT_EQ(whole.size(), 3u);
  std::mt19937 random(20240301);
  for (int round = 0; round < 500; ++round) {
    std::vector<std::string> chunks;
    for (std::size_t at = 0; at < stream.size();) {
      const std::size_t length = 1 + random() % 23;
      chunks.push_back(stream.substr(at, length));
      at += length;
    }
    ASSERT_EQ(decode(chunks).frames, whole) << "round " << round;
  }
}

TEST(RawStream, DeliversAHugeFrameInParts) {
  EXPECT_EQ(decode({frame(1, "abcdefgh")}, 3).frames, (Frames{{1, "abc"}, {1, "def"}, {1, "gh"}}));
}

TEST(RawStream, RefusesWhatHasNoFrames) {
  EXPECT_FALSE(decode({"plain text of a terminal"}).accepted);
  EXPECT_FALSE(decode({frame(1, "abc").substr(0, 9)}).accepted) << "ends in the middle";
}

std::vector<std::string> join(const std::vector<std::string>& pieces, std::size_t limit = 100) {
  std::vector<std::string> lines;
  LineJoiner joiner(limit);
  const auto keep = [&](std::string_view line) {
    lines.emplace_back(line);
    return true;
  };
  for (const std::string& piece : pieces) {
    EXPECT_TRUE(joiner.push(piece, keep));
  }
  EXPECT_TRUE(joiner.finish(keep));
  return lines;
}

TEST(LineJoiner, JoinsPiecesUpToTheNewline) {
  EXPECT_EQ(join({"a", "b\nc\r\n\nlast"}), (std::vector<std::string>{"ab", "c", "", "last"}));
}

TEST(LineJoiner, CutsALineThatIsTooLong) {
  EXPECT_EQ(join({"abcdefgh\n"}, 3), (std::vector<std::string>{"abc", "def", "gh"}));
}

TEST(LineJoiner, StopsWhenToldTo) {
  LineJoiner joiner;
  EXPECT_FALSE(joiner.push("a\nb\n", [](std::string_view) { return false; }));
}

}  // namespace
}  // namespace holdfast::support
