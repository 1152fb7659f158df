// SPDX-License-Identifier: Apache-2.0
// A manual page in roff, with the macros of man(7) that groff and mandoc both know.
#pragma once

#include <string>
#include <string_view>

namespace holdfast::manual {

class RoffPage {
 public:
  // Section 1, 5 or 8; `version` of the product stands in the page's foot.
  RoffPage(std::string_view name, int section, std::string_view purpose, std::string_view version);

  void heading(std::string_view text);  // made upper case
  void subheading(std::string_view text);
  void paragraph(std::string_view text);

  // "name words" with the name in bold: a line of the synopsis.
  void synopsis(std::string_view name, std::string_view words);

  // A term in bold and what it means, indented.
  void item(std::string_view term, std::string_view meaning);

  // Lines as they stand.
  void example(std::string_view lines);

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void newParagraph();

  std::string text_;
  bool afterHeading_ = false;  // which begins a paragraph by itself
};

// "Keep showing changes." of "keep showing changes".
[[nodiscard]] std::string sentence(std::string_view words);

// Text with nothing in it that roff would take for a command or for another character. One line.
[[nodiscard]] std::string roffText(std::string_view text);

}  // namespace holdfast::manual
