// SPDX-License-Identifier: Apache-2.0
#include "cli/why_view.hpp"

#include "cli/json_view.hpp"
#include "cli/text.hpp"
#include "cli/value_text.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace holdfast::cli {
namespace json = boost::json;
namespace {

constexpr std::size_t kTextColumn = 12;
// A narrower screen would show a word a line: there the terminal may wrap.
constexpr std::size_t kLeastText = 20;

class Layout {
 public:
  explicit Layout(std::size_t columns)
      : room_(columns == 0 ? std::string::npos
                           : std::max(columns - std::min(columns, kTextColumn), kLeastText)) {}

  // "Label:      sentence", goes on below itself.
  void add(std::string_view label, const std::string& sentence, std::string_view mark = {}) {
    std::string start = label.empty() ? std::string() : std::string(label) + ":";
    start.append(kTextColumn - std::min(displayWidth(start), kTextColumn - 1), ' ');
    for (const std::string& line : wrappedLines(sentence, room_ - mark.size())) {
      out_ += start + std::string(mark) + line + "\n";
      start.assign(kTextColumn, ' ');
      mark = mark.empty() ? mark : std::string_view("  ");
    }
  }

  // Lines as they came, each made harmless.
  void quote(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      out_ += std::string(kTextColumn, ' ') + "| " + logLine(text.substr(0, end)) + "\n";
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

  [[nodiscard]] const std::string& result() const { return out_; }

 private:
  std::size_t room_;
  std::string out_;
};

}  // namespace

std::string whyText(const json::value& why, std::size_t columns) {
  Layout layout(columns);
  for (const json::value& link : list(why, "chain")) {
    layout.add(heading(text(link, "step")), text(link, "words"));
    if (const std::string raw = rawText(link, "raw"); raw != rawText(link, "message")) {
      layout.quote(raw);
    }
  }
  const json::value* const next = member(why, "next");
  if (next == nullptr) {
    return layout.result();
  }
  layout.add("Next", text(*next, "words"));
  std::string_view label = "Changed by";
  for (const json::value& change : list(*next, "changes")) {
    const json::string* const words = change.if_string();
    if (words != nullptr) {
      layout.add(label, oneLine({words->data(), words->size()}), "- ");
      label = {};
    }
  }
  return layout.result();
}

}  // namespace holdfast::cli
