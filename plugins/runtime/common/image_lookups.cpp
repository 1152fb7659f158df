// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/image_lookups.hpp"

#include "holdfast/support/http.hpp"
#include "holdfast/support/json.hpp"

#include <boost/json/array.hpp>

#include <optional>

namespace holdfast::runtime {

std::string imagePath(const ImageReference& image) {
  std::string path;
  for (const char character : image.canonical()) {
    if (character == '/' || character == ':' || character == '@') {
      path += character;
    } else {
      path += support::urlEncode({&character, 1});
    }
  }
  return path;
}

std::string imageIdOf(std::string_view id) {
  constexpr std::string_view kAlgorithm = "sha256:";
  const bool bare = !id.empty() && id.find(':') == std::string_view::npos;
  return (bare ? std::string(kAlgorithm) : std::string()) + std::string(id);
}

ImageDetails imageDetailsOf(const boost::json::value& inspected, const ImageReference& image) {
  ImageDetails details;
  details.id = imageIdOf(support::jsonText(inspected, {"Id"}));
  details.sizeBytes = support::jsonInteger(inspected, {"Size"});
  if (const boost::json::array* digests = support::jsonArray(inspected, {"RepoDigests"})) {
    for (const boost::json::value& entry : *digests) {
      const std::optional<ImageReference> known = parseImageReference(support::jsonText(entry));
      if (known && known->repository() == image.repository()) {
        details.digest = known->digest;
      }
    }
  }
  return details;
}

}  // namespace holdfast::runtime
