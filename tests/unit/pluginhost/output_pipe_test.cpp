// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/output_pipe.hpp"

#include <gtest/gtest.h>

#include <future>

namespace holdfast::pluginhost {
namespace {

using namespace std::chrono_literals;

OutputChunk chunk(std::string bytes) {
  OutputChunk made;
  made.bytes = std::move(bytes);
  return made;
}

class OutputPipeTest : public ::testing::Test {
 protected:
  // Puts until the pipe takes no more; the future is the answer to the chunk too many.
  std::future<bool> fill() {
    return std::async(std::launch::async, [this] {
      int left = 100;  // 6.4 MB: more than it holds
      while (left > 0 && pipe_.put(chunk(std::string(64 * 1024, 'x')), call_)) {
        --left;
      }
      return left == 0;
    });
  }

  OutputPipe pipe_;
  HostCall call_{std::nullopt};
};

TEST_F(OutputPipeTest, HandsChunksOnInOrderAndThenTheEnd) {
  EXPECT_TRUE(pipe_.put(chunk("a"), call_));
  EXPECT_TRUE(pipe_.put(chunk("b"), call_));
  pipe_.finish({});
  EXPECT_EQ(pipe_.take(0ms).chunk->bytes, "a");
  EXPECT_EQ(pipe_.take(0ms).chunk->bytes, "b");
  const auto last = pipe_.take(0ms);
  EXPECT_FALSE(last.chunk);
  ASSERT_TRUE(last.result);
  EXPECT_TRUE(last.result->ok());
}

TEST_F(OutputPipeTest, HasNothingWhilePatienceEnds) {
  const auto next = pipe_.take(1ms);
  EXPECT_FALSE(next.chunk);
  EXPECT_FALSE(next.result);
}

TEST_F(OutputPipeTest, HoldsAWriterUpWhileItIsFull) {
  auto filled = fill();
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(pipe_.take(10s).chunk);
  }
  EXPECT_TRUE(filled.get());
}

TEST_F(OutputPipeTest, LetsAWriterGoWhenTheReaderHasGone) {
  auto filled = fill();
  ASSERT_TRUE(pipe_.take(10s).chunk);
  pipe_.close();
  EXPECT_FALSE(filled.get());
}

TEST_F(OutputPipeTest, LetsAWriterGoWhenItsCallIsCancelled) {
  auto filled = fill();
  ASSERT_TRUE(pipe_.take(10s).chunk);
  call_.cancel();
  EXPECT_FALSE(filled.get());
}

TEST_F(OutputPipeTest, CutsWhatIsTooLongAndKeepsTheTime) {
  PipeSink sink(pipe_, call_);
  EXPECT_TRUE(sink.output(sdk::OutputStream::Stderr, 1'000, std::string(100'000, 'x')));
  EXPECT_TRUE(sink.output(sdk::OutputStream::Stdout, sdk::kNoTime, "y"));
  const auto first = pipe_.take(0ms).chunk;
  EXPECT_EQ(first->bytes.size(), 65'536U);
  EXPECT_EQ(first->stream, sdk::OutputStream::Stderr);
  EXPECT_EQ(first->at, model::WallTime(1s));
  EXPECT_EQ(pipe_.take(0ms).chunk->at, std::nullopt);
}

}  // namespace
}  // namespace holdfast::pluginhost
