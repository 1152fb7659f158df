// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runtime/common/container_spec.hpp"

#include <string>

namespace holdfast::podman {

// Why Podman cannot run this specification, whatever the state of the engine: one line that names
// the member, empty when it can. What is not refused here, createBody() maps.
[[nodiscard]] std::string refusalOf(const runtime::ContainerSpec& spec);

}  // namespace holdfast::podman
