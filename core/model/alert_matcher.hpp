// SPDX-License-Identifier: Apache-2.0
// Which alerts a route or a silence is about.
//
//   matcher   = condition *( "," condition )            all of them have to hold
//   condition = "severity" ( "=" | "!=" | ">=" | "<=" | ">" | "<" ) severity
//             | field ( "=" | "!=" ) value *( "|" value )   one of the values
//   field     = "severity" | "type" | "app" | "service" | "runtime" | "plugin" | "notifier"
//   severity  = "info" | "warning" | "error" | "critical"
//
// Spaces around all parts are ignored. `app` is an id or a name, `type` a word of AlertType. An
// empty text matches every alert.
#pragma once

#include "model/alert.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace holdfast::model {

class AlertMatcher {
 public:
  struct Parsed;

  AlertMatcher() = default;  // matches every alert

  [[nodiscard]] static Parsed parse(std::string_view text);

  [[nodiscard]] bool matches(const Alert& alert) const;

  // As it was written, spaces apart: parse(text()) is the same matcher.
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  enum class Operator { Equal, NotEqual, AtLeast, AtMost, Above, Below };
  struct Condition {
    std::string field;
    Operator is = Operator::Equal;
    std::vector<std::string> values;
  };
  static std::string readCondition(std::string_view text, Condition& condition);
  [[nodiscard]] static bool holds(const Condition& condition, const Alert& alert);

  std::vector<Condition> conditions_;
  std::string text_;
};

struct AlertMatcher::Parsed {
  AlertMatcher matcher;
  std::string problem;  // what is wrong, what was expected, the nearest name; empty: all is well
};

}  // namespace holdfast::model
