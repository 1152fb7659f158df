// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/image_lookups.hpp"

#include "holdfast/support/http.hpp"
#include "holdfast/support/json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
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

namespace {

namespace json = boost::json;

// Docker has it in the configuration of containers to be made, Podman beside that.
const json::value* healthcheckOf(const json::value& inspected) {
  const json::object* image = inspected.if_object();
  const json::object* config = support::jsonObject(inspected, {"Config"});
  for (const json::object* place : {config, image}) {
    const json::value* found = place == nullptr ? nullptr : place->if_contains("Healthcheck");
    if (found != nullptr && found->is_object()) {
      return found;
    }
  }
  return nullptr;
}

std::vector<std::string> textsOf(const json::array* values, std::size_t from) {
  std::vector<std::string> texts;
  for (std::size_t at = from; values != nullptr && at < values->size(); ++at) {
    texts.emplace_back(support::jsonText((*values)[at]));
  }
  return texts;
}

// "CMD" and its words, or "CMD-SHELL" and one line for the image's shell. Anything else, "NONE"
// above all, is no check; neither is one whose program has no name, which the host would not take.
std::vector<std::string> argvOf(const json::value& inspected, const json::value& healthcheck) {
  const json::array* test = support::jsonArray(healthcheck, {"Test"});
  if (test == nullptr || test->size() < 2) {
    return {};
  }
  const std::string_view form = support::jsonText(test->front());
  if (form == "CMD" && !support::jsonText((*test)[1]).empty()) {
    return textsOf(test, 1);
  }
  if (form != "CMD-SHELL") {
    return {};
  }
  std::vector<std::string> argv = textsOf(support::jsonArray(inspected, {"Config", "Shell"}), 0);
  if (argv.empty()) {
    argv = {"/bin/sh", "-c"};
  }
  argv.emplace_back(support::jsonText((*test)[1]));
  return argv;
}

// An engine's durations are nanoseconds. One below a millisecond is still one.
std::int64_t millisecondsOf(const json::value& healthcheck, std::string_view key) {
  constexpr std::int64_t kPerMillisecond = 1'000'000;
  const std::int64_t ns = support::jsonInteger(healthcheck, {key});
  return ns <= 0 ? 0 : std::max<std::int64_t>(ns / kPerMillisecond, 1);
}

ImageCheck checkOf(const json::value& inspected) {
  ImageCheck check;
  const json::value* healthcheck = healthcheckOf(inspected);
  if (healthcheck == nullptr) {
    return check;
  }
  check.argv = argvOf(inspected, *healthcheck);
  check.intervalMs = millisecondsOf(*healthcheck, "Interval");
  check.timeoutMs = millisecondsOf(*healthcheck, "Timeout");
  check.startPeriodMs = millisecondsOf(*healthcheck, "StartPeriod");
  const std::int64_t retries = support::jsonInteger(*healthcheck, {"Retries"});
  check.retries = static_cast<std::int32_t>(std::clamp<std::int64_t>(retries, 0, INT32_MAX));
  return check;
}

}  // namespace

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
  details.check = checkOf(inspected);
  return details;
}

}  // namespace holdfast::runtime
