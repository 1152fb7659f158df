// SPDX-License-Identifier: Apache-2.0
#include "cli/status_view.hpp"

#include "cli/json_view.hpp"
#include "cli/service_words.hpp"

#include <utility>

namespace holdfast::cli {
namespace json = boost::json;
namespace {

// As much of a container's id as people use.
constexpr std::size_t kShortId = 12;

std::string containerAge(const json::value& service, model::WallTime now) {
  const auto started = instant(service, "startedAt");
  return started ? age(*started, now) : std::string();
}

std::string errorMessage(const json::value& service) {
  const json::value* const error = member(service, "error");
  return error == nullptr ? std::string() : text(*error, "message");
}

}  // namespace

Table statusTable(const json::array& services, model::WallTime now, Breadth breadth) {
  std::vector<std::string> headings{"APP",      "SERVICE",    "STATUS", "READY",
                                    "RESTARTS", "NEXT-RETRY", "AGE",    "IMAGE"};
  if (breadth == Breadth::Wide) {
    headings.insert(headings.end(), {"RUNNING", "CONTAINER", "RUNTIME", "ERROR"});
  }
  Table table(std::move(headings));
  for (const json::value& service : services) {
    std::vector<std::string> cells{text(service, "appName"),   text(service, "serviceName"),
                                   statusWord(service),        text(service, "ready"),
                                   restarts(service, now),     nextRetry(service, now),
                                   containerAge(service, now), text(service, "imageName")};
    if (breadth == Breadth::Wide) {
      cells.push_back(text(service, "runningImage"));
      cells.push_back(text(service, "containerId").substr(0, kShortId));
      cells.push_back(text(service, "runtime"));
      cells.push_back(errorMessage(service));
    }
    table.add(std::move(cells));
  }
  return table;
}

json::array chosen(const json::array& services, std::string_view wanted) {
  if (wanted.empty()) {
    return services;
  }
  const std::size_t slash = wanted.rfind('/');
  const std::string_view app = wanted.substr(0, slash);
  const std::string_view name =
      slash == std::string_view::npos ? std::string_view() : wanted.substr(slash + 1);
  json::array some;
  for (const json::value& service : services) {
    const bool sameApp = text(service, "appName") == app || text(service, "appId") == app;
    if (sameApp && (name.empty() || text(service, "serviceName") == name)) {
      some.push_back(service);
    }
  }
  return some;
}

Tint tintOf(const json::value& service) {
  const std::string word = rawText(service, "serviceStatus");
  if (word == "error") {
    return Tint::Bad;
  }
  if (word == "running") {
    return flag(service, "ready") ? Tint::Good : Tint::Busy;
  }
  return word == "pending" ? Tint::Busy : Tint::None;
}

std::string tinted(std::string_view line, Tint tint) {
  const char* const code = tint == Tint::Good   ? "\x1b[32m"
                           : tint == Tint::Busy ? "\x1b[33m"
                           : tint == Tint::Bad  ? "\x1b[31m"
                                                : nullptr;
  if (code == nullptr) {
    return std::string(line);
  }
  return std::string(code) + std::string(line) + "\x1b[0m";
}

}  // namespace holdfast::cli
