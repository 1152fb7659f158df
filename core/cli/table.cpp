// SPDX-License-Identifier: Apache-2.0
#include "cli/table.hpp"

#include "cli/text.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::cli {
namespace {
constexpr std::size_t kGap = 3;
}

Table::Table(std::vector<std::string> headings) {
  rows_.push_back(std::move(headings));
}

void Table::add(std::vector<std::string> cells) {
  cells.resize(rows_.front().size());
  for (std::string& cell : cells) {
    if (cell.empty()) {
      cell = "-";
    }
  }
  rows_.push_back(std::move(cells));
}

std::vector<std::string> Table::lines() const {
  std::vector<std::size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      widths[column] = std::max(widths[column], displayWidth(row[column]));
    }
  }
  std::vector<std::string> lines;
  lines.reserve(rows_.size());
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t column = 0; column + 1 < row.size(); ++column) {
      line += row[column];
      line.append(widths[column] - displayWidth(row[column]) + kGap, ' ');
    }
    line += row.back();
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string Table::render(std::string_view indent) const {
  std::string out;
  for (const std::string& line : lines()) {
    out += indent;
    out += line;
    out += '\n';
  }
  return out;
}

}  // namespace holdfast::cli
