// SPDX-License-Identifier: Apache-2.0
// Names of images, as Docker and every registry read them (distribution/reference: reference.go has
// the grammar, normalize.go the short forms).
#pragma once

#include "model/forms/form.hpp"

#include <boost/system/result.hpp>

#include <string>
#include <string_view>

namespace holdfast::model {

struct ImageReference {
  std::string host;        // "docker.io" where the text names none; with its port
  std::string repository;  // below the host: "library/nginx"
  std::string tag;     // empty when there is a digest and no tag, "latest" when there is neither
  std::string digest;  // "sha256:..." or empty

  // The form that is the same for every way to write one reference:
  // "docker.io/library/nginx:latest".
  [[nodiscard]] std::string normalised() const;

  friend bool operator==(const ImageReference&, const ImageReference&) = default;
};

// Reads "nginx", "ghcr.io/a/b:1", "127.0.0.1:5000/x@sha256:...". The error says what is wrong.
[[nodiscard]] Form<ImageReference> parseImageReference(std::string_view text);

// `text`, an address or what should have been a reference, as it may be shown: a login in it is
// hidden, "https://user:password@host/image" becomes "https://***@host/image".
[[nodiscard]] std::string withoutLogin(std::string_view text);

// The registry that a reference is pulled from, "docker.io" by default; empty for a text that is no
// reference.
[[nodiscard]] std::string registryHost(std::string_view reference);

// Do both name one image, however it is written? Texts that are no references never do.
[[nodiscard]] bool sameImage(std::string_view one, std::string_view other);

}  // namespace holdfast::model
