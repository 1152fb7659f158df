// SPDX-License-Identifier: Apache-2.0
#include "log_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace process {
namespace {

class LogFileTest : public ::testing::Test {
 protected:
  LogFileTest() {
    std::string pattern = ::testing::TempDir() + "log-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~LogFileTest() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::filesystem::path file() const { return folder_ / "app.log"; }

  std::filesystem::path folder_;
};

TEST_F(LogFileTest, LinesComeBackAsTheyWereWritten) {
  LogWriter writer(file());
  writer.push('O', "one\ntw");
  writer.push('E', "bad\n");
  writer.push('O', "o\n\nrest");
  writer.finish('O');
  LogReader reader(file());
  for (const char* const expected : {"O one", "E bad", "O two", "O ", "O rest"}) {
    const auto line = reader.next();
    ASSERT_TRUE(line);
    EXPECT_EQ(std::string(1, line->stream) + " " + line->text, expected);
    EXPECT_GT(line->timeMs, 0);
  }
  EXPECT_FALSE(reader.next());
}

TEST_F(LogFileTest, AReaderAtTheEndGoesOnWhenThereIsMore) {
  LogReader reader(file());
  EXPECT_FALSE(reader.next()) << "not even a file";
  LogWriter writer(file());
  writer.push('O', "one\n");
  EXPECT_EQ(reader.next()->text, "one");
  EXPECT_FALSE(reader.next());
  writer.push('O', "two\n");
  EXPECT_EQ(reader.next()->text, "two");
}

TEST_F(LogFileTest, KeepsTwoFilesAndReadersFollow) {
  LogReader follower(file());
  LogWriter writer(file());
  const std::string line(kMaxLineBytes - 1, 'x');
  const std::size_t lines = kMaxLogBytes / line.size() * 3 / 2;
  std::size_t followed = 0;
  for (std::size_t i = 0; i < lines; ++i) {
    writer.push('O', line + "\n");
    while (follower.next()) {
      ++followed;
    }
  }
  EXPECT_EQ(followed, lines);
  EXPECT_LE(std::filesystem::file_size(file()), kMaxLogBytes);
  std::size_t kept = 0;
  for (LogReader reader(file()); reader.next(); ++kept) {
  }
  EXPECT_EQ(kept, lines);
}

TEST_F(LogFileTest, LongLinesComeInParts) {
  LogWriter writer(file());
  writer.push('O', std::string(kMaxLineBytes + 5, 'x') + "\n");
  LogReader reader(file());
  EXPECT_EQ(reader.next()->text.size(), kMaxLineBytes);
  EXPECT_EQ(reader.next()->text.size(), 5U);
}

TEST_F(LogFileTest, PassesOverDamage) {
  std::ofstream(file()) << "garbage\n12 X no\n12 O yes\n";
  LogReader reader(file());
  EXPECT_EQ(reader.next()->text, "yes");
  EXPECT_FALSE(reader.next());
}

}  // namespace
}  // namespace process
