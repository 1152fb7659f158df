// SPDX-License-Identifier: Apache-2.0
#include "model/forms/shell_words.hpp"

#include <optional>

namespace holdfast::model {

namespace {

bool isBlank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// Inside double quotes a backslash is itself before anything but these.
bool isEscapable(char c) {
  return c == '$' || c == '`' || c == '"' || c == '\\';
}

class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  Form<std::vector<std::string>> run() {
    while (next_ < text_.size()) {
      const char c = text_[next_++];
      bool closed = true;
      if (isBlank(c)) {
        endWord();
      } else if (c == '\'') {
        closed = singleQuoted();
      } else if (c == '"') {
        closed = doubleQuoted();
      } else if (c == '\\') {
        if (next_ == text_.size())
          return formError("it ends in a backslash; expected a character after it");
        escaped();
      } else {
        add(c);
      }
      if (!closed)
        return formError(std::string("it has an opening ") + c + " without a closing one");
    }
    endWord();
    return std::move(words_);
  }

 private:
  void add(char c) {
    if (!word_)
      word_.emplace();
    *word_ += c;
  }

  void endWord() {
    if (word_)
      words_.push_back(*std::move(word_));
    word_.reset();
  }

  // Quotes make a word even when nothing is between them.
  void openQuotes() {
    if (!word_)
      word_.emplace();
  }

  bool singleQuoted() {
    openQuotes();
    while (next_ < text_.size()) {
      const char c = text_[next_++];
      if (c == '\'')
        return true;
      add(c);
    }
    return false;
  }

  bool doubleQuoted() {
    openQuotes();
    while (next_ < text_.size()) {
      const char c = text_[next_++];
      if (c == '"')
        return true;
      if (c != '\\' || next_ == text_.size()) {
        add(c);
      } else if (isEscapable(text_[next_]) || text_[next_] == '\n') {
        escaped();
      } else {
        add(c);
      }
    }
    return false;
  }

  // The character after a backslash; a newline there continues the line.
  void escaped() {
    const char c = text_[next_++];
    if (c != '\n')
      add(c);
  }

  std::string_view text_;
  std::size_t next_ = 0;
  std::optional<std::string> word_;
  std::vector<std::string> words_;
};

}  // namespace

Form<std::vector<std::string>> splitShellWords(std::string_view text) {
  return Splitter(text).run();
}

}  // namespace holdfast::model
