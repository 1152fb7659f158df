// SPDX-License-Identifier: Apache-2.0
#include "cli/live_region.hpp"

#include "cli/progress_view.hpp"
#include "unit/cli/samples.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace holdfast::cli {
namespace {

// As much of a terminal as the region uses: newline, carriage return, cursor up, erase to the end
// of the line and of the screen. A resize wraps anew what stands there, as terminals do.
class Terminal {
 public:
  explicit Terminal(ScreenSize size) : size_(size) {}

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      if (bytes.front() == '\x1b') {
        bytes.remove_prefix(control(bytes));
        continue;
      }
      if (bytes.front() == '\n') {
        ++row_;
        column_ = 0;
      } else if (bytes.front() == '\r') {
        column_ = 0;
      } else {
        put(bytes.front());
      }
      bytes.remove_prefix(1);
    }
    at(row_);
  }

  void resize(ScreenSize size) {
    size_ = size;
    std::vector<std::string> wrapped;
    for (std::string line : rows_) {
      while (line.size() > size.columns) {
        wrapped.push_back(line.substr(0, size.columns));
        line.erase(0, size.columns);
      }
      wrapped.push_back(line);
    }
    row_ += wrapped.size() - rows_.size();  // the cursor is below everything
    rows_ = std::move(wrapped);
  }

  // What stands there, without the empty row on which the cursor rests.
  [[nodiscard]] std::vector<std::string> lines() const { return {rows_.begin(), rows_.end() - 1}; }

 private:
  std::string& at(std::size_t row) {
    if (rows_.size() <= row) {
      rows_.resize(row + 1);
    }
    return rows_[row];
  }

  void put(char c) {
    std::string& line = at(row_);
    line.resize(std::max(line.size(), column_ + 1), ' ');
    line[column_++] = c;
    EXPECT_LT(column_, size_.columns) << "the last column was written";
  }

  std::size_t control(std::string_view bytes) {
    const std::size_t end = bytes.find_first_of("AKJ");
    const std::string number(bytes.substr(2, end - 2));
    if (bytes[end] == 'A') {
      const std::size_t up = std::stoul(number);
      EXPECT_LT(up, size_.rows) << "further up than the screen goes";
      row_ -= std::min(up, row_);
    } else if (bytes[end] == 'K') {
      at(row_).resize(column_);
    } else {
      at(row_).resize(column_);
      rows_.resize(row_ + 1);
    }
    return end + 1;
  }

  ScreenSize size_;
  std::vector<std::string> rows_;
  std::size_t row_ = 0;
  std::size_t column_ = 0;
};

using Lines = std::vector<std::string>;

TEST(CliLiveRegion, DrawsInPlace) {
  const ScreenSize size{40, 10};
  Terminal terminal(size);
  terminal.write("before\n");
  LiveRegion region;
  terminal.write(region.draw({{"a long first line"}, {"second"}}, size, false));
  EXPECT_EQ(terminal.lines(), (Lines{"before", "a long first line", "second"}));
  terminal.write(region.draw({{"short"}, {"second"}, {"third"}}, size, false));
  EXPECT_EQ(terminal.lines(), (Lines{"before", "short", "second", "third"}));
  terminal.write(region.draw({{"one"}}, size, false));
  EXPECT_EQ(terminal.lines(), (Lines{"before", "one"}));
}

TEST(CliLiveRegion, CutsToTheWidthAndTheHeight) {
  const ScreenSize size{10, 4};
  Terminal terminal(size);
  LiveRegion region;
  for (int i = 0; i < 3; ++i) {
    terminal.write(region.draw({{"0123456789abc"}, {"b"}, {"c"}, {"d"}, {"e"}}, size, false));
    EXPECT_EQ(terminal.lines(), (Lines{"012345...", "b", "... an..."}));
  }
}

TEST(CliLiveRegion, SurvivesASmallerWindow) {
  ScreenSize size{40, 20};
  Terminal terminal(size);
  terminal.write("before\n");
  LiveRegion region;
  const std::string wide(30, 'x');
  terminal.write(region.draw({{wide}, {"b"}}, size, false));
  size = {16, 20};
  terminal.resize(size);
  terminal.write(region.draw({{wide}, {"b"}}, size, false));
  EXPECT_EQ(terminal.lines(), (Lines{"before", "xxxxxxxxxxxx...", "b"}));
}

TEST(CliLiveRegion, WritesAFrameWithoutClearingItFirst) {
  // Erasing the whole region before it is drawn again is what flickers.
  const ScreenSize size{40, 10};
  LiveRegion region;
  static_cast<void>(region.draw({{"a"}, {"b"}}, size, false));
  EXPECT_EQ(region.draw({{"c"}, {"d"}}, size, false), "\x1b[2A\rc\x1b[K\nd\x1b[K\n\x1b[J");
}

TEST(CliLiveRegion, ColoursWholeLines) {
  LiveRegion region;
  EXPECT_EQ(region.draw({{"bad", Tint::Bad}}, {}, true), "\x1b[31mbad\x1b[0m\x1b[K\n\x1b[J");
}

const model::WallTime kNow = *model::fromRfc3339("2025-10-24T10:15:32.000Z");

boost::json::array services(const std::string& text) {
  return boost::json::parse("[" + text + "]").as_array();
}

TEST(CliProgressView, ShowsBarsAndCauses) {
  const auto lines =
      progressLines(services(kNodered + "," + kMosquitto + "," + kPulling), kNow, 90);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].text,
            "web/front             Pulling 25%       [====>             ] 12.0 MB/48.0 MB "
            "downloading");
  EXPECT_EQ(lines[1].text,
            "monitoring/nodered    ImagePullBackOff  in 18s (3/10)  manifest unknown");
  EXPECT_EQ(lines[2].text, "monitoring/mosquitto  Running");
  EXPECT_EQ(lines[1].tint, Tint::Bad);
}

TEST(CliProgressView, DrawsBarsWithinTheirEnds) {
  EXPECT_EQ(progressBar(0, 4), "[>   ]");
  EXPECT_EQ(progressBar(0.5, 4), "[==> ]");
  EXPECT_EQ(progressBar(1, 4), "[====]");
  EXPECT_EQ(progressBar(7, 4), "[====]");
  EXPECT_EQ(progressBar(-1, 4), "[>   ]");
}

TEST(CliProgressLog, PrintsChangesOnly) {
  ProgressLog log;
  EXPECT_EQ(log.changes(services(kMosquitto + "," + kPulling), kNow),
            "monitoring/mosquitto: Running\nweb/front: Pulling\n");
  auto moved = services(kMosquitto + "," + kPulling);
  moved[1].at_pointer("/pull/done") = 20'000'000;
  EXPECT_EQ(log.changes(moved, kNow), "");
  moved[1] = boost::json::parse(kNodered);
  EXPECT_EQ(log.changes(moved, kNow),
            "monitoring/nodered: ImagePullBackOff: manifest unknown; next retry: in 18s (3/10)\n");
}

}  // namespace
}  // namespace holdfast::cli
