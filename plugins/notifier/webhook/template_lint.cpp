// SPDX-License-Identifier: Apache-2.0
#include "notifier/webhook/template_lint.hpp"

#include "notifier/webhook/template_fields.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace holdfast::webhook {
namespace {

constexpr std::size_t kMaxDepth = 16;  // the renderer goes down by recursion
constexpr std::size_t kMaxShownName = 60;

struct Tag {
  char sort = ' ';  // '#', '^', '/', '>', '=', '!', '&' (also for three braces); ' ': a variable
  std::string_view name;
};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t from = text.find_first_not_of(kSpace);
  return from == std::string_view::npos
             ? std::string_view()
             : text.substr(from, text.find_last_not_of(kSpace) - from + 1);
}

// Reads the tags of a template one after the other, as the renderer does.
class TagReader {
 public:
  explicit TagReader(std::string_view text) : text_(text) {}

  // Nothing at the end, or when a tag is not closed.
  std::optional<Tag> next() {
    const std::size_t open = text_.find("{{", at_);
    if (open == std::string_view::npos) {
      return std::nullopt;
    }
    line_ += static_cast<std::size_t>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                                                 text_.begin() + static_cast<std::ptrdiff_t>(open),
                                                 '\n'));
    at_ = open;
    const bool unescaped = text_.substr(open).starts_with("{{{");
    const std::size_t from = open + (unescaped ? 3 : 2);
    const std::string_view end = unescaped ? "}}}" : "}}";
    const std::size_t close = text_.find(end, from);
    if (close == std::string_view::npos) {
      unclosed_ = true;
      return std::nullopt;
    }
    const std::string_view content = trimmed(text_.substr(from, close - from));
    linesInside_ = static_cast<std::size_t>(std::count(content.begin(), content.end(), '\n'));
    at_ = close + end.size();
    return tagOf(content, unescaped);
  }

  [[nodiscard]] bool unclosed() const { return unclosed_; }
  // Of the tag that was read last.
  [[nodiscard]] std::size_t line() const { return line_; }
  void skipLines() { line_ += linesInside_; }

 private:
  static Tag tagOf(std::string_view content, bool unescaped) {
    if (unescaped) {
      return {'&', content};
    }
    if (!content.empty() && std::string_view("#^/>=!&").find(content.front()) != content.npos) {
      return {content.front(), trimmed(content.substr(1))};
    }
    return {' ', content};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t linesInside_ = 0;
  bool unclosed_ = false;
};

class Linter {
 public:
  // Empty when the tag is in order.
  std::string check(const Tag& tag) {
    switch (tag.sort) {
      case '!':
        return {};
      case '=':
        return "the delimiters of tags cannot be changed";
      case '>':
        return "there are no partials";
      case '/':
        return close(tag.name);
      case '&':
        return isJsonField(tag.name)
                   ? std::string()
                   : "unescaped is only for json.alerts and json.content, not " + quoted(tag.name);
      default:
        break;
    }
    if (std::string problem = checkName(tag.name); !problem.empty()) {
      return problem;
    }
    if (tag.sort == ' ') {
      return isJsonField(tag.name)
                 ? "a field that holds JSON takes three braces: {{{" + std::string(tag.name) + "}}}"
                 : std::string();
    }
    if (sections_.size() == kMaxDepth) {
      return "sections are nested more than " + std::to_string(kMaxDepth) + " deep";
    }
    sections_.push_back(tag);
    return {};
  }

  [[nodiscard]] std::string checkEnd() const {
    return sections_.empty() ? std::string()
                             : "the section " + quoted(sections_.back().name) + " is not closed";
  }

 private:
  static std::string quoted(std::string_view name) {
    return "'" + std::string(name.substr(0, kMaxShownName)) + "'";
  }

  [[nodiscard]] TemplateScope scope() const {
    const bool inAlert = std::any_of(sections_.begin(), sections_.end(), [](const Tag& section) {
      return section.sort == '#' && isAlertSection(section.name);
    });
    return inAlert ? TemplateScope::Alert : TemplateScope::Message;
  }

  [[nodiscard]] std::string checkName(std::string_view name) const {
    if (isTemplateField(name, scope())) {
      return {};
    }
    if (isTemplateField(name, TemplateScope::Alert)) {
      return quoted(name) + " belongs to an alert: use it inside {{#alerts}} or as first." +
             std::string(name);
    }
    const std::string nearest = nearestTemplateField(name);
    return "there is no field " + quoted(name) +
           (nearest.empty() ? "" : "; did you mean '" + nearest + "'?");
  }

  std::string close(std::string_view name) {
    if (sections_.empty() || sections_.back().name != name) {
      return "the section " + quoted(name) + " is closed where it is not open";
    }
    sections_.pop_back();
    return {};
  }

  std::vector<Tag> sections_;
};

}  // namespace

std::string templateProblem(std::string_view text) {
  TagReader reader(text);
  Linter linter;
  const auto at = [&reader](const std::string& problem) {
    return "line " + std::to_string(reader.line()) + ": " + problem;
  };
  while (const std::optional<Tag> tag = reader.next()) {
    if (const std::string problem = linter.check(*tag); !problem.empty()) {
      return at(problem);
    }
    reader.skipLines();
  }
  if (reader.unclosed()) {
    return at("a tag is not closed");
  }
  const std::string problem = linter.checkEnd();
  return problem.empty() ? problem : at(problem);
}

}  // namespace holdfast::webhook
