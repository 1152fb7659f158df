// SPDX-License-Identifier: Apache-2.0
#include "conformance/runtime/fixture.hpp"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <random>
#include <sstream>

namespace holdfast::conformance {
namespace {

constexpr std::int64_t kPullLimitMs = 300'000;

// A uuid, new for each run.
std::string newOwner() {
  std::random_device random;
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%08x-%04x-4%03x-8%03x-%08x%04x", random(),
                random() & 0xffff, random() & 0xfff, random() & 0xfff, random(), random() & 0xffff);
  return text.data();
}

}  // namespace

const std::string& RuntimeTest::owner() {
  static const std::string owner = newOwner();
  return owner;
}

void RuntimeTest::SetUp() {
  CONFORMANCE_FACT(reference, "image");
  image_ = reference;
  instance_ = std::make_unique<Instance>();
  ASSERT_TRUE(instance_->created()) << instance_->reason();
  ASSERT_EQ(instance_->start(), ErrorClass::Ok);
  if (!observe({image_}).images.contains(image_)) {
    Progress progress;
    ASSERT_EQ(pull(image_, progress), ErrorClass::Ok);
  }
}

void RuntimeTest::TearDown() {
  if (instance_ && instance_->created()) {
    removeAll();
  }
  instance_.reset();
}

void RuntimeTest::removeAll() const {
  const Seen seen = observe();
  const auto isOurs = [](const std::map<std::string, std::string>& labels) {
    const auto found = labels.find(std::string(sdk::kOwnerLabel));
    return found != labels.end() && (found->second == owner() || found->second == kOwnerOfAnother);
  };
  for (const auto& [name, container] : seen.containers) {
    if (isOurs(container.labels)) {
      static_cast<void>(stop(name, 0));
      static_cast<void>(step(StepKind::RemoveContainer, name));
    }
  }
  for (const auto& [name, labels] : seen.networks) {
    if (isOurs(labels)) {
      static_cast<void>(step(StepKind::RemoveNetwork, name));
    }
  }
  for (const auto& [name, labels] : seen.volumes) {
    if (isOurs(labels)) {
      static_cast<void>(step(StepKind::RemoveVolume, name));
    }
  }
}

std::string RuntimeTest::named(const std::string& suffix) const {
  return "conformance-" + owner().substr(0, 8) + "_" + suffix;
}

json::object RuntimeTest::spec(const std::string& name, json::object more) const {
  json::object spec{{"name", name},
                    {"image", image_},
                    {"labels",
                     {{"io.holdfast.owner", owner()},
                      {"io.holdfast.app", "1001"},
                      {"io.holdfast.service", "service"},
                      {"io.holdfast.spec", "hash-of-" + name}}}};
  for (auto& [key, value] : more) {
    spec[key] = value;
  }
  return spec;
}

std::vector<std::string> RuntimeTest::shell(const std::string& script) {
  std::istringstream words(kit().fact("shell").value.value_or(""));
  std::vector<std::string> command;
  for (std::string word; words >> word;) {
    command.push_back(word);
  }
  command.push_back(script);
  return command;
}

json::object RuntimeTest::shellSpec(const std::string& name, const std::string& script) const {
  json::array command;
  for (const std::string& word : shell(script)) {
    command.emplace_back(word);
  }
  return spec(name, {{"command", command}});
}

Outcome RuntimeTest::step(StepKind kind, const std::string& name,
                          const std::string& containerId) const {
  return engine().execute({kind, name, containerId, {}, {}});
}

Outcome RuntimeTest::create(const json::object& spec) const {
  return engine().execute({StepKind::CreateContainer,
                           std::string(spec.at("name").as_string()),
                           {},
                           std::string(spec.at("image").as_string()),
                           json::serialize(spec)});
}

Outcome RuntimeTest::stop(const std::string& name, std::int64_t graceMs) const {
  return engine().execute({StepKind::StopContainer, name, {}, {}, {}, graceMs});
}

void RuntimeTest::run(const json::object& spec) const {
  ASSERT_EQ(create(spec), ErrorClass::Ok);
  ASSERT_EQ(step(StepKind::StartContainer, std::string(spec.at("name").as_string())),
            ErrorClass::Ok);
}

Seen RuntimeTest::observe(const std::vector<std::string>& images) const {
  Seen seen(images);
  EXPECT_EQ(engine().observe(seen, images), ErrorClass::Ok);
  return seen;
}

SeenContainer RuntimeTest::look(const std::string& name) const {
  const Seen seen = observe();
  const SeenContainer* const found = seen.find(name);
  EXPECT_NE(found, nullptr) << name << " is not reported";
  return found == nullptr ? SeenContainer{} : *found;
}

void RuntimeTest::awaitEnd(const std::string& name) const {
  EXPECT_TRUE(waitUntil([&] {
    const Seen seen = observe();
    const SeenContainer* const found = seen.find(name);
    return found != nullptr && found->state == ContainerState::Exited;
  })) << name
      << " has not ended, or is not reported as Exited";
}

Outcome RuntimeTest::pull(const std::string& reference, Progress& progress) const {
  DeadlineCall call(kPullLimitMs);
  return engine().pull(call, reference, progress);
}

}  // namespace holdfast::conformance
