// SPDX-License-Identifier: Apache-2.0
// What the formats for people (slack, teams, discord, ntfy) say alike.
#pragma once

#include "notifier/common/message.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::webhook {

// A sign for state and severity before the title, which text alone cannot give at a glance.
[[nodiscard]] std::string headline(const notifier::Message& message);

// "ImagePullFailed monitoring/nodered (resolved)"; the state only where it is not the message's.
[[nodiscard]] std::string alertTitle(const notifier::Alert& alert,
                                     const notifier::Message& message);

// "Line 3, holdfast 0.1.0, delivered 3 h late": where it comes from.
[[nodiscard]] std::string origin(const notifier::Message& message);

// "and 3 more alerts", for those that do not fit in after `shown`; empty when all do.
[[nodiscard]] std::string remainder(const notifier::Message& message, std::size_t shown);

// The text's first lines, as many as fit into `maxBytes`, each cut to `maxLine` characters; where
// lines are left out, the last one counts them.
[[nodiscard]] std::vector<std::string> fittingLines(std::string_view text, std::size_t maxBytes,
                                                    std::size_t maxLine);

// The same as one text.
[[nodiscard]] std::string fittingText(std::string_view text, std::size_t maxBytes,
                                      std::size_t maxLine);

// 0xRRGGBB for the state and severity.
[[nodiscard]] int colour(sdk::NotificationState state, sdk::Severity severity);

// What render(n) gives for the largest n <= `alerts`, found by halving, that has at most
// `maxBytes`; render(0) when none has.
template <class Render>
[[nodiscard]] std::string fitted(std::size_t alerts, std::size_t maxBytes, Render render) {
  for (;; alerts /= 2) {
    std::string body = render(alerts);
    if (body.size() <= maxBytes || alerts == 0) {
      return body;
    }
  }
}

}  // namespace holdfast::webhook
