// SPDX-License-Identifier: Apache-2.0
#include "api/router.hpp"

#include "api/parameters.hpp"

#include <exception>
#include <optional>
#include <set>

namespace holdfast::api {
namespace {

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    path.remove_prefix(1);  // the '/'
    const auto end = path.find('/');
    segments.emplace_back(path.substr(0, end));
    path = end == std::string_view::npos ? std::string_view{} : path.substr(end);
  }
  return segments;
}

bool isCapture(const std::string& segment) {
  return segment.starts_with('{');
}

using Captures = std::map<std::string, std::string>;

std::optional<Captures> matchSegments(const std::vector<std::string>& pattern,
                                      const std::vector<std::string>& path) {
  if (pattern.size() != path.size()) {
    return std::nullopt;
  }
  Captures captures;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (isCapture(pattern[i])) {
      if (path[i].empty()) {
        return std::nullopt;
      }
      captures[pattern[i].substr(1, pattern[i].size() - 2)] = path[i];
    } else if (pattern[i] != path[i]) {
      return std::nullopt;
    }
  }
  return captures;
}

std::string joined(const std::set<std::string>& methods) {
  std::string text;
  for (const auto& method : methods) {
    text += (text.empty() ? "" : ", ") + method;
  }
  return text;
}

// Splits and decodes. False when the URI is malformed.
bool readUri(std::string_view uri, Request& request, std::vector<std::string>& segments) {
  const auto question = uri.find('?');
  const auto path = uri.substr(0, question);
  if (!path.starts_with('/')) {
    return false;
  }
  if (question != std::string_view::npos && !parseQuery(uri.substr(question + 1), request.query)) {
    return false;
  }
  segments = split(path);
  for (auto& segment : segments) {
    std::string decoded;
    if (!decode(segment, false, decoded)) {
      return false;
    }
    segment = decoded;
  }
  request.path = path;
  return true;
}

}  // namespace

Router::Router(std::vector<Route> routes) {
  for (auto& route : routes) {
    auto segments = split(route.pattern);
    table_.push_back({std::move(route), std::move(segments)});
  }
}

Router::Match Router::match(std::string_view uri, Request& request) const {
  std::vector<std::string> segments;
  if (!readUri(uri, request, segments)) {
    return {nullptr, problem(400,
                             "the request's path or query is malformed: expected a path that "
                             "begins with '/' and complete %XX escapes")};
  }
  const std::string method = request.method == "HEAD" ? "GET" : request.method;
  std::set<std::string> others;
  for (const auto& entry : table_) {
    auto captures = matchSegments(entry.segments, segments);
    if (captures && entry.route.method == method) {
      request.captures = std::move(*captures);
      return {&entry.route, {}};
    }
    if (captures) {
      others.insert(entry.route.method);
    }
  }
  if (others.empty()) {
    return {nullptr, problem(404, "there is nothing at " + request.path)};
  }
  Match match{nullptr, problem(405, request.path + " answers to " + joined(others))};
  match.refusal.headers["Allow"] = joined(others);
  return match;
}

Response Router::answer(const Route& route, const Request& request, Agent& agent) {
  try {
    return route.handler(request, agent);
  } catch (const BadParameter& error) {
    return problem(400, error.what());
  } catch (const NotAnswering& error) {
    return problem(503, error.what());
  } catch (const std::exception& error) {
    return problem(500, std::string("the request failed inside the agent: ") + error.what());
  }
}

}  // namespace holdfast::api
