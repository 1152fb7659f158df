// SPDX-License-Identifier: Apache-2.0
// Which receivers an alert goes to, and with which others it makes one message.
#pragma once

#include "model/alert.hpp"
#include "model/alert_matcher.hpp"
#include "model/time.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace holdfast::alerts {

// What alerts can be grouped by. The values are not stored.
enum class GroupField { Type, App, Service, Runtime, Severity };

// `alert.route.<number>.*`. Defaults as in etc/holdfast.properties.
struct Route {
  int number = 0;  // 0: the one that holds where no route is configured
  model::AlertMatcher match;
  std::vector<std::string> to;  // names of receivers
  std::vector<GroupField> groupBy{GroupField::App};
  model::Milliseconds groupWait{10'000};
  model::Milliseconds groupInterval{120'000};
  model::Milliseconds repeatInterval{14'400'000};
  bool sendResolved = true;
  bool goesOn = false;  // `continue`: the routes after it are asked, too
};

struct Destination {
  const Route* route = nullptr;
  std::string notifier;

  friend bool operator==(const Destination&, const Destination&) = default;
};

// In the order of their numbers. Immutable.
class Routes {
 public:
  // `receivers` are all that there are. Names in `to` that are none of them are passed over.
  Routes(std::vector<Route> routes, std::vector<std::string> receivers);

  // At most one for each receiver: the first route that leads there. That a receiver fails is told
  // to all others, whatever the routes say.
  [[nodiscard]] std::vector<Destination> destinations(const model::Alert& alert) const;

  // The route of that number, else the default one.
  [[nodiscard]] const Route& numbered(int number) const;

  [[nodiscard]] bool isReceiver(std::string_view name) const;

 private:
  void add(const Route& route, const std::string& notifier, std::vector<Destination>& to) const;

  std::vector<Route> routes_;
  std::vector<std::string> receivers_;
  Route everything_;
};

// Name of the group of alerts that the route tells together: [0-9a-f]{16}, the same after each
// restart.
[[nodiscard]] std::string groupOf(const Route& route, const model::Alert& alert);

}  // namespace holdfast::alerts
