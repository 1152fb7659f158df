// SPDX-License-Identifier: Apache-2.0
// Words that the causal chain is told in. Pure.
#pragma once

#include "engine/snapshot.hpp"
#include "model/time.hpp"
#include "retry/retry_manager.hpp"

#include <string>
#include <string_view>

namespace holdfast::api {

// "10:15:30 UTC (32s ago)", "10:16:10 UTC (in 8s)"; with the date unless it is that of `now`.
[[nodiscard]] std::string pastWords(model::WallTime at, const model::Now& now);
[[nodiscard]] std::string futureWords(model::WallTime at, const model::Now& now);

// "350ms", "1.2s", "2m10s".
[[nodiscard]] std::string lengthWords(model::Milliseconds length);

// "download image" of "downloadImage".
[[nodiscard]] std::string callWords(const std::string& call);

// What an error class means for the one who waits.
[[nodiscard]] std::string_view classMeaning(sdk::ErrorClass errorClass);

// "the file /etc/target.json", "the API", "the cloud at https://...".
[[nodiscard]] std::string sourceWords(const engine::StoredTarget& target);

// "monitoring/nodered": how people call a service.
[[nodiscard]] std::string nameOf(const engine::ServiceView& view);

}  // namespace holdfast::api
