// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/log_lines.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace holdfast::runtime {
namespace {

const std::string kTime = "2023-11-14T22:13:20.123456789Z ";
constexpr std::int64_t kMs = 1'700'000'000'123;

struct Line {
  int stream;
  std::int64_t timeMs;
  std::string text;
  friend bool operator==(const Line&, const Line&) = default;
};

class Sink final : public sdk::OutputSink {
 public:
  explicit Sink(std::size_t limit = SIZE_MAX) : limit_(limit) {}
  bool output(sdk::OutputStream stream, std::int64_t timeMs,
              std::string_view bytes) noexcept override {
    lines.push_back({static_cast<int>(stream), timeMs, std::string(bytes)});
    return lines.size() < limit_;
  }
  std::vector<Line> lines;

 private:
  std::size_t limit_;
};

std::string frame(int stream, const std::string& payload) {
  std::string bytes{static_cast<char>(stream), 0, 0, 0};
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>((payload.size() >> shift) & 0xffu);
  }
  return bytes + payload;
}

TEST(LogLines, AreMadeOfFrames) {
  Sink sink;
  LogLines lines(true, sink);
  ASSERT_TRUE(lines.push(frame(1, kTime + "out\n") + frame(2, kTime + "err\n")));
  lines.finish();
  EXPECT_EQ(sink.lines, (std::vector<Line>{{1, kMs, "out"}, {2, kMs, "err"}}));
}

TEST(LogLines, AreJoinedOverFramesPerStream) {
  Sink sink;
  LogLines lines(true, sink);
  ASSERT_TRUE(lines.push(frame(1, kTime + std::string(16384, 'a')) + frame(2, kTime + "between\n") +
                         frame(1, kTime + std::string(7233, 'b') + "\n")));
  ASSERT_EQ(sink.lines.size(), 2u);
  EXPECT_EQ(sink.lines[0].text, "between");
  EXPECT_EQ(sink.lines[1].text, std::string(16384, 'a') + std::string(7233, 'b'));
}

TEST(LogLines, AreTheSameWhereverTheChunksEnd) {
  const std::string stream = frame(1, kTime + "one\n") + frame(2, kTime + "\n") +
                             frame(1, kTime + "half") + frame(1, kTime + " whole\n");
  const std::vector<Line> expected = {{1, kMs, "one"}, {2, kMs, ""}, {1, kMs, "half whole"}};
  std::mt19937 random(20240301);
  for (int round = 0; round < 300; ++round) {
    Sink sink;
    LogLines lines(true, sink);
    for (std::size_t at = 0; at < stream.size();) {
      const std::size_t length = 1 + random() % 19;
      ASSERT_TRUE(lines.push(std::string_view(stream).substr(at, length)));
      at += length;
    }
    lines.finish();
    ASSERT_EQ(sink.lines, expected) << "round " << round;
  }
}

TEST(LogLines, EndWithALineThatHasNoNewline) {
  Sink sink;
  LogLines lines(true, sink);
  ASSERT_TRUE(lines.push(frame(1, kTime + "last words")));
  EXPECT_TRUE(sink.lines.empty());
  lines.finish();
  EXPECT_EQ(sink.lines, (std::vector<Line>{{1, kMs, "last words"}}));
}

TEST(LogLines, OfATerminalHaveNoFrames) {
  Sink sink;
  LogLines lines(false, sink);
  ASSERT_TRUE(lines.push(kTime + "prompt\r\n" + kTime + "rest"));
  lines.finish();
  EXPECT_EQ(sink.lines, (std::vector<Line>{{1, kMs, "prompt"}, {1, kMs, "rest"}}));
}

TEST(LogLines, KeepTextThatHasNoTime) {
  Sink sink;
  LogLines lines(true, sink);
  ASSERT_TRUE(lines.push(frame(1, "no time here\n")));
  EXPECT_EQ(sink.lines, (std::vector<Line>{{1, sdk::kNoTime, "no time here"}}));
}

TEST(LogLines, StopWhenTheSinkWantsNoMore) {
  Sink sink(1);
  LogLines lines(true, sink);
  EXPECT_FALSE(lines.push(frame(1, kTime + "one\n") + frame(1, kTime + "two\n")));
  EXPECT_TRUE(lines.stopped());
  lines.finish();
  EXPECT_EQ(sink.lines.size(), 1u);
}

TEST(LogLines, AreBounded) {
  Sink sink;
  LogLines lines(true, sink);
  const std::string part = frame(1, kTime + std::string(16384, 'x'));
  for (int count = 0; count < 65; ++count) {
    ASSERT_TRUE(lines.push(part));
  }
  ASSERT_EQ(sink.lines.size(), 1u);
  EXPECT_EQ(sink.lines[0].text.size(), LogLines::kMaxLineBytes);
}

}  // namespace
}  // namespace holdfast::runtime
