// SPDX-License-Identifier: Apache-2.0
#include "cli/json_locator.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <string>

namespace holdfast::cli {
namespace {

// RFC 6901: "~1" is a slash, "~0" a tilde.
std::string unescaped(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] == '~' && i + 1 < token.size() && (token[i + 1] == '0' || token[i + 1] == '1')) {
      out += token[++i] == '0' ? '~' : '/';
    } else {
      out += token[i];
    }
  }
  return out;
}

// Walks along the pointer and skips everything beside it. Trusts the text no further than it has
// to: whatever does not look like JSON ends the walk.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {}

  // Follows `pointer` from the value at the front; `best_` is as far as it got.
  std::optional<std::size_t> follow(std::string_view pointer) {
    skipSpace();
    best_ = at_;
    while (!pointer.empty() && pointer.front() == '/') {
      pointer.remove_prefix(1);
      const std::size_t end = std::min(pointer.find('/'), pointer.size());
      const std::string step = unescaped(pointer.substr(0, end));
      pointer.remove_prefix(end);
      if (!enter(step)) {
        break;
      }
    }
    return broken_ ? std::nullopt : std::optional(best_);
  }

 private:
  bool enter(const std::string& step) {
    if (peek() == '{') {
      return enterMember(step);
    }
    return peek() == '[' && enterElement(step);
  }

  bool enterMember(const std::string& wanted) {
    ++at_;
    for (skipSpace(); peek() == '"'; skipSpace()) {
      const std::size_t name = at_;
      if (!skipString()) {
        return false;
      }
      const bool found = sameName(text_.substr(name, at_ - name), wanted);
      skipSpace();
      if (!expect(':')) {
        return false;
      }
      skipSpace();
      if (found) {
        best_ = name;
        return true;
      }
      if (!skipValue() || !nextItem()) {
        return false;
      }
    }
    return false;
  }

  bool enterElement(const std::string& wanted) {
    ++at_;
    skipSpace();
    for (std::size_t index = 0; at_ < text_.size() && peek() != ']'; ++index) {
      if (std::to_string(index) == wanted) {
        best_ = at_;
        return true;
      }
      if (!skipValue() || !nextItem()) {
        return false;
      }
      skipSpace();
    }
    return false;
  }

  // Past the comma between two items. False at the end of the object or array.
  bool nextItem() {
    skipSpace();
    if (peek() == '}' || peek() == ']') {
      return false;
    }
    return expect(',');
  }

  bool skipValue() {
    std::size_t depth = 0;
    do {
      skipSpace();
      const char c = peek();
      if (c == '"') {
        if (!skipString()) {
          return false;
        }
      } else if (c == '{' || c == '[') {
        ++depth;
        ++at_;
        continue;
      } else if (c == '}' || c == ']') {
        if (depth == 0) {
          return fail();
        }
        --depth;
        ++at_;
      } else if (c == ',' || c == ':') {
        if (depth == 0) {
          return fail();
        }
        ++at_;
        continue;
      } else if (!skipWord()) {
        return false;
      }
    } while (depth > 0 && at_ < text_.size());
    return depth == 0 || fail();
  }

  bool skipWord() {
    const std::size_t end = std::min(text_.find_first_of(" \t\r\n,:]}[{\"", at_), text_.size());
    if (end == at_) {
      return fail();
    }
    at_ = end;
    return true;
  }

  bool skipString() {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '"') {
        ++at_;
        return true;
      }
    }
    return fail();
  }

  static bool sameName(std::string_view quoted, const std::string& wanted) {
    if (quoted.find('\\') == std::string_view::npos) {
      return quoted.substr(1, quoted.size() - 2) == wanted;
    }
    boost::system::error_code error;
    const auto value = boost::json::parse({quoted.data(), quoted.size()}, error);
    return !error && value.is_string() && value.get_string() == wanted.c_str();
  }

  void skipSpace() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool expect(char c) {
    if (peek() != c) {
      return fail();
    }
    ++at_;
    return true;
  }
  bool fail() {
    broken_ = true;
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t best_ = 0;
  bool broken_ = false;
};

}  // namespace

std::optional<Position> locate(std::string_view text, std::string_view pointer) {
  const auto offset = Walker(text).follow(pointer);
  return offset ? std::optional(positionOf(text, *offset)) : std::nullopt;
}

Position positionOf(std::string_view text, std::size_t offset) {
  Position position;
  for (const char c : text.substr(0, std::min(offset, text.size()))) {
    if (c == '\n') {
      ++position.line;
      position.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0u) != 0x80u) {
      ++position.column;
    }
  }
  return position;
}

}  // namespace holdfast::cli
