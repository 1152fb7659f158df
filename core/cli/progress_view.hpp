// SPDX-License-Identifier: Apache-2.0
// How services come to their state, for `apply --wait`. Pure.
#pragma once

#include "cli/live_region.hpp"
#include "model/time.hpp"

#include <boost/json/array.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace holdfast::cli {

// One line per service for a terminal: name, status, and a bar while its image is pulled or the
// cause while it fails. What is still on its way comes first.
[[nodiscard]] std::vector<LiveLine> progressLines(const boost::json::array& services,
                                                  model::WallTime now, std::size_t columns);

// "[=======>     ]", `cells` wide between the brackets.
[[nodiscard]] std::string progressBar(double share, std::size_t cells);

// The same as plain lines for scripts and logs: one per change of a service's status.
class ProgressLog {
 public:
  // The lines for what changed since the last call.
  [[nodiscard]] std::string changes(const boost::json::array& services, model::WallTime now);

 private:
  std::map<std::string, std::string> shown_;
};

// Those of settled services that are not at their state: in `error`, or pending all the same
// (waiting for a dependency that fails). Views into `services`.
[[nodiscard]] std::vector<const boost::json::value*> notThere(const boost::json::array& services);

// "monitoring/nodered: ImagePullBackOff: manifest unknown ; next retry: in 18s (3/10)".
[[nodiscard]] std::string failureLine(const boost::json::value& service, model::WallTime now);

}  // namespace holdfast::cli
