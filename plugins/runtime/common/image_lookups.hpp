// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runtime/common/image_reference.hpp"
#include "runtime/common/look_cache.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace holdfast::runtime {

// The image's name as part of a path; its slashes, colons and "@" stay as they are.
[[nodiscard]] std::string imagePath(const ImageReference& image);

// The engine's id of an image as "sha256:...", however the engine writes it.
[[nodiscard]] std::string imageIdOf(std::string_view id);

// Of an answer to GET /images/{name}/json. The digest is the one under which the image's own
// repository knows it, empty when it was never pulled from there.
[[nodiscard]] ImageDetails imageDetailsOf(const boost::json::value& inspected,
                                          const ImageReference& image);

}  // namespace holdfast::runtime
