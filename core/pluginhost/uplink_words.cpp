// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/uplink_words.hpp"

#include "model/text.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::pluginhost {
namespace {

bool isFactName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxFactName &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
         });
}

// A fact that is told twice has its latest value.
class FactCollector final : public sdk::FactSink {
 public:
  virtual ~FactCollector() = default;

  void fact(std::string_view name, std::string_view value) noexcept override {
    if (!isFactName(name)) {
      return;
    }
    try {
      const auto known = std::find_if(facts.begin(), facts.end(),
                                      [name](const auto& fact) { return fact.name == name; });
      if (known != facts.end()) {
        known->value = model::oneLine(value, kMaxFactValue);
      } else if (facts.size() < kMaxFacts) {
        facts.push_back({std::string(name), model::oneLine(value, kMaxFactValue)});
      }
    } catch (...) {
      // Out of memory: a fact less.
    }
  }

  std::vector<uplink::Fact> facts;
};

}  // namespace

std::string UplinkWords::ask(const sdk::UplinkPlugin& plugin) {
  const std::lock_guard asking(asking_);
  const sdk::EnrolmentStep step = plugin.enrolment();
  if (step < sdk::EnrolmentStep::None || step > sdk::EnrolmentStep::ExchangeKey) {
    return "enrolment returned the unknown step " + std::to_string(static_cast<int>(step));
  }
  FactCollector collector;
  plugin.facts(collector);
  const std::lock_guard lock(mutex_);
  enrolment_ = step;
  facts_ = std::move(collector.facts);
  return {};
}

sdk::EnrolmentStep UplinkWords::enrolment() const {
  const std::lock_guard lock(mutex_);
  return enrolment_;
}

std::vector<uplink::Fact> UplinkWords::facts() const {
  const std::lock_guard lock(mutex_);
  return facts_;
}

}  // namespace holdfast::pluginhost
