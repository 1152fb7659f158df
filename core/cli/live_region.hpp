// SPDX-License-Identifier: Apache-2.0
// Lines at the end of a terminal that are drawn again in place. Pure: text in, text out.
#pragma once

#include "cli/console.hpp"
#include "cli/status_view.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::cli {

struct LiveLine {
  std::string text;  // harmless, one line
  Tint tint = Tint::None;
};

class LiveRegion {
 public:
  // What to write, in one piece, so that the region shows these lines: they replace the ones
  // before, cut to the screen's width and height (the last one then counts what is left out). The
  // screen may have been resized in between: lines that it wrapped are counted as the rows they
  // take now.
  [[nodiscard]] std::string draw(const std::vector<LiveLine>& lines, const ScreenSize& screen,
                                 bool colour);

 private:
  [[nodiscard]] std::size_t rowsTaken(std::size_t columns) const;

  std::vector<std::size_t> widths_;  // of the lines that stand there now
};

}  // namespace holdfast::cli
