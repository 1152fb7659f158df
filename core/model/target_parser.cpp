// SPDX-License-Identifier: Apache-2.0
#include "model/target_parser.hpp"

#include "model/json_text.hpp"
#include "model/parser/cross_checks.hpp"
#include "model/parser/document_reader.hpp"
#include "model/parser/limits.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace holdfast::model {

namespace {

using parser::AppDraft;
using parser::DocumentDraft;
using parser::Findings;
using parser::ServiceDraft;

void append(std::vector<Problem>& to, const std::vector<Problem>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

void append(std::vector<Problem>& to, const Findings& from) {
  append(to, from.faults);
  append(to, from.notes);
}

void limit(std::vector<Problem>& problems) {
  if (problems.size() <= parser::kMaxProblems)
    return;
  const std::size_t more = problems.size() - parser::kMaxProblems;
  problems.resize(parser::kMaxProblems);
  problems.push_back({"", "and " + std::to_string(more) + " more problems"});
}

// Everything that was found, in the order of the document.
std::vector<Problem> allFindings(const DocumentDraft& draft) {
  std::vector<Problem> problems;
  append(problems, draft.findings);
  for (const auto& app : draft.apps) {
    append(problems, app.findings);
    append(problems, app.declarations);
    for (const auto& service : app.services)
      append(problems, service.findings);
  }
  limit(problems);
  return problems;
}

bool isBelow(const std::string& pointer, const std::string& parent) {
  return !parent.empty() && pointer.starts_with(parent + "/");
}

Findings& findingsAt(const std::string& pointer, DocumentDraft& draft) {
  for (auto& app : draft.apps) {
    if (!isBelow(pointer, app.pointer))
      continue;
    for (auto& service : app.services) {
      if (isBelow(pointer, service.service.pointer))
        return service.findings;
    }
  }
  return draft.findings;
}

// Which of two members of one name is meant nobody knows: a fault wherever it matters.
void addDuplicates(const std::vector<std::string>& pointers, DocumentDraft& draft) {
  for (const auto& pointer : pointers) {
    const std::string message = "the object has this member twice";
    Findings& findings = findingsAt(pointer, draft);
    const bool matters = &findings != &draft.findings || draft.appsPointer.empty() ||
                         pointer == draft.appsPointer || isBelow(pointer, draft.appsPointer);
    matters ? findings.fault(pointer, message) : findings.note(pointer, message);
  }
}

// A name for the `index`th service, which has none or one that is taken: it is shown with its
// faults, and every service of an app needs a name of its own.
std::string placeholder(const Service& service, std::size_t index,
                        const std::set<std::string>& taken) {
  const std::string base = !service.name.empty() ? service.name
                           : service.id.empty()  ? "unnamed"
                                                 : "service-" + service.id;
  std::string name;
  do {
    name = base + "-" + std::to_string(++index);
  } while (taken.count(name) != 0);
  return name;
}

// The services of an app, with faults where they belong.
App takeApp(AppDraft& draft) {
  App app = std::move(draft.app);
  std::set<std::string> taken;
  for (const auto& service : draft.services)
    taken.insert(service.service.name);
  std::set<std::string> used{""};
  for (std::size_t i = 0; i < draft.services.size(); ++i) {
    Service& service = draft.services[i].service;
    service.faults = std::move(draft.services[i].findings.faults);
    append(service.faults, draft.findings.faults);
    if (!used.insert(service.name).second) {
      service.name = placeholder(service, i, taken);
      used.insert(service.name);
      taken.insert(service.name);
      app.hasUnidentifiedServices = true;
    }
    if (service.id.empty())
      service.id = service.name;
    app.services.push_back(std::move(service));
  }
  return app;
}

Target takeTarget(DocumentDraft& draft) {
  Target target = std::move(draft.target);
  for (auto& app : draft.apps)
    target.apps.push_back(takeApp(app));
  return target;
}

}  // namespace

ParseResult parseTarget(std::string_view text, Strictness strictness) {
  ParseResult result;
  const JsonText json = readJson(text, {.bytes = kMaxTargetBytes, .depth = kMaxTargetDepth});
  if (!json.value) {
    result.problems.push_back({"", json.problem});
    return result;
  }
  DocumentDraft draft = parser::readDocument(*json.value);
  parser::crossCheck(draft);
  addDuplicates(json.duplicates, draft);

  auto found = allFindings(draft);
  if (strictness == Strictness::Strict ? !found.empty() : !draft.findings.faults.empty()) {
    result.problems = std::move(found);
    return result;
  }
  result.warnings = std::move(found);
  result.target = takeTarget(draft);
  return result;
}

}  // namespace holdfast::model
