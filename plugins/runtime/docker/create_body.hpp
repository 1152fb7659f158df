// SPDX-License-Identifier: Apache-2.0
// What the container specification becomes in Docker's words (README.md "What is mapped").
#pragma once

#include "runtime/common/container_spec.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace holdfast::docker {

// Networks beyond the first that a container is to join, as JSON. Before API 1.44 a container is
// made with one network only and connected to the others afterwards; a plugin that died in between
// finds here what is still to be done before the first start.
inline constexpr std::string_view kNetworksLabel = "io.holdfast.docker.networks";

// Body of POST /containers/create for an engine that speaks API 1.<apiMinor>.
[[nodiscard]] boost::json::object createBody(const runtime::ContainerSpec& spec, int apiMinor);

// Why Docker cannot run this specification, whatever the state of the engine: one line that names
// the member, empty when it can.
[[nodiscard]] std::string refusalOf(const runtime::ContainerSpec& spec);

}  // namespace holdfast::docker
