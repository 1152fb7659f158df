// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runtime/common/image_reference.hpp"
#include "runtime/docker/look_cache.hpp"

#include <boost/json/value.hpp>

#include <string>

namespace holdfast::docker {

// The image's name as part of a path; its slashes, colons and "@" stay as they are.
[[nodiscard]] std::string imagePath(const runtime::ImageReference& image);

// Of an answer to GET /images/{name}/json. The digest is the one under which the image's own
// repository knows it, empty when it was never pulled from there.
[[nodiscard]] ImageDetails imageDetailsOf(const boost::json::value& inspected,
                                          const runtime::ImageReference& image);

}  // namespace holdfast::docker
