// SPDX-License-Identifier: Apache-2.0
// The events of the history in Kubernetes' words (pkg/kubelet/events/event.go and
// pkg/kubelet/images/image_manager.go), and the agent's own.
#pragma once

#include "model/event.hpp"
#include "model/time.hpp"
#include "retry/retry_manager.hpp"

#include <string>

namespace holdfast::engine {

// The service that an event is about, split from its key "<app id>/<service name>".
[[nodiscard]] model::EventDraft eventOf(const std::string& serviceKey, model::EventType type,
                                        std::string reason, std::string message);

// About the agent or an engine as a whole.
[[nodiscard]] model::EventDraft eventOf(model::EventType type, std::string reason,
                                        std::string message);

[[nodiscard]] std::string pulledText(const std::string& image, model::Milliseconds took,
                                     std::int64_t sizeBytes);

// "retry 3/10 in 40s", "gave up after 10 retries", "no retry: fix the specification"
[[nodiscard]] std::string outlookText(const retry::Entry& entry, const model::Now& now);

}  // namespace holdfast::engine
