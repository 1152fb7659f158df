// SPDX-License-Identifier: Apache-2.0
#include "model/image_reference.hpp"

#include <algorithm>
#include <array>

namespace holdfast::model {

namespace {

constexpr std::string_view kDefaultHost = "docker.io";
constexpr std::string_view kOldDefaultHost = "index.docker.io";
constexpr std::string_view kOfficialPrefix = "library/";
constexpr std::size_t kMaxName = 255;  // host and repository together
constexpr std::size_t kMaxTag = 128;

bool isLower(char c) {
  return c >= 'a' && c <= 'z';
}
bool isUpper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isHex(char c) {
  return isDigit(c) || (c >= 'a' && c <= 'f');
}
bool isAlphaNumeric(char c) {
  return isLower(c) || isUpper(c) || isDigit(c);
}
bool isWord(char c) {
  return isAlphaNumeric(c) || c == '_';
}

template <class Predicate>
bool all(std::string_view text, Predicate predicate) {
  return std::all_of(text.begin(), text.end(), predicate);
}

// Calls `check` with each part between separators; false at the first part that it refuses.
template <class Check>
bool eachPart(std::string_view text, char separator, Check check) {
  for (;;) {
    const auto end = text.find(separator);
    if (!check(text.substr(0, end)))
      return false;
    if (end == std::string_view::npos)
      return true;
    text.remove_prefix(end + 1);
  }
}

bool isHostLabel(std::string_view label) {
  return !label.empty() && label.front() != '-' && label.back() != '-' &&
         all(label, [](char c) { return isAlphaNumeric(c) || c == '-'; });
}

bool isHost(std::string_view host) {
  std::string_view name = host;
  std::string_view rest;
  if (host.starts_with('[')) {
    const auto end = host.find(']');
    if (end == std::string_view::npos || end == 1)
      return false;
    name = host.substr(1, end - 1);
    rest = host.substr(end + 1);
    if (!all(name,
             [](char c) { return isDigit(c) || isHex(c) || (c >= 'A' && c <= 'F') || c == ':'; }))
      return false;
  } else {
    name = host.substr(0, host.find(':'));
    rest = host.substr(name.size());
    if (!eachPart(name, '.', isHostLabel))
      return false;
  }
  return rest.empty() || (rest.size() > 1 && rest.front() == ':' && all(rest.substr(1), isDigit));
}

// Between two runs of letters and digits: one of ". _ __" or any number of dashes.
bool isSeparator(std::string_view text) {
  return text == "." || text == "_" || text == "__" || all(text, [](char c) { return c == '-'; });
}

bool isPathComponent(std::string_view component) {
  const auto plain = [](char c) { return isLower(c) || isDigit(c); };
  if (component.empty() || !plain(component.front()) || !plain(component.back()))
    return false;
  for (std::size_t i = 0; i < component.size();) {
    std::size_t end = i;
    while (end < component.size() && !plain(component[end]))
      ++end;
    if (end > i && !isSeparator(component.substr(i, end - i)))
      return false;
    i = std::max(end, i + 1);
  }
  return true;
}

bool isTag(std::string_view tag) {
  return !tag.empty() && tag.size() <= kMaxTag && isWord(tag.front()) &&
         all(tag, [](char c) { return isWord(c) || c == '.' || c == '-'; });
}

bool isDigest(std::string_view digest) {
  struct Algorithm {
    std::string_view name;
    std::size_t digits;
  };
  static constexpr std::array kAlgorithms{Algorithm{"sha256", 64}, Algorithm{"sha384", 96},
                                          Algorithm{"sha512", 128}};
  const auto colon = digest.find(':');
  if (colon == std::string_view::npos)
    return false;
  const std::string_view hex = digest.substr(colon + 1);
  return std::any_of(kAlgorithms.begin(), kAlgorithms.end(), [&](const Algorithm& algorithm) {
    return algorithm.name == digest.substr(0, colon) && hex.size() == algorithm.digits &&
           all(hex, isHex);
  });
}

// What stands before the first slash is a host only if it looks like one; "a/b" is on docker.io.
bool looksLikeHost(std::string_view text) {
  return text.find_first_of(".:[") != std::string_view::npos || text == "localhost" ||
         std::any_of(text.begin(), text.end(), isUpper);
}

FormError refused(std::string_view text, const std::string& because) {
  return formError(inQuotes(text) + " is no image reference: " + because);
}

}  // namespace

std::string ImageReference::normalised() const {
  return host + "/" + repository + (tag.empty() ? "" : ":" + tag) +
         (digest.empty() ? "" : "@" + digest);
}

Form<ImageReference> parseImageReference(std::string_view text) {
  ImageReference result;
  std::string_view name = text;
  if (const auto at = name.find('@'); at != std::string_view::npos) {
    result.digest = name.substr(at + 1);
    name = name.substr(0, at);
    if (!isDigest(result.digest))
      return refused(text, "expected a digest such as sha256:<64 hex digits> after the '@'");
  }
  const auto slash = name.rfind('/');
  const auto colon = name.find(':', slash == std::string_view::npos ? 0 : slash);
  if (colon != std::string_view::npos) {
    result.tag = name.substr(colon + 1);
    name = name.substr(0, colon);
    if (!isTag(result.tag))
      return refused(text, "expected a tag of up to 128 letters, digits, '_', '.' and '-'");
  }
  if (result.tag.empty() && result.digest.empty())
    result.tag = "latest";

  result.host = kDefaultHost;
  const auto first = name.find('/');
  if (first != std::string_view::npos && looksLikeHost(name.substr(0, first))) {
    result.host = name.substr(0, first);
    name.remove_prefix(first + 1);
    if (!isHost(result.host))
      return refused(text, inQuotes(result.host) + " is no host name with an optional port");
  }
  if (result.host == kOldDefaultHost)
    result.host = kDefaultHost;
  if (result.host == kDefaultHost && name.find('/') == std::string_view::npos)
    result.repository = kOfficialPrefix;
  result.repository += name;

  if (name.empty())
    return refused(text, "it names no repository");
  if (!eachPart(name, '/', isPathComponent))
    return refused(text,
                   "a repository consists of lower-case letters and digits, with '.', '_', "
                   "'__', '-' and '/' between them");
  if (result.host.size() + 1 + result.repository.size() > kMaxName)
    return refused(text, "host and repository together exceed 255 characters");
  if (text.size() == 64 && all(text, isHex))
    return refused(text, "64 hex digits are the id of an image, which no registry knows");
  return result;
}

std::string withoutLogin(std::string_view text) {
  std::size_t at = text.rfind('@');
  if (at != std::string_view::npos && at > 0 && text.substr(at + 1).starts_with("sha256:"))
    at = text.rfind('@', at - 1);  // behind the last one is a digest, not a host
  const std::size_t scheme = text.find("://");
  const std::size_t from = scheme == std::string_view::npos ? 0 : scheme + 3;
  if (at == std::string_view::npos || at <= from)
    return std::string(text);
  return std::string(text.substr(0, from)) + "***" + std::string(text.substr(at));
}

std::string registryHost(std::string_view reference) {
  const auto parsed = parseImageReference(reference);
  return parsed ? parsed->host : std::string();
}

bool sameImage(std::string_view one, std::string_view other) {
  const auto left = parseImageReference(one);
  const auto right = parseImageReference(other);
  return left && right && left->normalised() == right->normalised();
}

}  // namespace holdfast::model
