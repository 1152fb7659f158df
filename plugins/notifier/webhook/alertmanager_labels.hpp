// SPDX-License-Identifier: Apache-2.0
// How an alert is named in Prometheus' world: labels identify it, annotations describe it.
#pragma once

#include "notifier/common/message.hpp"

#include <map>
#include <string>
#include <vector>

namespace holdfast::webhook {

using TextMap = std::map<std::string, std::string>;

struct LabelledAlert {
  TextMap labels;       // alertname, severity, device, app, service, ...; none is empty
  TextMap annotations;  // summary, description, reason, image, ...; none is empty
  notifier::Alert alert;
};

// One for each alert; for a message without alerts one that stands for it.
[[nodiscard]] std::vector<LabelledAlert> labelled(const notifier::Message& message);

// What all of `maps` have alike.
[[nodiscard]] TextMap common(const std::vector<const TextMap*>& maps);

}  // namespace holdfast::webhook
