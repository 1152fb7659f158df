// SPDX-License-Identifier: Apache-2.0
// A metric family in the making. Names, help and labels are English literals of this folder; what
// comes from outside goes into values of labels alone.
#pragma once

#include "model/time.hpp"

#include <prometheus/metric_family.h>

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::metrics {

using Families = std::vector<prometheus::MetricFamily>;

struct Label {
  const char* name;
  std::string_view value;
};

// Fit for a label: one line of UTF-8, at most 256 bytes. A NUL, which ends Prometheus' reading, and
// other control characters are gone.
[[nodiscard]] std::string labelText(std::string_view value);

[[nodiscard]] double secondsOf(model::WallTime at);  // since 1970
[[nodiscard]] double secondsOf(std::chrono::duration<double> time);

class Family {
 public:
  // A counter when `name` ends with "_total", else a gauge.
  Family(std::string name, std::string help);

  void add(std::initializer_list<Label> labels, double value);
  void add(std::initializer_list<Label> labels, bool value) { add(labels, value ? 1.0 : 0.0); }

  // Without series there is no family.
  void moveTo(Families& families);

 private:
  prometheus::MetricFamily family_;
};

// Series by their labels, families by their names; of series with the same labels the first.
void arrange(Families& families);

}  // namespace holdfast::metrics
