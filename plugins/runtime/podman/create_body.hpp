// SPDX-License-Identifier: Apache-2.0
// What the container specification becomes in Podman's words (README.md "What is mapped").
#pragma once

#include "runtime/common/container_spec.hpp"

#include <boost/json/object.hpp>

namespace holdfast::podman {

// Body of POST /libpod/containers/create, for a specification that refusalOf() does not refuse.
[[nodiscard]] boost::json::object createBody(const runtime::ContainerSpec& spec);

}  // namespace holdfast::podman
