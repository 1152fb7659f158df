// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/image_reference.hpp"

#include <algorithm>

namespace holdfast::runtime {
namespace {

constexpr std::size_t kMaxNameLength = 255;
constexpr std::size_t kMaxTagLength = 128;
constexpr std::size_t kMinDigestHex = 32;

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isLower(char c) {
  return c >= 'a' && c <= 'z';
}
bool isUpper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool isHex(char c) {
  return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool isWord(char c) {
  return isDigit(c) || isLower(c) || isUpper(c) || c == '_';
}

// [a-z0-9]+ joined by ".", "_", "__" or any number of "-".
bool isPathComponent(std::string_view text) {
  const auto isAlphanumeric = [](char c) { return isLower(c) || isDigit(c); };
  if (text.empty() || !isAlphanumeric(text.front()) || !isAlphanumeric(text.back())) {
    return false;
  }
  for (std::size_t at = 0; at < text.size();) {
    if (isAlphanumeric(text[at])) {
      ++at;
      continue;
    }
    const char separator = text[at];
    const std::size_t end = std::min(text.find_first_not_of(separator, at), text.size());
    const std::size_t length = end - at;
    const bool allowed =
        separator == '-' || (separator == '.' && length == 1) || (separator == '_' && length <= 2);
    if (!allowed || !isAlphanumeric(text[end])) {
      return false;
    }
    at = end;
  }
  return true;
}

bool isPath(std::string_view path) {
  for (;;) {
    const std::size_t slash = path.find('/');
    if (!isPathComponent(path.substr(0, slash))) {
      return false;
    }
    if (slash == std::string_view::npos) {
      return true;
    }
    path.remove_prefix(slash + 1);
  }
}

bool isDomain(std::string_view domain) {
  std::string_view host = domain;
  if (const std::size_t colon = domain.rfind(':');
      colon != std::string_view::npos && domain.find(']', colon) == std::string_view::npos) {
    const std::string_view port = domain.substr(colon + 1);
    if (port.empty() || !std::all_of(port.begin(), port.end(), isDigit)) {
      return false;
    }
    host = domain.substr(0, colon);
  }
  if (host.starts_with('[')) {
    return host.ends_with(']') && host.size() > 2 &&
           std::all_of(host.begin() + 1, host.end() - 1,
                       [](char c) { return isHex(c) || c == ':' || c == '.'; });
  }
  return !host.empty() && host.front() != '-' && host.front() != '.' && host.back() != '-' &&
         host.back() != '.' && std::all_of(host.begin(), host.end(), [](char c) {
           return (isWord(c) && c != '_') || c == '.' || c == '-';
         });
}

bool isTag(std::string_view tag) {
  return !tag.empty() && tag.size() <= kMaxTagLength && isWord(tag.front()) &&
         std::all_of(tag.begin(), tag.end(),
                     [](char c) { return isWord(c) || c == '.' || c == '-'; });
}

bool isDigest(std::string_view digest) {
  const std::size_t colon = digest.find(':');
  if (colon == std::string_view::npos || colon == 0) {
    return false;
  }
  const std::string_view algorithm = digest.substr(0, colon);
  const std::string_view hex = digest.substr(colon + 1);
  if (algorithm == "sha256" && hex.size() != 64) {
    return false;
  }
  return hex.size() >= kMinDigestHex && std::all_of(hex.begin(), hex.end(), isHex) &&
         std::all_of(algorithm.begin(), algorithm.end(),
                     [](char c) { return isLower(c) || isDigit(c) || c == '+' || c == '.'; });
}

// The first component is a registry when it could be a host name and nothing else.
bool namesRegistry(std::string_view first) {
  return first == "localhost" || first.find_first_of(".:") != std::string_view::npos ||
         std::any_of(first.begin(), first.end(), isUpper);
}

}  // namespace

std::optional<ImageReference> parseImageReference(std::string_view text) {
  ImageReference reference;
  if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
    reference.digest = text.substr(at + 1);
    text = text.substr(0, at);
    if (!isDigest(reference.digest)) {
      return std::nullopt;
    }
  }
  const std::size_t colon = text.rfind(':');
  const std::size_t lastSlash = text.rfind('/');
  if (colon != std::string_view::npos &&
      (lastSlash == std::string_view::npos || colon > lastSlash)) {
    reference.tag = text.substr(colon + 1);
    text = text.substr(0, colon);
    if (!isTag(reference.tag)) {
      return std::nullopt;
    }
  }
  if (reference.tag.empty() && reference.digest.empty()) {
    reference.tag = "latest";
  }
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos && namesRegistry(text.substr(0, slash))) {
    reference.domain = text.substr(0, slash);
    reference.path = text.substr(slash + 1);
  } else {
    reference.domain = "docker.io";
    reference.path = text;
  }
  if (reference.domain == "index.docker.io") {
    reference.domain = "docker.io";
  }
  if (reference.domain == "docker.io" && reference.path.find('/') == std::string::npos) {
    reference.path.insert(0, "library/");
  }
  if (!isDomain(reference.domain) || !isPath(reference.path) ||
      reference.repository().size() > kMaxNameLength) {
    return std::nullopt;
  }
  return reference;
}

}  // namespace holdfast::runtime
