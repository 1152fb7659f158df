// SPDX-License-Identifier: Apache-2.0
// Aligned columns, as kubectl prints them: three spaces between, nothing cut off.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::cli {

class Table {
 public:
  explicit Table(std::vector<std::string> headings);

  // As many cells as there are headings. An empty cell is shown as "-".
  void add(std::vector<std::string> cells);

  [[nodiscard]] bool empty() const { return rows_.size() == 1; }

  // One line for the headings and each row, every line ended by a newline and begun by `indent`.
  [[nodiscard]] std::string render(std::string_view indent = {}) const;

  // The same, line by line without newlines; the first one is the headings.
  [[nodiscard]] std::vector<std::string> lines() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace holdfast::cli
