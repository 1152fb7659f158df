// SPDX-License-Identifier: Apache-2.0
#include "cli/problem_view.hpp"

#include "cli/json_locator.hpp"
#include "cli/json_view.hpp"

namespace holdfast::cli {

std::string problemLines(const boost::json::array& problems, std::string_view fileName,
                         std::string_view document) {
  const std::string name(fileName == "-" ? "standard input" : fileName);
  std::string out;
  for (const boost::json::value& problem : problems) {
    const std::string pointer = text(problem, "pointer");
    out += name + ":";
    if (const auto position = locate(document, rawText(problem, "pointer"));
        position && !pointer.empty()) {
      out += std::to_string(position->line) + ":" + std::to_string(position->column) + ":";
    }
    out += pointer.empty() ? " " : " " + pointer + ": ";
    out += text(problem, "message") + "\n";
  }
  return out;
}

}  // namespace holdfast::cli
