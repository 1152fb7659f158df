// SPDX-License-Identifier: Apache-2.0
#include "model/event.hpp"

namespace holdfast::model {

boost::json::object toJson(const Event& event) {
  return {{"id", event.id},
          {"firstId", event.firstId},
          {"type", event.what.type == EventType::Normal ? "Normal" : "Warning"},
          {"reason", event.what.reason},
          {"app", event.what.app},
          {"service", event.what.service},
          {"message", event.what.message},
          {"count", event.count},
          {"firstTimestamp", toRfc3339(event.firstTimestamp)},
          {"lastTimestamp", toRfc3339(event.lastTimestamp)}};
}

}  // namespace holdfast::model
