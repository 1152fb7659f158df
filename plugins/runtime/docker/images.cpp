// SPDX-License-Identifier: Apache-2.0
#include "runtime/docker/images.hpp"

#include "holdfast/support/http.hpp"
#include "holdfast/support/json.hpp"

#include <boost/json/array.hpp>

#include <optional>

namespace holdfast::docker {

std::string imagePath(const runtime::ImageReference& image) {
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

ImageDetails imageDetailsOf(const boost::json::value& inspected,
                            const runtime::ImageReference& image) {
  ImageDetails details;
  details.id = support::jsonText(inspected, {"Id"});
  details.sizeBytes = support::jsonInteger(inspected, {"Size"});
  if (const boost::json::array* digests = support::jsonArray(inspected, {"RepoDigests"})) {
    for (const boost::json::value& entry : *digests) {
      const std::optional<runtime::ImageReference> known =
          runtime::parseImageReference(support::jsonText(entry));
      if (known && known->repository() == image.repository()) {
        details.digest = known->digest;
      }
    }
  }
  return details;
}

}  // namespace holdfast::docker
