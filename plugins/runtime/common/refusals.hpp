// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runtime/common/container_spec.hpp"

#include <string>

namespace holdfast::runtime {

// Why no engine can run this specification: one line that names the member, empty when one can.
[[nodiscard]] std::string commonRefusalOf(const ContainerSpec& spec);

}  // namespace holdfast::runtime
