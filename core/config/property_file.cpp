// SPDX-License-Identifier: Apache-2.0
#include "config/property_file.hpp"

#include "config/words.hpp"

namespace holdfast::config {
namespace {

std::string_view takeLine(std::string_view& rest) {
  const auto end = rest.find('\n');
  const auto line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

bool continues(std::string_view line) {
  const auto last = line.find_last_not_of('\\');
  const auto backslashes = line.size() - (last == std::string_view::npos ? 0 : last + 1);
  return backslashes % 2 == 1;
}

std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    out += c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c;
  }
  return out;
}

}  // namespace

PropertyFile parseProperties(std::string_view text) {
  PropertyFile file;
  int number = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const int first = ++number;
    std::string line(trim(takeLine(rest)));
    if (line.empty() || line.front() == '#' || line.front() == '!') {
      continue;
    }
    while (continues(line) && !rest.empty()) {
      ++number;
      line.pop_back();
      line += trim(takeLine(rest));
    }
    const auto separator = line.find_first_of("=:");
    const auto key = trim(std::string_view(line).substr(0, separator));
    if (separator == std::string::npos || key.empty()) {
      file.badLines.push_back(first);
      continue;
    }
    file.entries.push_back(
        {first, std::string(key), unescape(trim(std::string_view(line).substr(separator + 1)))});
  }
  return file;
}

}  // namespace holdfast::config
