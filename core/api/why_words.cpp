// SPDX-License-Identifier: Apache-2.0
#include "api/why_words.hpp"

#include <algorithm>
#include <cstdio>

namespace holdfast::api {
namespace {

using sdk::ErrorClass;

// Of "2025-10-24T10:15:30.000Z".
std::string clockWords(model::WallTime at, model::WallTime now) {
  const std::string text = model::toRfc3339(at);
  const std::string date = text.substr(0, 10);
  const std::string time = text.substr(11, 8) + " UTC";
  return date == model::toRfc3339(now).substr(0, 10) ? time : date + " " + time;
}

model::Milliseconds positive(model::Milliseconds length) {
  return std::max(length, model::Milliseconds{0});
}

}  // namespace

std::string pastWords(model::WallTime at, const model::Now& now) {
  return clockWords(at, now.wall) + " (" + model::humanDuration(positive(now.wall - at)) + " ago)";
}

std::string futureWords(model::WallTime at, const model::Now& now) {
  return clockWords(at, now.wall) + " (in " + model::humanDuration(positive(at - now.wall)) + ")";
}

std::string lengthWords(model::Milliseconds length) {
  constexpr model::Milliseconds kSecond{1'000};
  if (length < kSecond)
    return std::to_string(length.count()) + "ms";
  if (length >= 10 * kSecond)
    return model::humanDuration(length);
  const auto tenths = length.count() / 100;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + "s";
}

std::string callWords(const std::string& call) {
  std::string words;
  for (const char c : call) {
    const bool upper = c >= 'A' && c <= 'Z';
    words += upper ? " " : "";
    words += upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return words;
}

// docs/behaviour.md "Error classes".
std::string_view classMeaning(ErrorClass errorClass) {
  switch (errorClass) {
    case ErrorClass::Transient:
      return "a passing fault (network, time-out, damaged data, full disk): the same may work "
             "later";
    case ErrorClass::RateLimited:
      return "the registry asked for fewer requests: every pull from it waits";
    case ErrorClass::Denied:
      return "credentials are missing, wrong or not sufficient";
    case ErrorClass::NotFound:
      return "the named thing does not exist there; it is tried again, since tags appear";
    case ErrorClass::Rejected:
      return "the engine refuses to run it as it is";
    case ErrorClass::Invalid:
      return "it can never work like this: only a changed specification helps";
    case ErrorClass::Conflict:
      return "something else holds the name or the port";
    case ErrorClass::Unavailable:
      return "the engine itself does not answer; the service is not to blame";
    case ErrorClass::Ok:
    case ErrorClass::Cancelled:
    case ErrorClass::Internal:
      break;
  }
  return "the plugin failed; see 'holdfast plugins'";
}

std::string sourceWords(const engine::StoredTarget& target) {
  switch (target.source) {
    case engine::TargetSource::File:
      return "the file " + target.sourceDetail;
    case engine::TargetSource::Cloud:
      return "the cloud at " + target.sourceDetail;
    case engine::TargetSource::Api:
      break;
  }
  return "the API";
}

std::string nameOf(const engine::ServiceView& view) {
  return view.status.appName + "/" + view.status.serviceName;
}

}  // namespace holdfast::api
