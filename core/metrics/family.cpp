// SPDX-License-Identifier: Apache-2.0
#include "metrics/family.hpp"

#include "model/text.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::metrics {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr std::size_t kMaxLabel = 256;

bool before(const ClientMetric& a, const ClientMetric& b) {
  return a.label < b.label;
}

bool same(const ClientMetric& a, const ClientMetric& b) {
  return a.label == b.label;
}

void arrangeSeries(std::vector<ClientMetric>& series) {
  std::stable_sort(series.begin(), series.end(), before);
  series.erase(std::unique(series.begin(), series.end(), same), series.end());
}

}  // namespace

std::string labelText(std::string_view value) {
  return model::oneLine(value, kMaxLabel);
}

double secondsOf(model::WallTime at) {
  return secondsOf(at.time_since_epoch());
}

double secondsOf(std::chrono::duration<double> time) {
  return time.count();
}

Family::Family(std::string name, std::string help) {
  family_.type = name.ends_with("_total") ? MetricType::Counter : MetricType::Gauge;
  family_.name = std::move(name);
  family_.help = std::move(help);
}

void Family::add(std::initializer_list<Label> labels, double value) {
  ClientMetric series;
  for (const auto& label : labels) {
    series.label.push_back({label.name, labelText(label.value)});
  }
  (family_.type == MetricType::Counter ? series.counter.value : series.gauge.value) = value;
  family_.metric.push_back(std::move(series));
}

void Family::moveTo(Families& families) {
  if (!family_.metric.empty()) {
    families.push_back(std::move(family_));
  }
}

void arrange(Families& families) {
  std::stable_sort(families.begin(), families.end(),
                   [](const auto& a, const auto& b) { return a.name < b.name; });
  for (auto& family : families) {
    arrangeSeries(family.metric);
  }
}

}  // namespace holdfast::metrics
