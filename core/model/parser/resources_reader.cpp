// SPDX-License-Identifier: Apache-2.0
#include "model/parser/resources_reader.hpp"

#include "model/forms/quantity.hpp"
#include "model/forms/words.hpp"
#include "model/parser/members.hpp"

#include <algorithm>
#include <limits>

namespace holdfast::model::parser {

namespace {

constexpr std::int64_t kUnlimited = -1;

using ParseQuantity = Form<std::int64_t> (*)(std::string_view);

std::optional<std::int64_t> readQuantity(const Node& node, std::string_view name,
                                         ParseQuantity parse) {
  const auto found = member(node, name);
  if (!found)
    return std::nullopt;
  if (found->value().is_number())
    return found->accept(parse(numberText(found->value())));
  if (found->value().is_string()) {
    const auto text = found->text();
    return text ? found->accept(parse(*text)) : std::nullopt;
  }
  found->mismatch("a quantity as a string or a number");
  return std::nullopt;
}

struct Quantities {
  std::optional<std::int64_t> cpu;
  std::optional<std::int64_t> memory;
};

Quantities readQuantities(const Node& node, std::string_view name) {
  const auto found = member(node, name);
  if (!found || found->object() == nullptr)
    return {};
  noteUnknown(*found, {"cpu", "memory"});
  return {readQuantity(*found, "cpu", parseNanoCpus), readQuantity(*found, "memory", parseBytes)};
}

void checkLimit(const Node& node, const std::string& name, std::optional<std::int64_t>& limit,
                std::optional<std::int64_t> request) {
  if (limit == 0)
    limit.reset();  // Kubernetes: no limit
  if (limit && request && *request > *limit)
    node.fault("requests." + name + " exceeds limits." + name);
}

std::optional<Ulimit> readUlimit(const Node& node) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (!node.value().is_object()) {
    const auto both = node.integer(kUnlimited, kMost);
    return both ? std::optional(Ulimit{*both, *both}) : std::nullopt;
  }
  noteUnknown(node, {"soft", "hard"});
  const auto soft = member(node, "soft");
  const auto hard = member(node, "hard");
  if (!soft || !hard) {
    node.fault("expected both soft and hard, or a number for both");
    return std::nullopt;
  }
  const auto softValue = soft->integer(kUnlimited, kMost);
  const auto hardValue = hard->integer(kUnlimited, kMost);
  if (!softValue || !hardValue)
    return std::nullopt;
  const bool fits =
      *hardValue == kUnlimited || (*softValue != kUnlimited && *softValue <= *hardValue);
  if (!fits)
    node.fault("the soft limit exceeds the hard one");
  return Ulimit{*softValue, *hardValue};
}

}  // namespace

Resources readResources(const Node& node) {
  if (node.object() == nullptr)
    return {};
  noteUnknown(node, {"limits", "requests"});
  Quantities limits = readQuantities(node, "limits");
  const Quantities requests = readQuantities(node, "requests");
  checkLimit(node, "cpu", limits.cpu, requests.cpu);
  checkLimit(node, "memory", limits.memory, requests.memory);
  Resources resources;
  resources.cpuLimitNano = limits.cpu;
  resources.cpuRequestNano = requests.cpu;
  resources.memoryLimitBytes = limits.memory;
  resources.memoryRequestBytes = requests.memory;
  return resources;
}

std::map<std::string, Ulimit> readUlimits(const Node& node) {
  std::map<std::string, Ulimit> ulimits;
  eachMember(node, [&](const std::string& name, const Node& value) {
    if (std::find(kUlimits.begin(), kUlimits.end(), name) == kUlimits.end()) {
      const std::string near = nearest(name, kUlimits);
      value.fault("unknown limit " + inQuotes(name) + "; expected " + alternatives(kUlimits) +
                  (near.empty() ? "" : "; did you mean " + near + "?"));
    } else if (const auto ulimit = readUlimit(value)) {
      ulimits[name] = *ulimit;
    }
  });
  return ulimits;
}

}  // namespace holdfast::model::parser
