// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/object_steps.hpp"

#include "holdfast/support/json.hpp"
#include "runtime/common/container_spec.hpp"
#include "runtime/common/container_steps.hpp"
#include "runtime/common/image_lookups.hpp"
#include "runtime/common/image_reference.hpp"
#include "runtime/common/ownership.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <optional>
#include <string>

namespace holdfast::runtime {
namespace {

namespace json = boost::json;
using sdk::ErrorClass;
using sdk::Status;

// A network or volume of the step's name. Without a value and with status Ok there is none.
struct Found {
  Status status;
  std::optional<json::value> value;
  std::string owner = {};
  std::string legacyApp = {};  // the app's id on what the original agent made
  bool managed = false;
};

// One kind of named objects: networks or volumes.
struct Kind {
  EngineCall call;
  std::string_view noun;
  const ObjectForm& form;

  // "/networks/<name>"
  [[nodiscard]] std::string path(std::string_view name) const {
    return "/" + std::string(noun) + "s/" + support::urlEncode(name);
  }
};

Kind networkKind(const EngineClient& engine) {
  return {kNetwork, "network", engine.dialect().networkForm()};
}

Kind volumeKind(const EngineClient& engine) {
  return {kVolume, "volume", engine.dialect().volumeForm()};
}

Found lookUp(EngineClient& engine, sdk::Call& call, const Kind& kind, std::string_view name) {
  Found found;
  const EngineAnswer answer =
      engine.call(call, {.path = kind.path(name) + std::string(kind.form.lookSuffix)});
  found.status = answer.status;
  if (!answer.ok() || answer.http() == 404) {
    return found;
  }
  if (!answer.success()) {
    found.status = engine.refuse(call, kind.call, answer.response);
    return found;
  }
  found.value = bodyOf(answer);
  if (!found.value) {
    found.status = engine.noJson(call, answer);
    return found;
  }
  if (support::jsonText(*found.value, {kind.form.nameKey}) != name) {
    found.value.reset();  // found by the beginning of its id
    return found;
  }
  if (const json::object* labels = support::jsonObject(*found.value, {kind.form.labelsKey})) {
    found.owner = labelOf(*labels, sdk::kOwnerLabel);
    found.legacyApp = labelOf(*labels, sdk::kLegacyAppLabel);
    found.managed = engine.dialect().manages(*labels);
  }
  return found;
}

std::string labelIn(const StringMap& labels, std::string_view key) {
  const auto label = labels.find(std::string(key));
  return label == labels.end() ? std::string() : label->second;
}

std::string ownerIn(const StringMap& labels) {
  return labelIn(labels, sdk::kOwnerLabel);
}

Status foreign(sdk::Call& call, std::string_view kind, std::string_view name) {
  return fail(call, ErrorClass::Conflict,
              std::string(kind) + " " + std::string(name) +
                  " was not made by this agent and is left alone: remove or rename it");
}

EngineAnswer postCreation(EngineClient& engine, sdk::Call& call, const Kind& kind,
                          json::object body) {
  return engine.call(call, {.method = "POST",
                            .path = "/" + std::string(kind.noun) + "s/create",
                            .body = std::move(body),
                            .timeoutMs = Timeouts::kNetwork});
}

// One that the original agent made for this app is joined as it is: containers that are still that
// agent's can be reached there. Its name is the one that we give.
Status judgeExistingNetwork(const Found& found, const StringMap& labels, std::string_view name,
                            sdk::Call& call) {
  const bool ours = found.managed && found.owner == ownerIn(labels);
  const bool legacy = found.owner.empty() && !found.legacyApp.empty() &&
                      found.legacyApp == labelIn(labels, sdk::kAppLabel);
  return ours || legacy ? Status{} : foreign(call, "network", name);
}

Status createNetwork(EngineClient& engine, const sdk::Step& step, sdk::Call& call) {
  std::string problem;
  const auto spec = parseNetworkSpec(step.specJson, problem);
  if (!spec) {
    return fail(call, ErrorClass::Invalid, problem);
  }
  const EngineClient::NetworkTurn turn(engine, call);
  if (!turn) {
    return fail(call, ErrorClass::Cancelled, "cancelled");
  }
  const Kind kind = networkKind(engine);
  Found found = lookUp(engine, call, kind, step.name);
  if (!found.status.ok()) {
    return found.status;
  }
  if (found.value) {
    return judgeExistingNetwork(found, spec->labels, step.name, call);
  }
  const EngineAnswer answer =
      postCreation(engine, call, kind, engine.dialect().networkBody(step.name, *spec));
  if (!answer.ok() || answer.success()) {
    return answer.status;
  }
  if (answer.http() == 409) {  // made by somebody since we looked
    found = lookUp(engine, call, kind, step.name);
    if (found.status.ok() && found.value) {
      return judgeExistingNetwork(found, spec->labels, step.name, call);
    }
  }
  return engine.refuse(call, kNetwork, answer.response);
}

// A volume that is there without an owner holds somebody's data for this service, laid out by hand
// or by the original agent: it is used as it is. One that belongs to another agent is not.
Status judgeExistingVolume(const Found& found, const std::string& owner, std::string_view name,
                           sdk::Call& call) {
  const bool usable = found.owner.empty() || found.owner == owner;
  return usable ? Status{} : foreign(call, "volume", name);
}

Status createVolume(EngineClient& engine, const sdk::Step& step, sdk::Call& call) {
  std::string problem;
  const auto spec = parseVolumeSpec(step.specJson, problem);
  if (!spec) {
    return fail(call, ErrorClass::Invalid, problem);
  }
  const std::string owner = ownerIn(spec->labels);
  const Kind kind = volumeKind(engine);
  Found found = lookUp(engine, call, kind, step.name);
  if (!found.status.ok()) {
    return found.status;
  }
  if (found.value) {
    return judgeExistingVolume(found, owner, step.name, call);
  }
  const EngineAnswer answer =
      postCreation(engine, call, kind, engine.dialect().volumeBody(step.name, *spec));
  if (!answer.ok() || answer.success()) {
    return answer.status;
  }
  found = lookUp(engine, call, kind, step.name);  // made by somebody since we looked?
  if (found.status.ok() && found.value) {
    return judgeExistingVolume(found, owner, step.name, call);
  }
  return engine.refuse(call, kVolume, answer.response);
}

Status removeObject(EngineClient& engine, const sdk::Step& step, sdk::Call& call,
                    const Kind& kind) {
  const Found found = lookUp(engine, call, kind, step.name);
  if (!found.status.ok() || !found.value) {
    return found.status;
  }
  if (!found.managed) {
    return foreign(call, kind.noun, step.name);
  }
  const EngineAnswer answer = engine.call(
      call, {.method = "DELETE", .path = kind.path(step.name), .timeoutMs = Timeouts::kNetwork});
  if (!answer.ok() || answer.success() || answer.http() == 404) {
    return answer.status;
  }
  return engine.refuse(call, kind.call, answer.response);
}

// The id as the engine writes it; nothing when there is no such image.
Status lookUpImage(EngineClient& engine, sdk::Call& call, const std::string& path,
                   std::optional<std::string>& id) {
  const EngineAnswer answer = engine.call(call, {.path = path + "/json"});
  if (!answer.ok() || answer.http() == 404) {
    return answer.status;
  }
  if (answer.http() != 200) {
    return engine.refuse(call, kLook, answer.response);
  }
  const std::optional<json::value> body = bodyOf(answer);
  if (!body || support::jsonText(*body, {"Id"}).empty()) {
    return engine.noJson(call, answer);
  }
  id = support::jsonText(*body, {"Id"});
  return {};
}

// Containers in any state count, whoever made them.
Status findUser(EngineClient& engine, sdk::Call& call, const std::string& imageId, bool& used) {
  const json::object filter{{"ancestor", json::array{imageId}}};
  const EngineAnswer answer = engine.call(
      call,
      {.path = "/containers/json?all=1&filters=" + support::urlEncode(json::serialize(filter))});
  if (!answer.ok()) {
    return answer.status;
  }
  if (answer.http() != 200) {
    return engine.refuse(call, kLook, answer.response);
  }
  const std::optional<json::value> body = bodyOf(answer);
  const json::array* containers = body ? body->if_array() : nullptr;
  if (containers == nullptr) {
    return engine.noJson(call, answer);
  }
  // The filter also finds containers of images that were built on top of this one.
  used = std::any_of(containers->begin(), containers->end(), [&](const json::value& container) {
    return imageIdOf(support::jsonText(container, {"ImageID"})) == imageIdOf(imageId);
  });
  return {};
}

// Never by force, and never without looking who uses it: engines protect an image in use only while
// it has a single name, and take one of several away; Podman's force removes running containers.
Status removeImage(EngineClient& engine, const sdk::Step& step, sdk::Call& call) {
  const auto image = parseImageReference(step.image);
  if (!image) {
    return fail(call, ErrorClass::Invalid, "invalid reference format");
  }
  const std::string path = "/images/" + imagePath(*image);
  std::optional<std::string> id;
  Status status = lookUpImage(engine, call, path, id);
  if (!status.ok() || !id) {
    return status;
  }
  bool used = false;
  status = findUser(engine, call, *id, used);
  if (!status.ok() || used) {
    return status;
  }
  const EngineAnswer answer =
      engine.call(call, {.method = "DELETE", .path = path, .timeoutMs = Timeouts::kRemove});
  const int http = answer.http();
  if (!answer.ok() || http == 200 || http == 404 || http == 409) {
    return answer.status;
  }
  return engine.refuse(call, kRemove, answer.response);
}

}  // namespace

Status executeStep(EngineClient& engine, const sdk::Step& step, sdk::Call& call) {
  switch (step.kind) {
    case sdk::StepKind::CreateNetwork:
      return createNetwork(engine, step, call);
    case sdk::StepKind::CreateVolume:
      return createVolume(engine, step, call);
    case sdk::StepKind::CreateContainer:
      return createContainer(engine, step, call);
    case sdk::StepKind::StartContainer:
      return startContainer(engine, step, call);
    case sdk::StepKind::StopContainer:
      return stopContainer(engine, step, call);
    case sdk::StepKind::RemoveContainer:
      return removeContainer(engine, step, call);
    case sdk::StepKind::PauseContainer:
      return pauseContainer(engine, step, call);
    case sdk::StepKind::UnpauseContainer:
      return unpauseContainer(engine, step, call);
    case sdk::StepKind::RemoveNetwork:
      return removeObject(engine, step, call, networkKind(engine));
    case sdk::StepKind::RemoveVolume:
      return removeObject(engine, step, call, volumeKind(engine));
    case sdk::StepKind::RemoveImage:
      return removeImage(engine, step, call);
  }
  return fail(call, ErrorClass::Invalid, "this plugin does not know the step");
}

}  // namespace holdfast::runtime
