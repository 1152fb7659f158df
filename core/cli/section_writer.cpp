// SPDX-License-Identifier: Apache-2.0
#include "cli/section_writer.hpp"

#include "cli/text.hpp"

#include <algorithm>

namespace holdfast::cli {
namespace {
constexpr std::size_t kValueColumn = 18;
}

void SectionWriter::field(std::string_view name, std::string_view value) {
  if (!value.empty()) {
    open(name, value);
    close();
  }
}

void SectionWriter::open(std::string_view name, std::string_view value) {
  std::string line = indent() + std::string(name) + ":";
  if (!value.empty()) {
    const std::size_t width = displayWidth(line);
    line.append(width < kValueColumn ? kValueColumn - width : 1, ' ');
    line += value;
  }
  out_ += line + "\n";
  ++depth_;
}

void SectionWriter::close() {
  --depth_;
}

void SectionWriter::line(std::string_view text) {
  out_ += indent() + std::string(text) + "\n";
}

void SectionWriter::block(std::string_view name, std::string_view text) {
  if (text.empty()) {
    return;
  }
  open(name);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    line(logLine(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  close();
}

}  // namespace holdfast::cli
