// SPDX-License-Identifier: Apache-2.0
#include "cli/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace holdfast::cli {
namespace {

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
  bool valid = false;
};

bool isContinuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0u) == 0x80u;
}

// The character at the front of `text`, which is not empty. Overlong forms, surrogates and values
// beyond Unicode are no characters: a terminal may take them for something else.
Character decode(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) {
    return {lead, 1, true};
  }
  const std::size_t length = lead >= 0xF0 && lead < 0xF5 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead >= 0xF5 || text.size() < length) {
    return {lead, 1, false};
  }
  char32_t code = lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if (!isContinuation(text[i])) {
      return {lead, 1, false};
    }
    code = (code << 6) | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  }
  constexpr std::array<char32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
  const bool valid =
      code >= kSmallest[length] && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
  return {valid ? code : lead, valid ? length : 1, valid};
}

// Length of a "select graphic rendition" sequence (ESC [ digits and ; m) at the front, 0 if none.
std::size_t colourSequence(std::string_view text) {
  if (text.size() < 3 || text[0] != '\x1b' || text[1] != '[') {
    return 0;
  }
  const std::size_t end = text.find_first_not_of("0123456789;:", 2);
  return end != std::string_view::npos && text[end] == 'm' ? end + 1 : 0;
}

// Unicode's marks and overrides of writing direction: they make a line read as what it is not.
bool turnsDirection(char32_t code) {
  return code == 0x061C || code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}

void appendVisible(std::string& out, const Character& character) {
  if (character.valid && character.code < 0x20) {
    out += '^';
    out += static_cast<char>(character.code + '@');
    return;
  }
  // "\\x9b", "\\u202e".
  std::array<char, 16> hex{};
  const auto code = static_cast<unsigned>(character.code);
  if (code > 0xFF) {
    std::snprintf(hex.data(), hex.size(), "\\u%04x", code);
  } else {
    std::snprintf(hex.data(), hex.size(), "\\x%02x", code);
  }
  out += hex.data();
}

enum class Tabs { Keep, Space };

std::string harmless(std::string_view text, Tabs tabs) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    if (const std::size_t colour = colourSequence(text); colour > 0) {
      text.remove_prefix(colour);
      continue;
    }
    const Character character = decode(text);
    const bool control = character.code < 0x20 || (character.code >= 0x7F && character.code < 0xA0);
    if (character.valid && character.code == '\t') {
      out += tabs == Tabs::Keep ? '\t' : ' ';
    } else if (!character.valid || control || turnsDirection(character.code)) {
      appendVisible(out, character);
    } else {
      out.append(text.substr(0, character.bytes));
    }
    text.remove_prefix(character.bytes);
  }
  return out;
}

struct Range {
  char32_t first;
  char32_t last;
};

// Drawn onto the character before: Unicode's general categories Mn, Me and Cf, as far as terminals
// care (after Markus Kuhn's wcwidth).
constexpr std::array<Range, 14> kNarrow{{{0x0300, 0x036F},
                                         {0x0483, 0x0489},
                                         {0x0591, 0x05BD},
                                         {0x0610, 0x061A},
                                         {0x064B, 0x065F},
                                         {0x0E31, 0x0E31},
                                         {0x0E34, 0x0E3A},
                                         {0x1AB0, 0x1AFF},
                                         {0x1DC0, 0x1DFF},
                                         {0x200B, 0x200F},
                                         {0x20D0, 0x20FF},
                                         {0xFE00, 0xFE0F},
                                         {0xFE20, 0xFE2F},
                                         {0xE0100, 0xE01EF}}};

// Two columns wide: East Asian Width W and F (Unicode, UAX #11), pictures among them.
constexpr std::array<Range, 13> kWide{{{0x1100, 0x115F},
                                       {0x2E80, 0x303E},
                                       {0x3041, 0x33FF},
                                       {0x3400, 0x4DBF},
                                       {0x4E00, 0xA4CF},
                                       {0xAC00, 0xD7A3},
                                       {0xF900, 0xFAFF},
                                       {0xFE30, 0xFE6F},
                                       {0xFF00, 0xFF60},
                                       {0xFFE0, 0xFFE6},
                                       {0x1F300, 0x1F64F},
                                       {0x1F680, 0x1F9FF},
                                       {0x20000, 0x3FFFD}}};

template <std::size_t Count>
bool isIn(const std::array<Range, Count>& ranges, char32_t code) {
  return std::any_of(ranges.begin(), ranges.end(), [code](const Range& range) {
    return code >= range.first && code <= range.last;
  });
}

std::size_t columnsOf(const Character& character) {
  if (character.code < 0x300 || !character.valid) {  // nearly always
    return 1;
  }
  return isIn(kNarrow, character.code) ? 0 : isIn(kWide, character.code) ? 2 : 1;
}

// How many bytes of `text` fit, whole characters only, with the marks that belong to the last one.
std::size_t bytesWithin(std::string_view text, std::size_t columns) {
  std::size_t bytes = 0;
  std::size_t width = 0;
  while (bytes < text.size()) {
    const Character character = decode(text.substr(bytes));
    width += columnsOf(character);
    if (width > columns) {
      break;
    }
    bytes += character.bytes;
  }
  return bytes;
}

}  // namespace

std::string oneLine(std::string_view text) {
  // What ends with a newline says one line.
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return harmless(text, Tabs::Space);
}

std::string logLine(std::string_view line) {
  if (!line.empty() && line.back() == '\r') {
    line.remove_suffix(1);
  }
  return harmless(line, Tabs::Keep);
}

std::size_t displayWidth(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Character character = decode(text);
    width += columnsOf(character);
    text.remove_prefix(character.bytes);
  }
  return width;
}

std::string truncated(std::string_view text, std::size_t columns) {
  if (displayWidth(text) <= columns) {
    return std::string(text);
  }
  constexpr std::string_view kMark = "...";
  if (columns <= kMark.size()) {
    return std::string(kMark.substr(0, columns));
  }
  return std::string(text.substr(0, bytesWithin(text, columns - kMark.size()))) +
         std::string(kMark);
}

std::vector<std::string> wrappedLines(std::string_view text, std::size_t columns) {
  columns = std::max<std::size_t>(columns, 2);  // room for any one character
  std::vector<std::string> lines;
  while (displayWidth(text) > columns) {
    const std::size_t most = bytesWithin(text, columns);
    const std::size_t space = text[most] == ' ' ? most : text.rfind(' ', most);
    const bool word = space == std::string_view::npos || space == 0;
    lines.emplace_back(text.substr(0, word ? most : space));
    text.remove_prefix(word ? most : space + 1);
  }
  lines.emplace_back(text);
  return lines;
}

std::string humanBytes(double bytes) {
  constexpr std::array<const char*, 5> kUnits{"B", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  while (bytes >= 999.5 && unit + 1 < kUnits.size()) {
    bytes /= 1000;
    ++unit;
  }
  std::array<char, 32> text{};
  const int decimals = unit == 0 || bytes >= 99.95 ? 0 : 1;
  std::snprintf(text.data(), text.size(), "%.*f %s", decimals, bytes, kUnits[unit]);
  return text.data();
}

}  // namespace holdfast::cli
