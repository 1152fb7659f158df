// SPDX-License-Identifier: Apache-2.0
// "Name:   value" in nested sections, as `kubectl describe` prints them. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace holdfast::cli {

class SectionWriter {
 public:
  // "Name:" and the value at a fixed column. Nothing is written for an empty value.
  void field(std::string_view name, std::string_view value);

  // "Name:" with or without a value; what follows is indented until the matching close().
  void open(std::string_view name, std::string_view value = {});
  void close();

  // A line of its own at the current indentation.
  void line(std::string_view text);

  // Text of several lines below its name, each made harmless and indented. Nothing for empty text.
  void block(std::string_view name, std::string_view text);

  // Finished lines, taken over as they are.
  void append(std::string_view lines) { out_ += lines; }

  [[nodiscard]] std::string indent() const { return std::string(2 * depth_, ' '); }
  [[nodiscard]] const std::string& result() const { return out_; }

 private:
  std::string out_;
  std::size_t depth_ = 0;
};

}  // namespace holdfast::cli
