// SPDX-License-Identifier: Apache-2.0
// Text of a .properties file -> its entries with their lines. Own code beside Poco's
// PropertyFileConfiguration, because that one knows no lines, hides duplicates and lines that are
// no entries, and its keys cannot be enumerated safely once a file holds an empty key.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace holdfast::config {

struct PropertyEntry {
  int line = 0;  // from 1; the first one of a continued entry
  std::string key;
  std::string value;
};

struct PropertyFile {
  std::vector<PropertyEntry> entries;  // in the file's order
  std::vector<int> badLines;           // neither comment nor `key = value`
};

// Java's rules as far as people use them: '#' or '!' begins a comment line, the first '=' or ':'
// ends the key, a backslash at the end continues the line, and before another character it makes
// \t, \n, \r or that character itself.
[[nodiscard]] PropertyFile parseProperties(std::string_view text);

}  // namespace holdfast::config
