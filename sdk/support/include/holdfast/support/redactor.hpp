// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace holdfast::support {

// Takes secrets out of text that is shown: who is sent something likes to repeat it. Not
// thread-safe while secrets are added.
class Redactor {
 public:
  // Texts of fewer than six bytes are no secrets, and stand in ordinary words.
  void add(std::string_view secret);
  // Path and query of a URL, where they are all that protects it: as a whole, and each part of them
  // that has eight bytes or more.
  void addTarget(std::string_view target);

  // `text` with *** for each secret (for several that touch, one ***), and for the beginning of one
  // that its end cuts off, from the sixth byte on. Anything else that cuts text has to come after
  // this.
  [[nodiscard]] std::string redacted(std::string_view text) const;

 private:
  std::vector<std::string> secrets_;
};

}  // namespace holdfast::support
