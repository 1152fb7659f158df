// SPDX-License-Identifier: Apache-2.0
// What alerting keeps, as text for the store and back. A text that cannot be read gives nothing.
#pragma once

#include "alerts/outbox.hpp"
#include "alerts/router.hpp"
#include "alerts/silence.hpp"
#include "alerts/summary.hpp"
#include "alerts/tracker.hpp"

#include <optional>
#include <string>

namespace holdfast::alerts {

[[nodiscard]] std::string toText(const KeptAlert& alert);
[[nodiscard]] std::string toText(const KeptGroup& group);
[[nodiscard]] std::string toText(const Silence& silence);
[[nodiscard]] std::string toText(const OutboxEntry& entry);
[[nodiscard]] std::string toText(const DeadLetter& letter);
[[nodiscard]] std::string toText(const KeptPeriod& period);
[[nodiscard]] std::string toText(const Trouble& trouble);

[[nodiscard]] std::optional<KeptAlert> keptAlertOf(const std::string& text);
[[nodiscard]] std::optional<KeptGroup> keptGroupOf(const std::string& text);
[[nodiscard]] std::optional<Silence> silenceOf(const std::string& text);
[[nodiscard]] std::optional<OutboxEntry> outboxEntryOf(const std::string& text);
[[nodiscard]] std::optional<DeadLetter> deadLetterOf(const std::string& text);
[[nodiscard]] std::optional<KeptPeriod> keptPeriodOf(const std::string& text);
[[nodiscard]] std::optional<Trouble> troubleOf(const std::string& text);

}  // namespace holdfast::alerts
