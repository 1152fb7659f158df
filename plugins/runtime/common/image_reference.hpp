// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace holdfast::runtime {

// An image reference with everything that engines fill in by themselves spelled out.
struct ImageReference {
  std::string domain;  // registry: "docker.io" where the text names none
  std::string path;    // "library/nginx"
  std::string tag;     // "latest" where the text has neither tag nor digest
  std::string digest;  // "sha256:..." or empty

  // "docker.io/library/nginx"
  [[nodiscard]] std::string repository() const { return domain + "/" + path; }

  // What an engine is asked for: repository and digest where there is a digest (which alone decides
  // then), else repository and tag.
  [[nodiscard]] std::string canonical() const {
    return repository() + (digest.empty() ? ":" + tag : "@" + digest);
  }
};

// Reads a reference by the grammar of github.com/distribution/reference, which both engines use.
// Nothing when the engines would not read it either.
[[nodiscard]] std::optional<ImageReference> parseImageReference(std::string_view text);

}  // namespace holdfast::runtime
