// SPDX-License-Identifier: Apache-2.0
#include "model/parser/service_reader.hpp"

#include "model/container_spec.hpp"
#include "model/image_reference.hpp"
#include "model/parser/limits.hpp"
#include "model/parser/members.hpp"
#include "model/parser/service_members.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <set>

namespace holdfast::model::parser {

namespace {

constexpr std::array<std::pair<std::string_view, DesiredState>, 3> kStates{
    {{"running", DesiredState::Running},
     {"stopped", DesiredState::Stopped},
     {"paused", DesiredState::Paused}}};

// Beside serviceName. The second line is what the cloud sends along and nobody reads.
const std::vector<std::string_view>& ownMembers() {
  static const std::vector<std::string_view> kOwn = [] {
    std::vector<std::string_view> names{"serviceId",     "serviceName", "imageName", "state",
                                        "config",        "appId",       "appName",   "status",
                                        "serviceStatus", "containerId", "error"};
    for (const auto& known : serviceMembers()) {
      if (known.flat)
        names.push_back(known.name);
    }
    return names;
  }();
  return kOwn;
}

const std::vector<std::string_view>& configMembers() {
  static const std::vector<std::string_view> kConfig = [] {
    std::vector<std::string_view> names;
    for (const auto& known : serviceMembers())
      names.push_back(known.name);
    return names;
  }();
  return kConfig;
}

bool contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Like noteUnknown, but knows what was meant when a member stands one level too high.
void noteUnknownMembers(const Node& node) {
  for (const auto& [name, value] : *node.value().if_object()) {
    if (node.findings().notesAreFull())
      return;
    if (contains(ownMembers(), name))
      continue;
    const std::string near = nearest(name, ownMembers());
    const std::string hint = contains(configMembers(), name) ? "; it belongs under config"
                             : near.empty()                  ? ""
                                                             : "; did you mean " + near + "?";
    node.findings().note(node.child(name, value).pointer(),
                         "unknown member " + inQuotes(name) + hint);
  }
}

void readIdentity(const Node& node, ServiceDraft& draft) {
  Service& service = draft.service;
  if (const auto name = member(node, "serviceName")) {
    service.name = readName(*name).value_or("");
  } else {
    node.fault("the member serviceName is missing");
  }
  const auto id = member(node, "serviceId");
  service.id = id ? readId(*id).value_or("") : "";
  if (service.id.empty())
    service.id = service.name;
  if (const auto state = member(node, "state"))
    service.state = readWord(*state, kStates).value_or(service.state);
}

// What `config` says counts first; what stands beside serviceName is checked all the same.
void readContainer(const Node& node, ServiceDraft& draft) {
  const auto config = member(node, "config");
  if (config && config->object() != nullptr)
    noteUnknown(*config, configMembers());
  for (const auto& known : serviceMembers()) {
    const auto below = config ? member(*config, known.name) : std::nullopt;
    const auto beside = known.flat ? member(node, known.name) : std::nullopt;
    if (below)
      known.read(*below, draft);
    if (beside && below) {
      ServiceDraft unused;
      known.read(*beside, unused);
    } else if (beside) {
      known.read(*beside, draft);
    }
  }
}

void readImageName(const Node& node, ServiceDraft& draft) {
  if (const auto name = member(node, "imageName")) {
    draft.service.image = name->text().value_or("");
    draft.imagePointer = name->pointer();
  }
  if (draft.imagePointer.empty()) {
    node.fault("the image is missing; expected imageName, config.image or image");
  } else if (!draft.service.image.empty()) {
    // A note: at run time it shows as InvalidImageName.
    if (!parseImageReference(draft.service.image)) {
      draft.service.image = withoutLogin(draft.service.image);
      draft.findings.note(draft.imagePointer,
                          parseImageReference(draft.service.image).error().message);
    }
  }
}

void checkMountPoints(ServiceDraft& draft) {
  std::set<std::string> seen;
  for (const auto& [path, pointer] : draft.mountPoints) {
    if (!seen.insert(path).second)
      draft.findings.fault(pointer, "something else is mounted at " + inQuotes(path) + " already");
  }
}

void checkNetworkMode(const Node& node, ServiceDraft& draft) {
  const Service& service = draft.service;
  if (!service.networks.empty() && !joinsNetworks(service))
    node.fault("networks cannot be joined with networkMode " + inQuotes(service.networkMode));
}

}  // namespace

std::optional<std::string> readId(const Node& node) {
  if (node.value().is_string())
    return readName(node);
  if (!node.value().is_number()) {
    node.mismatch("a number or a string");
    return std::nullopt;
  }
  const auto number = node.integer(0, std::numeric_limits<std::int64_t>::max());
  return number ? std::optional(std::to_string(*number)) : std::nullopt;
}

std::optional<std::string> readName(const Node& node) {
  auto name = node.text();
  if (name && !isUsableName(node, *name))
    return std::nullopt;
  return name;
}

bool isUsableName(const Node& node, std::string_view name) {
  if (!node.nameIsText(name))
    return false;
  if (name.size() > kMaxNameBytes) {
    node.fault("the name has " + std::to_string(name.size()) + " bytes; expected at most " +
               std::to_string(kMaxNameBytes));
  } else if (name.find('/') != std::string_view::npos) {
    node.fault("the name " + inQuotes(name) + " contains a slash");
  } else {
    return true;
  }
  return false;
}

ServiceDraft readService(const Node& place) {
  ServiceDraft draft;
  draft.service.pointer = place.pointer();
  const Node node = place.reportingTo(draft.findings);
  if (node.object() == nullptr)
    return draft;
  noteUnknownMembers(node);
  readIdentity(node, draft);
  readContainer(node, draft);
  readImageName(node, draft);
  checkMountPoints(draft);
  checkNetworkMode(node, draft);
  return draft;
}

}  // namespace holdfast::model::parser
