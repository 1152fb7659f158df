// SPDX-License-Identifier: Apache-2.0
#include "model/parser/cross_checks.hpp"

#include "model/container_spec.hpp"
#include "model/forms/form.hpp"
#include "model/nearest.hpp"

#include <map>
#include <ranges>
#include <set>

namespace holdfast::model::parser {

namespace {

// Suggestions cost time that grows with the number of names.
constexpr std::size_t kMaxCandidates = 100;

template <class Names>
std::string suggestion(const std::string& name, const Names& known) {
  const std::string near = known.size() <= kMaxCandidates ? nearest(name, known) : "";
  return near.empty() ? "" : "; did you mean " + inQuotes(near) + "?";
}

void checkServiceNames(AppDraft& app) {
  std::map<std::string, std::string> pointers;  // by name
  for (auto& service : app.services) {
    if (service.service.name.empty())
      continue;
    const auto [first, isNew] = pointers.emplace(service.service.name, service.service.pointer);
    if (!isNew) {
      service.findings.fault(
          service.service.pointer + "/serviceName",
          "the service name " + inQuotes(service.service.name) + " is taken by " + first->second);
    }
  }
}

// `references` of a service to networks or volumes of its app.
void checkDeclared(const std::vector<Reference>& references,
                   const std::map<std::string, Declaration>& declarations, const std::string& what,
                   Findings& findings) {
  for (const auto& [name, pointer] : references) {
    if (findings.faultsAreFull())
      return;
    const auto found = declarations.find(name);
    if (found == declarations.end()) {
      findings.fault(pointer, "unknown " + what + " " + inQuotes(name) +
                                  "; expected one of the app's " + what + "s" +
                                  suggestion(name, std::views::keys(declarations)));
    } else if (found->second.broken) {
      findings.fault(pointer, "the " + what + " " + inQuotes(name) + " cannot be made: see " +
                                  found->second.pointer);
    }
  }
}

void checkDependencies(const std::set<std::string>& services, ServiceDraft& service) {
  for (const auto& [name, pointer] : service.dependencies) {
    if (service.findings.faultsAreFull())
      return;
    if (name == service.service.name) {
      service.findings.fault(pointer, "the service depends on itself");
    } else if (services.count(name) == 0) {
      service.findings.fault(pointer, "unknown service " + inQuotes(name) +
                                          "; expected another service of the same app" +
                                          suggestion(name, services));
    }
  }
}

void checkReferences(AppDraft& app) {
  std::map<std::string, Declaration> networks = app.networks;
  networks.try_emplace("default");  // every app has one, declared or not
  std::set<std::string> services;
  for (const auto& service : app.services)
    services.insert(service.service.name);
  for (auto& service : app.services) {
    checkDeclared(service.networks, networks, "network", service.findings);
    checkDeclared(service.volumes, app.volumes, "volume", service.findings);
    checkDependencies(services, service);
  }
}

// Names of engine objects of one kind, and who has them.
class ObjectNames {
 public:
  // The pointer of another owner that has the name already; empty when it is free.
  std::string take(const std::string& name, const std::string& pointer) {
    const auto [owner, isNew] = pointers_.emplace(name, pointer);
    return isNew || owner->second == pointer ? "" : owner->second;
  }

 private:
  std::map<std::string, std::string> pointers_;
};

std::string clash(const std::string& name, const std::string& owner) {
  return "its name on the engine would be " + inQuotes(name) + ", which " + owner + " has already";
}

template <class Object>
void checkDeclarationNames(const App& app, const std::vector<Object>& objects,
                           std::map<std::string, Declaration>& declarations,
                           std::string (*nameOf)(const App&, const std::string&),
                           ObjectNames& names, Findings& findings) {
  for (const auto& object : objects) {
    Declaration& declaration = declarations.at(object.name);
    const std::string onEngine = nameOf(app, object.name);
    const std::string owner = names.take(onEngine, declaration.pointer);
    if (owner.empty())
      continue;
    declaration.broken = true;
    findings.fault(declaration.pointer, clash(onEngine, owner));
  }
}

void checkObjectNames(DocumentDraft& draft) {
  ObjectNames containers;
  ObjectNames networks;
  ObjectNames volumes;
  for (auto& app : draft.apps) {
    checkDeclarationNames(app.app, app.app.networks, app.networks, networkName, networks,
                          app.declarations);
    checkDeclarationNames(app.app, app.app.volumes, app.volumes, volumeName, volumes,
                          app.declarations);
    std::set<std::string> seen;
    for (auto& service : app.services) {
      if (service.service.name.empty() || !seen.insert(service.service.name).second)
        continue;  // told already: no name, or another service's
      const std::string name = containerName(app.app, service.service);
      if (const auto owner = containers.take(name, service.service.pointer); !owner.empty())
        service.findings.fault(service.service.pointer, clash(name, owner));
    }
  }
}

}  // namespace

void crossCheck(DocumentDraft& draft) {
  checkObjectNames(draft);
  for (auto& app : draft.apps) {
    checkServiceNames(app);
    checkReferences(app);
    checkCycles(app);
  }
  checkPorts(draft);
}

}  // namespace holdfast::model::parser
