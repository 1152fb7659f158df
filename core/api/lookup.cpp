// SPDX-License-Identifier: Apache-2.0
#include "api/lookup.hpp"

#include "model/nearest.hpp"

namespace holdfast::api {
namespace {

std::string hint(const std::string& word, const std::vector<std::string>& known) {
  const auto near = model::nearest(word, known);
  return near.empty() ? "" : "; did you mean '" + near + "'?";
}

}  // namespace

const engine::ServiceView* find(const engine::Snapshot& snapshot, const Request& request) {
  return snapshot.find(request.captures.at("app"), request.captures.at("service"));
}

std::vector<const engine::ServiceView*> servicesOf(const engine::Snapshot& snapshot,
                                                   std::string_view app) {
  std::vector<const engine::ServiceView*> services;
  for (const auto& view : snapshot.services) {
    if (view.isOf(app)) {
      services.push_back(&view);
    }
  }
  return services;
}

Response noSuchService(const engine::Snapshot& snapshot, const Request& request) {
  const auto& app = request.captures.at("app");
  const auto& service = request.captures.at("service");
  std::vector<std::string> apps;
  std::vector<std::string> services;
  for (const auto& view : snapshot.services) {
    apps.push_back(view.status.appName);
  }
  for (const auto* view : servicesOf(snapshot, app)) {
    services.push_back(view->status.serviceName);
  }
  if (!snapshot.target) {
    return problem(404, "no target was accepted yet, so there is no service");
  }
  return services.empty() ? problem(404, "the target has no app '" + app + "'" + hint(app, apps))
                          : problem(404, "app '" + app + "' has no service '" + service + "'" +
                                             hint(service, services));
}

std::string appIdOf(const engine::Snapshot& snapshot, std::string_view app) {
  if (snapshot.target) {
    for (const auto& candidate : snapshot.target->apps) {
      if (candidate.id == app || candidate.name == app) {
        return candidate.id;
      }
    }
  }
  return "";
}

std::string appNameOf(const engine::Snapshot& snapshot, const std::string& appId) {
  if (snapshot.target) {
    for (const auto& candidate : snapshot.target->apps) {
      if (candidate.id == appId) {
        return candidate.name;
      }
    }
  }
  return appId;
}

}  // namespace holdfast::api
