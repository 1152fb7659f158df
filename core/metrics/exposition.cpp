// SPDX-License-Identifier: Apache-2.0
#include "metrics/exposition.hpp"

#include <prometheus/text_serializer.h>

#include <sstream>
#include <utility>

namespace holdfast::metrics {

std::string textOf(const Families& families) {
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, families);
  return std::move(out).str();
}

}  // namespace holdfast::metrics
