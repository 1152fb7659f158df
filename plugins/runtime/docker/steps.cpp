// SPDX-License-Identifier: Apache-2.0
#include "runtime/docker/steps.hpp"

#include "holdfast/support/json.hpp"
#include "runtime/common/container_spec.hpp"
#include "runtime/common/image_reference.hpp"
#include "runtime/docker/container_steps.hpp"
#include "runtime/docker/images.hpp"
#include "runtime/docker/ownership.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <optional>
#include <string>

namespace holdfast::docker {
namespace {

namespace json = boost::json;
using runtime::EngineCall;
using sdk::ErrorClass;
using sdk::Status;

json::object objectOf(const runtime::StringMap& map) {
  json::object object;
  for (const auto& [key, value] : map) {
    object[key] = value;
  }
  return object;
}

// A network or volume of the step's name. Without a value and with status Ok there is none.
struct Found {
  Status status;
  std::optional<json::value> value;

  [[nodiscard]] std::string_view owner() const {
    const json::object* labels = value ? support::jsonObject(*value, {"Labels"}) : nullptr;
    return labels == nullptr ? std::string_view{} : labelOf(*labels, sdk::kOwnerLabel);
  }
  [[nodiscard]] bool managed() const {
    const json::object* labels = value ? support::jsonObject(*value, {"Labels"}) : nullptr;
    return labels != nullptr && isManaged(*labels);
  }
};

Found lookUp(EngineClient& engine, sdk::Call& call, const std::string& path, std::string_view name,
             EngineCall what) {
  Found found;
  const EngineAnswer answer = engine.call(call, {.path = path});
  found.status = answer.status;
  if (!answer.ok() || answer.http() == 404) {
    return found;
  }
  if (answer.http() != 200) {
    found.status = EngineClient::refuse(call, what, answer.response);
    return found;
  }
  found.value = bodyOf(answer);
  if (!found.value) {
    found.status = noJson(call, answer);
  } else if (support::jsonText(*found.value, {"Name"}) != name) {
    found.value.reset();  // found by the beginning of its id
  }
  return found;
}

std::string networkPath(std::string_view name) {
  return "/networks/" + support::urlEncode(name);
}

std::string volumePath(std::string_view name) {
  return "/volumes/" + support::urlEncode(name);
}

std::string ownerIn(const runtime::StringMap& labels) {
  const auto owner = labels.find(std::string(sdk::kOwnerLabel));
  return owner == labels.end() ? std::string() : owner->second;
}

Status foreign(sdk::Call& call, std::string_view kind, std::string_view name) {
  return fail(call, ErrorClass::Conflict,
              std::string(kind) + " " + std::string(name) +
                  " was not made by this agent and is left alone: remove or rename it");
}

Status judgeExistingNetwork(const Found& found, const std::string& owner, std::string_view name,
                            sdk::Call& call) {
  if (found.managed() && (found.owner().empty() || found.owner() == owner)) {
    return {};
  }
  return foreign(call, "network", name);
}

Status createNetwork(EngineClient& engine, const sdk::Step& step, sdk::Call& call) {
  std::string problem;
  const auto spec = runtime::parseNetworkSpec(step.specJson, problem);
  if (!spec) {
    return fail(call, ErrorClass::Invalid, problem);
  }
  const EngineClient::NetworkTurn turn(engine, call);
  if (!turn) {
    return fail(call, ErrorClass::Cancelled, "cancelled");
  }
  const std::string owner = ownerIn(spec->labels);
  Found found = lookUp(engine, call, networkPath(step.name), step.name, runtime::kNetwork);
  if (!found.status.ok()) {
    return found.status;
  }
  if (found.value) {
    return judgeExistingNetwork(found, owner, step.name, call);
  }
  const EngineAnswer answer = engine.call(
      call, {.method = "POST",
             .path = "/networks/create",
             .body = json::object{{"Name", step.name},
                                  {"CheckDuplicate", true},  // else two of one name, before 1.44
                                  {"Driver", spec->driver.empty() ? "bridge" : spec->driver},
                                  {"Internal", spec->internal},
                                  {"Options", objectOf(spec->options)},
                                  {"Labels", objectOf(spec->labels)}},
             .timeoutMs = Timeouts::kNetwork});
  if (!answer.ok() || answer.http() == 201) {
    return answer.status;
  }
  if (answer.http() == 409) {  // made by somebody since we looked
    found = lookUp(engine, call, networkPath(step.name), step.name, runtime::kNetwork);
    if (found.status.ok() && found.value) {
      return judgeExistingNetwork(found, owner, step.name, call);
    }
  }
  return EngineClient::refuse(call, runtime::kNetwork, answer.response);
}

// A volume that is there without an owner holds somebody's data for this service, laid out by hand
// or by the original agent: it is used as it is. One that belongs to another agent is not.
Status createVolume(EngineClient& engine, const sdk::Step& step, sdk::Call& call) {
  std::string problem;
  const auto spec = runtime::parseVolumeSpec(step.specJson, problem);
  if (!spec) {
    return fail(call, ErrorClass::Invalid, problem);
  }
  const Found found = lookUp(engine, call, volumePath(step.name), step.name, runtime::kVolume);
  if (!found.status.ok()) {
    return found.status;
  }
  if (found.value) {
    const bool usable = found.owner().empty() || found.owner() == ownerIn(spec->labels);
    return usable ? Status{} : foreign(call, "volume", step.name);
  }
  const EngineAnswer answer = engine.call(
      call, {.method = "POST",
             .path = "/volumes/create",
             .body = json::object{{"Name", step.name},
                                  {"Driver", spec->driver.empty() ? "local" : spec->driver},
                                  {"DriverOpts", objectOf(spec->options)},
                                  {"Labels", objectOf(spec->labels)}},
             .timeoutMs = Timeouts::kNetwork});
  if (!answer.ok() || answer.http() == 201) {
    return answer.status;
  }
  return EngineClient::refuse(call, runtime::kVolume, answer.response);
}

Status removeObject(EngineClient& engine, const sdk::Step& step, sdk::Call& call,
                    const std::string& path, std::string_view kind, EngineCall what) {
  const Found found = lookUp(engine, call, path, step.name, what);
  if (!found.status.ok() || !found.value) {
    return found.status;
  }
  if (!found.managed()) {
    return foreign(call, kind, step.name);
  }
  const EngineAnswer answer =
      engine.call(call, {.method = "DELETE", .path = path, .timeoutMs = Timeouts::kNetwork});
  if (!answer.ok() || answer.http() == 204 || answer.http() == 404) {
    return answer.status;
  }
  return EngineClient::refuse(call, what, answer.response);
}

// Nothing when there is no such image.
Status imageIdOf(EngineClient& engine, sdk::Call& call, const std::string& path,
                 std::optional<std::string>& id) {
  const EngineAnswer answer = engine.call(call, {.path = path + "/json"});
  if (!answer.ok() || answer.http() == 404) {
    return answer.status;
  }
  if (answer.http() != 200) {
    return EngineClient::refuse(call, runtime::kLook, answer.response);
  }
  const std::optional<json::value> body = bodyOf(answer);
  if (!body || support::jsonText(*body, {"Id"}).empty()) {
    return noJson(call, answer);
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
    return EngineClient::refuse(call, runtime::kLook, answer.response);
  }
  const std::optional<json::value> body = bodyOf(answer);
  const json::array* containers = body ? body->if_array() : nullptr;
  if (containers == nullptr) {
    return noJson(call, answer);
  }
  // The filter also finds containers of images that were built on top of this one.
  used = std::any_of(containers->begin(), containers->end(), [&](const json::value& container) {
    return support::jsonText(container, {"ImageID"}) == imageId;
  });
  return {};
}

// Never by force, and never without looking who uses it: Docker protects an image in use only while
// it has a single name, and takes one of several away.
Status removeImage(EngineClient& engine, const sdk::Step& step, sdk::Call& call) {
  const auto image = runtime::parseImageReference(step.image);
  if (!image) {
    return fail(call, ErrorClass::Invalid, "invalid reference format");
  }
  const std::string path = "/images/" + imagePath(*image);
  std::optional<std::string> id;
  Status status = imageIdOf(engine, call, path, id);
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
  return EngineClient::refuse(call, runtime::kRemove, answer.response);
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
      return removeObject(engine, step, call, networkPath(step.name), "network", runtime::kNetwork);
    case sdk::StepKind::RemoveVolume:
      return removeObject(engine, step, call, volumePath(step.name), "volume", runtime::kVolume);
    case sdk::StepKind::RemoveImage:
      return removeImage(engine, step, call);
  }
  return fail(call, ErrorClass::Invalid, "this plugin does not know the step");
}

}  // namespace holdfast::docker
