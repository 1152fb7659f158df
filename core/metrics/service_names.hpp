// SPDX-License-Identifier: Apache-2.0
// What services are called in labels.
#pragma once

#include "engine/snapshot.hpp"

#include <map>
#include <string>

namespace holdfast::metrics {

// Names of apps by id: an app's own name, followed by " (id)" where several apps have it. The ids
// alone keep services of such apps apart.
[[nodiscard]] std::map<std::string, std::string> appNames(const engine::Snapshot& snapshot);

}  // namespace holdfast::metrics
