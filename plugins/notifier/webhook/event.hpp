// SPDX-License-Identifier: Apache-2.0
// A message as an event of this program's own: what the formats standard and cloudevents send.
#pragma once

#include "notifier/common/message.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace holdfast::webhook {

// "service.image_pull_failed.firing": what the first alert is about, its name and the message's
// state; "device.test.informational" for a message without alerts. Parts are [a-z0-9_]+.
[[nodiscard]] std::string eventType(const notifier::Message& message);

// The members of the first alert, then device, title, text, notification, summary, agent, and all
// alerts under "alerts".
[[nodiscard]] boost::json::object eventData(const notifier::Message& message);

}  // namespace holdfast::webhook
