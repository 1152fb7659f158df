// SPDX-License-Identifier: Apache-2.0
#include "config/diagnostic.hpp"

namespace holdfast::config {

std::string Diagnostic::text() const {
  std::string line = origin;
  line += ": ";
  if (!key.empty()) {
    line += key + ": ";
  }
  if (!found.empty()) {
    line += "found '" + found + "', ";
  }
  return line + expected;
}

}  // namespace holdfast::config
