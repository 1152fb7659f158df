// SPDX-License-Identifier: Apache-2.0
#include "container_store.hpp"

#include "files.hpp"
#include <holdfast/support/json.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <stdexcept>
#include <utility>

namespace process {
namespace {

namespace json = boost::json;
namespace sdk = holdfast::sdk;

constexpr int kLost = 255;  // exit code of a run whose end nobody saw

json::value parsed(std::string_view text, const std::string& origin) {
  auto value = holdfast::support::parseJson(text);
  if (!value || !value->is_object()) {
    throw std::runtime_error(origin + " is damaged; remove it");
  }
  return std::move(*value);
}

}  // namespace

bool Container::managed() const {
  return spec.labels.contains(std::string(sdk::kOwnerLabel));
}

ContainerStore::ContainerStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

void ContainerStore::prepare() const {
  std::filesystem::create_directories(folder_);
}

std::filesystem::path ContainerStore::file(std::string_view name, std::string_view suffix) const {
  return folder_ / std::string(name).append(suffix);
}

void ContainerStore::add(std::string_view specJson, std::string_view imageId) const {
  const json::value spec = parsed(specJson, "the specification");
  const std::string name(holdfast::support::jsonText(spec, {"name"}));
  replaceFile(file(name, ".json"), json::serialize(json::object{{"id", randomName() + randomName()},
                                                                {"imageId", imageId},
                                                                {"createdAtMs", nowMs()},
                                                                {"spec", spec}}));
}

void ContainerStore::remove(std::string_view name) const {
  for (const char* suffix : {".log.1", ".log", ".exit", ".run", ".json"}) {
    std::filesystem::remove(file(name, suffix));
  }
}

std::optional<Container> ContainerStore::find(std::string_view name) const {
  if (!isContainerName(name)) {
    return std::nullopt;
  }
  const auto path = file(name, ".json");
  const std::optional<std::string> text = readFile(path);
  if (!text) {
    return std::nullopt;
  }
  const json::value value = parsed(*text, path.string());
  Container container;
  container.id = holdfast::support::jsonText(value, {"id"});
  container.imageId = holdfast::support::jsonText(value, {"imageId"});
  container.createdAtMs = holdfast::support::jsonInteger(value, {"createdAtMs"});
  std::string problem;
  auto spec = parseContainerSpec(json::serialize(value.at("spec")), problem);
  if (!spec) {
    throw std::runtime_error(path.string() + " is damaged (" + problem + "); remove it");
  }
  container.spec = std::move(*spec);
  return container;
}

std::vector<Container> ContainerStore::all() const {
  std::vector<Container> containers;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    if (entry.path().extension() == ".json") {
      if (auto container = find(entry.path().stem().string())) {
        containers.push_back(std::move(*container));
      }
    }
  }
  return containers;
}

std::optional<Container> ContainerStore::findById(std::string_view id) const {
  for (auto& container : all()) {
    if (container.id == id) {
      return std::move(container);
    }
  }
  return std::nullopt;
}

std::optional<Exit> ContainerStore::exitOf(std::string_view name, const Run& run) const {
  auto exit = parseExit(readFile(file(name, ".exit")).value_or(""));
  return exit && exit->run == run.number ? exit : std::nullopt;
}

Condition ContainerStore::condition(std::string_view name) const {
  Condition condition;
  condition.run = parseRun(readFile(file(name, ".run")).value_or(""));
  if (!condition.run) {
    return condition;
  }
  const bool supervised = static_cast<bool>(openProcess(condition.run->supervisor));
  // Read behind the look at the supervisor, whose last act is to write it.
  condition.exit = exitOf(name, *condition.run);
  if (!condition.exit && supervised) {
    condition.state = isStopped(condition.run->program.pid) ? sdk::ContainerState::Paused
                                                            : sdk::ContainerState::Running;
    return condition;
  }
  if (!condition.exit) {
    condition.exit = Exit{condition.run->number, kLost, nowMs()};
    replaceFile(file(name, ".exit"), textOf(*condition.exit));
  }
  condition.state = sdk::ContainerState::Exited;
  return condition;
}

}  // namespace process
