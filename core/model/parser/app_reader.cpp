// SPDX-License-Identifier: Apache-2.0
#include "model/parser/app_reader.hpp"

#include "model/parser/limits.hpp"
#include "model/parser/lists.hpp"
#include "model/parser/members.hpp"
#include "model/parser/service_reader.hpp"

#include <algorithm>

namespace holdfast::model::parser {

namespace {

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isAlphaNumeric(char c) {
  return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Names of engine objects begin with it, and engines want a letter or digit there.
void checkFirstLetter(const Node& node, const std::string& name) {
  if (!name.empty() && !isAlphaNumeric(name.front()))
    node.fault("the name " + inQuotes(name) +
               " does not begin with a letter or digit (a-z, A-Z, 0-9)");
}

// appId counts; the key of `apps` is the id where there is no appId, and a name where there is one.
void readIds(const Node& node, const Node& inDraft, std::string_view key, App& app) {
  app.id = std::string(key);
  if (const auto id = member(node, "appId")) {
    const bool keyIsId = !key.empty() && std::all_of(key.begin(), key.end(), isDigit);
    const auto found = readId(*id);
    app.id = found.value_or(app.id);
    if (found && keyIsId && *found != key)
      id->fault("appId is " + *found + ", but the app stands under " + inQuotes(key));
  }
  app.name = key.empty() ? app.id : std::string(key);
  if (const auto name = member(inDraft, "appName")) {
    app.name = readName(*name).value_or(app.name);
    checkFirstLetter(*name, app.name);
  }
  if (app.id.empty())
    app.id = app.name;
  if (app.id.empty())
    node.fault("the app has neither appId nor appName");
  if (key.empty() || isUsableName(inDraft, key))
    checkFirstLetter(inDraft, app.id);
  if (key != app.id)
    checkFirstLetter(inDraft, std::string(key));  // the name, where there is no appName
}

// Reads one element of `networks` or `volumes`: its name, and the members that both have.
template <class Object>
void readDeclaration(const Node& place, AppDraft& draft, std::vector<Object>& objects,
                     std::map<std::string, Declaration>& declarations,
                     const std::vector<std::string_view>& known) {
  Findings findings;
  const Node node = place.reportingTo(findings);
  Object object;
  if (node.object() != nullptr) {
    noteUnknown(node, known);
    if (const auto name = member(node, "name")) {
      object.name = readName(*name).value_or("");
    } else {
      node.fault("the member name is missing");
    }
    if (const auto driver = member(node, "driver"))
      object.driver = driver->text().value_or("");
    if (const auto options = member(node, "options"))
      object.options = readTextMap(*options, TextKind::Line);
    if constexpr (requires { object.internal; }) {
      if (const auto internal = member(node, "internal"))
        object.internal = internal->boolean().value_or(false);
    }
  }
  if (declarations.count(object.name) != 0) {
    node.fault("the name " + inQuotes(object.name) + " is used twice");
  } else if (!object.name.empty()) {
    const bool broken = !findings.faults.empty();
    declarations[object.name] = {node.pointer(), broken};
    if (!broken)
      objects.push_back(std::move(object));
  }
  for (auto& problem : findings.faults)
    draft.declarations.fault(std::move(problem.pointer), std::move(problem.message));
  for (auto& problem : findings.notes)
    draft.declarations.note(std::move(problem.pointer), std::move(problem.message));
}

void readDeclarations(const Node& node, AppDraft& draft) {
  if (const auto networks = member(node, "networks")) {
    eachElement(*networks, [&](const Node& element) {
      readDeclaration(element, draft, draft.app.networks, draft.networks,
                      {"name", "driver", "options", "internal"});
    });
  }
  if (const auto volumes = member(node, "volumes")) {
    eachElement(*volumes, [&](const Node& element) {
      readDeclaration(element, draft, draft.app.volumes, draft.volumes,
                      {"name", "driver", "options"});
    });
  }
}

}  // namespace

AppDraft readApp(const Node& place, std::string_view key) {
  AppDraft draft;
  draft.pointer = place.pointer();
  if (place.object() == nullptr)
    return draft;
  const Node node = place.reportingTo(draft.findings);
  noteUnknown(node, {"appId", "appName", "networks", "volumes", "services"});
  readIds(place, node, key, draft.app);
  readDeclarations(node, draft);
  if (const auto services = member(place, "services")) {
    eachElement(*services, [&](const Node& element) {
      if (draft.services.size() <= kMaxServices)
        draft.services.push_back(readService(element));
    });
  }
  return draft;
}

}  // namespace holdfast::model::parser
