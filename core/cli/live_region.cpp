// SPDX-License-Identifier: Apache-2.0
#include "cli/live_region.hpp"

#include "cli/text.hpp"

#include <algorithm>

namespace holdfast::cli {
namespace {

constexpr std::string_view kClearToLineEnd = "\x1b[K";
constexpr std::string_view kClearBelow = "\x1b[J";

// The cursor rests on a row of its own below the region, and can go no further up than the screen.
std::vector<LiveLine> fitted(const std::vector<LiveLine>& lines, std::size_t rows) {
  const std::size_t room = std::max<std::size_t>(rows, 2) - 1;
  if (lines.size() <= room) {
    return lines;
  }
  std::vector<LiveLine> some(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(room - 1));
  some.push_back({"... and " + std::to_string(lines.size() - room + 1) + " more"});
  return some;
}

}  // namespace

std::size_t LiveRegion::rowsTaken(std::size_t columns) const {
  std::size_t rows = 0;
  for (const std::size_t width : widths_) {
    rows += width == 0 ? 1 : (width + columns - 1) / columns;
  }
  return rows;
}

std::string LiveRegion::draw(const std::vector<LiveLine>& lines, const ScreenSize& screen,
                             bool colour) {
  const std::size_t columns = std::max<std::size_t>(screen.columns, 2);
  std::string out;
  if (const std::size_t up = std::min(rowsTaken(columns), screen.rows); up > 0) {
    out += "\x1b[" + std::to_string(up) + "A\r";
  }
  widths_.clear();
  for (const LiveLine& line : fitted(lines, screen.rows)) {
    // The last column stays free: writing it would make some terminals wrap.
    const std::string text = truncated(line.text, columns - 1);
    widths_.push_back(displayWidth(text));
    out += colour ? tinted(text, line.tint) : text;
    out += kClearToLineEnd;
    out += '\n';
  }
  out += kClearBelow;
  return out;
}

}  // namespace holdfast::cli
