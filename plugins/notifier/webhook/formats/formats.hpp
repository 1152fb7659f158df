// SPDX-License-Identifier: Apache-2.0
// The formats by name. README.md has an example of each.
#pragma once

#include "notifier/webhook/format.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace holdfast::webhook {

[[nodiscard]] std::unique_ptr<Format> makeStandard();
[[nodiscard]] std::unique_ptr<Format> makeCloudEvents();
[[nodiscard]] std::unique_ptr<Format> makeAlertmanager();
// Alertmanager's own API, which forgets a firing alert that is not sent again within four
// intervals.
[[nodiscard]] std::unique_ptr<Format> makeAlertmanagerApi(std::int64_t resendIntervalMs);
[[nodiscard]] std::unique_ptr<Format> makeSlack();
[[nodiscard]] std::unique_ptr<Format> makeTeams();
[[nodiscard]] std::unique_ptr<Format> makeDiscord();
[[nodiscard]] std::unique_ptr<Format> makePagerDuty();
[[nodiscard]] std::unique_ptr<Format> makeNtfy();
// `text` is a Mustache template that gives JSON. Throws FormatError that names line and reason when
// it uses a field that does not exist, something that would let text out of its JSON string, or
// gives no JSON.
[[nodiscard]] std::unique_ptr<Format> makeTemplate(std::string text);

}  // namespace holdfast::webhook
