// SPDX-License-Identifier: Apache-2.0
#include "manual/roff.hpp"

#include <algorithm>

namespace holdfast::manual {
namespace {

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return out;
}

// A line of text must not begin with what only a request begins with.
std::string line(std::string_view text) {
  const bool request = !text.empty() && (text.front() == '.' || text.front() == '\'');
  return (request ? "\\&" : "") + roffText(text) + "\n";
}

}  // namespace

std::string sentence(std::string_view words) {
  std::string out = upper(words.substr(0, 1));
  return out.append(words.substr(std::min<std::size_t>(1, words.size()))) + ".";
}

std::string roffText(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\\':
        out += "\\e";
        break;
      case '-':  // else a hyphen, which nobody can copy into a shell
        out += "\\-";
        break;
      case '\'':
        out += "\\(aq";
        break;
      case '`':
        out += "\\(ga";
        break;
      case '^':
        out += "\\(ha";
        break;
      case '~':
        out += "\\(ti";
        break;
      case '"':  // inside a macro's argument it would end that
        out += "\\(dq";
        break;
      case '\n':
        out += ' ';
        break;
      default:
        out += c;
    }
  }
  return out;
}

RoffPage::RoffPage(std::string_view name, int section, std::string_view purpose,
                   std::string_view version) {
  text_ = ".TH \"" + roffText(upper(name)) + "\" " + std::to_string(section) + " \"\" \"Holdfast " +
          roffText(version) + "\" \"Holdfast\"\n";
  // A page of commands and names: neither hyphenated nor stretched.
  text_ += ".nh\n.ad l\n";
  heading("Name");
  text_ += roffText(name) + " \\- " + roffText(purpose) + "\n";
}

void RoffPage::heading(std::string_view text) {
  text_ += ".SH \"" + roffText(upper(text)) + "\"\n";
  afterHeading_ = true;
}

void RoffPage::subheading(std::string_view text) {
  text_ += ".SS \"" + roffText(text) + "\"\n";
  afterHeading_ = true;
}

void RoffPage::newParagraph() {
  text_ += afterHeading_ ? "" : ".PP\n";
  afterHeading_ = false;
}

void RoffPage::paragraph(std::string_view text) {
  newParagraph();
  text_ += line(text);
}

void RoffPage::synopsis(std::string_view name, std::string_view words) {
  newParagraph();
  text_ += "\\fB" + roffText(name) + "\\fR " + roffText(words) + "\n";
}

void RoffPage::item(std::string_view term, std::string_view meaning) {
  afterHeading_ = false;
  text_ += ".TP\n\\fB" + roffText(term) + "\\fR\n" + line(meaning);
}

void RoffPage::example(std::string_view lines) {
  newParagraph();
  text_ += ".RS 4\n.EX\n";
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    text_ += line(lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  text_ += ".EE\n.RE\n";
}

}  // namespace holdfast::manual
