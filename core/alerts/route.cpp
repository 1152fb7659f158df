// SPDX-License-Identifier: Apache-2.0
#include "alerts/route.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::alerts {
namespace {

using model::Alert;
using model::AlertType;

std::string valueOf(GroupField field, const Alert& alert) {
  switch (field) {
    case GroupField::Type:
      return std::string(model::word(alert.type));
    case GroupField::App:
      return alert.subject.appId;
    case GroupField::Service:
      return alert.subject.service;
    case GroupField::Runtime:
      return alert.subject.runtime;
    case GroupField::Severity:
      return std::string(model::word(alert.facts.severity));
  }
  return {};
}

}  // namespace

Routes::Routes(std::vector<Route> routes, std::vector<std::string> receivers)
    : routes_(std::move(routes)), receivers_(std::move(receivers)) {
  std::sort(routes_.begin(), routes_.end(),
            [](const Route& left, const Route& right) { return left.number < right.number; });
  everything_.to = receivers_;
}

bool Routes::isReceiver(std::string_view name) const {
  return std::find(receivers_.begin(), receivers_.end(), name) != receivers_.end();
}

const Route& Routes::numbered(int number) const {
  const auto found = std::find_if(routes_.begin(), routes_.end(),
                                  [number](const Route& route) { return route.number == number; });
  return found == routes_.end() ? everything_ : *found;
}

void Routes::add(const Route& route, const std::string& notifier,
                 std::vector<Destination>& to) const {
  const bool known = std::any_of(to.begin(), to.end(), [&notifier](const Destination& one) {
    return one.notifier == notifier;
  });
  if (known || !isReceiver(notifier))
    return;
  to.push_back({&route, notifier});
}

std::vector<Destination> Routes::destinations(const Alert& alert) const {
  std::vector<Destination> to;
  const bool ofReceiver = alert.type == AlertType::NotifierFailing;
  if (routes_.empty() || ofReceiver) {
    for (const std::string& name : receivers_) {
      if (!ofReceiver || name != alert.subject.notifier)
        add(everything_, name, to);
    }
    return to;
  }
  for (const Route& route : routes_) {
    if (!route.match.matches(alert))
      continue;
    for (const std::string& name : route.to)
      add(route, name, to);
    if (!route.goesOn)
      break;
  }
  return to;
}

std::string groupOf(const Route& route, const Alert& alert) {
  std::string text = "route\xFF" + std::to_string(route.number) + "\xFF";
  for (const GroupField field : route.groupBy)
    text += valueOf(field, alert) + "\xFF";
  return model::fnv1a64(text);
}

}  // namespace holdfast::alerts
