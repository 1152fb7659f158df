// SPDX-License-Identifier: Apache-2.0
#include "model/json_text.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>

#include <algorithm>
#include <new>
#include <unordered_set>

namespace holdfast::model {

namespace {

namespace json = boost::json;
using json::error_code;
using json::string_view;

constexpr std::size_t kMaxDuplicates = 64;

// Receives what the parser finds, builds the value and watches over limits and repeated names.
class Builder {
 public:
  // The parser's own limits; ours are checked below and are tighter.
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  explicit Builder(const JsonLimits& limits) : limits_(limits) {}

  [[nodiscard]] const std::string& problem() const { return problem_; }
  std::vector<std::string> takeDuplicates() { return std::move(duplicates_); }
  json::value takeValue() { return stack_.release(); }

  bool on_document_begin(error_code&) {
    stack_.reset();
    return true;
  }
  bool on_document_end(error_code&) { return true; }

  bool on_object_begin(error_code& ec) { return open(ec); }
  bool on_object_end(std::size_t count, error_code&) {
    stack_.push_object(count);
    levels_.pop_back();
    return true;
  }
  bool on_array_begin(error_code& ec) { return open(ec); }
  bool on_array_end(std::size_t count, error_code&) {
    stack_.push_array(count);
    levels_.pop_back();
    return true;
  }

  bool on_key_part(string_view part, std::size_t size, error_code& ec) {
    name_.append(part.data(), part.size());
    stack_.push_chars(part);
    return within(size, limits_.nameBytes, "a member's name is longer than", "bytes", ec);
  }
  bool on_key(string_view part, std::size_t size, error_code& ec) {
    if (!within(size, limits_.nameBytes, "a member's name is longer than", "bytes", ec))
      return false;
    name_.append(part.data(), part.size());
    stack_.push_key(part);
    if (!levels_.back().names.insert(name_).second && duplicates_.size() < kMaxDuplicates)
      duplicates_.push_back(here() + pointerStep(name_));
    levels_.back().name = std::move(name_);
    name_.clear();
    return true;
  }

  bool on_string_part(string_view part, std::size_t size, error_code& ec) {
    stack_.push_chars(part);
    return within(size, limits_.stringBytes, "a string is longer than", "bytes", ec);
  }
  bool on_string(string_view part, std::size_t size, error_code& ec) {
    if (!within(size, limits_.stringBytes, "a string is longer than", "bytes", ec))
      return false;
    stack_.push_string(part);
    return counted(ec);
  }

  bool on_number_part(string_view, error_code&) { return true; }
  bool on_int64(std::int64_t number, string_view, error_code& ec) {
    stack_.push_int64(number);
    return counted(ec);
  }
  bool on_uint64(std::uint64_t number, string_view, error_code& ec) {
    stack_.push_uint64(number);
    return counted(ec);
  }
  bool on_double(double number, string_view, error_code& ec) {
    stack_.push_double(number);
    return counted(ec);
  }
  bool on_bool(bool value, error_code& ec) {
    stack_.push_bool(value);
    return counted(ec);
  }
  bool on_null(error_code& ec) {
    stack_.push_null();
    return counted(ec);
  }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }

 private:
  // One object or array that is open.
  struct Level {
    std::unordered_set<std::string> names;
    std::string name;  // of the member that is being read
    std::size_t elements = 0;
  };

  bool within(std::size_t size, std::size_t limit, const char* what, const char* unit,
              error_code& ec) {
    if (size <= limit)
      return true;
    problem_ = std::string(what) + " " + std::to_string(limit) + " " + unit;
    ec = json::error::syntax;
    return false;
  }

  // Counts a value, in its container and altogether.
  bool counted(error_code& ec) {
    if (!levels_.empty() && !within(++levels_.back().elements, limits_.elements,
                                    "an array or object has more than", "elements", ec))
      return false;
    return within(++values_, limits_.values, "it has more than", "values", ec);
  }

  bool open(error_code& ec) {
    if (!counted(ec))
      return false;
    levels_.emplace_back();
    return true;
  }

  [[nodiscard]] std::string here() const {
    std::string pointer;
    for (std::size_t i = 0; i + 1 < levels_.size(); ++i) {
      const Level& level = levels_[i];
      pointer +=
          level.names.empty() ? "/" + std::to_string(level.elements - 1) : pointerStep(level.name);
    }
    return pointer;
  }

  const JsonLimits& limits_;
  json::value_stack stack_;
  std::vector<Level> levels_;
  std::string name_;
  std::size_t values_ = 0;
  std::string problem_;
  std::vector<std::string> duplicates_;
};

std::string place(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto newline = before.rfind('\n');
  const auto column = newline == std::string_view::npos ? offset + 1 : offset - newline;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

std::string explain(const error_code& ec, const JsonLimits& limits) {
  if (ec == json::error::incomplete)
    return "it ends too early";
  if (ec == json::error::too_deep)
    return "it nests deeper than " + std::to_string(limits.depth) + " levels";
  if (ec == json::error::extra_data)
    return "there is more after its end";
  return ec.message();
}

bool isBlank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

}  // namespace

JsonText readJson(std::string_view text, const JsonLimits& limits) {
  JsonText result;
  if (text.size() > limits.bytes) {
    result.problem = "the document has " + std::to_string(text.size()) + " bytes; at most " +
                     std::to_string(limits.bytes) + " are read";
    return result;
  }
  json::parse_options options;
  options.max_depth = limits.depth;
  json::basic_parser<Builder> parser(options, limits);
  error_code ec;
  const std::size_t consumed = parser.write_some(false, text.data(), text.size(), ec);
  if (!ec &&
      !std::all_of(text.begin() + static_cast<std::ptrdiff_t>(consumed), text.end(), isBlank))
    ec = json::error::extra_data;
  if (ec) {
    const std::string& own = parser.handler().problem();
    result.problem = "the document is not valid JSON at " + place(text, consumed) + ": " +
                     (own.empty() ? explain(ec, limits) : own);
    return result;
  }
  result.value = parser.handler().takeValue();
  result.duplicates = parser.handler().takeDuplicates();
  return result;
}

std::string pointerStep(std::string_view name) {
  std::string step = "/";
  for (const char c : name) {
    if (c == '~') {
      step += "~0";
    } else if (c == '/') {
      step += "~1";
    } else {
      step += c;
    }
  }
  return step;
}

}  // namespace holdfast::model
