// SPDX-License-Identifier: Apache-2.0
// What a template may use: the names, and the values of a message under them.
#pragma once

#include "notifier/common/message.hpp"

#include <kainjow/mustache.hpp>
#include <string>
#include <string_view>

namespace holdfast::webhook {

// Where in a template a name stands: inside a section over alerts (`alerts`, `first`) an alert's
// own fields come before those of the message.
enum class TemplateScope { Message, Alert };

[[nodiscard]] bool isTemplateField(std::string_view name, TemplateScope scope);

// A field that holds JSON already: the only kind that may stand in a template unescaped.
[[nodiscard]] bool isJsonField(std::string_view name);

// A section over alerts.
[[nodiscard]] bool isAlertSection(std::string_view name);

// The field with the name most like `name`, for error messages; empty when none is alike.
[[nodiscard]] std::string nearestTemplateField(std::string_view name);

// Every field has a value. What a message does not say is false: it gives no text, and skips a
// section; a field of an alert that is missing must not come from the message around it.
[[nodiscard]] kainjow::mustache::data templateData(const notifier::Message& message);

}  // namespace holdfast::webhook
