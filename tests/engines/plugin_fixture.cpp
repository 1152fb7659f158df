// SPDX-License-Identifier: Apache-2.0
#include "engines/plugin_fixture.hpp"

namespace holdfast::plugin_test {
namespace {

auto* const environment = static_cast<fixtures::LabEnvironment*>(
    ::testing::AddGlobalTestEnvironment(new fixtures::LabEnvironment(engineUnderTest().inLab())));

}  // namespace

fixtures::Lab& lab() {
  return environment->lab();
}

void Seen::container(const sdk::ContainerRecord& record) noexcept {
  SeenContainer seen;
  seen.state = record.state;
  seen.exitCode = record.exitCode;
  seen.pid = record.pid;
  seen.oomKilled = record.oomKilled != 0;
  seen.createdAtMs = record.createdAtMs;
  seen.startedAtMs = record.startedAtMs;
  seen.finishedAtMs = record.finishedAtMs;
  seen.id = record.id;
  seen.image = record.image;
  seen.imageId = record.imageId;
  seen.engineError = record.engineError;
  for (const sdk::KeyValue& label : record.labels) {
    seen.labels.emplace(label.key, label.value);
  }
  for (const sdk::MountRecord& mount : record.mounts) {
    seen.mounts.push_back(std::string(mount.volume) + std::string(mount.source) + " -> " +
                          std::string(mount.destination));
  }
  for (const sdk::KeyValue& address : record.addresses) {
    seen.addresses.emplace(address.key, address.value);
  }
  EXPECT_TRUE(containers.emplace(record.name, std::move(seen)).second) << record.name;
}

void Seen::image(const sdk::ImageRecord& record) noexcept {
  images.emplace(record.reference,
                 SeenImage{std::string(record.id), std::string(record.digest), record.sizeBytes});
}

void Seen::network(const sdk::NetworkRecord& record) noexcept {
  networks.emplace_back(record.name);
}

void Seen::volume(const sdk::VolumeRecord& record) noexcept {
  volumes.emplace_back(record.name);
}

void Progress::progress(const sdk::PullProgress& progress) noexcept {
  const std::lock_guard lock(mutex_);
  lines_.push_back({progress.sequence, progress.doneBytes, progress.totalBytes,
                    progress.waiting != 0, std::string(progress.phase)});
}

std::vector<Progress::Line> Progress::lines() const {
  const std::lock_guard lock(mutex_);
  return lines_;
}

bool Progress::sawPhase(std::string_view phase) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(lines_.begin(), lines_.end(),
                     [phase](const Line& line) { return line.phase == phase; });
}

bool Output::output(sdk::OutputStream stream, std::int64_t timeMs,
                    std::string_view bytes) noexcept {
  const std::lock_guard lock(mutex_);
  lines_.push_back({stream, timeMs, std::string(bytes)});
  return true;
}

std::vector<Output::Line> Output::lines() const {
  const std::lock_guard lock(mutex_);
  return lines_;
}

std::vector<std::string> Output::texts() const {
  std::vector<std::string> texts;
  for (const Line& line : lines()) {
    texts.push_back(line.text);
  }
  return texts;
}

Watch::Watch(sdk::RuntimePlugin& plugin)
    : result_(
          std::async(std::launch::async, [this, &plugin] { return plugin.watch(call_, *this); })) {
  EXPECT_TRUE(waitFor(sdk::EventKind::Connected));
}

Watch::~Watch() {
  if (result_.valid()) {
    static_cast<void>(end());
  }
}

void Watch::event(const sdk::EngineEvent& event) noexcept {
  const std::lock_guard lock(mutex_);
  events_.push_back({event.kind, std::string(event.containerName), std::string(event.action)});
}

std::vector<Watch::Event> Watch::events() const {
  const std::lock_guard lock(mutex_);
  return events_;
}

bool Watch::waitFor(sdk::EventKind kind, const std::string& name) const {
  return waitUntil(
      [&] {
        const std::vector<Event> seen = events();
        return std::any_of(seen.begin(), seen.end(), [&](const Event& event) {
          return event.kind == kind && event.name == name;
        });
      },
      kSoon);
}

ErrorClass Watch::end() {
  call_.cancel();
  return result_.get().code;
}

bool Watch::ended() {
  return result_.wait_for(kSoon) == std::future_status::ready;
}

EnginePlugin::EnginePlugin()
    : host_(testing::FakeHost::Options{
          {"url", "unix://" + lab().socket(engineUnderTest().engine()).string()}}),
      plugin_(engine_.plugin(host_)) {}

EnginePlugin::~EnginePlugin() {
  plugin_->stop();
}

void EnginePlugin::TearDown() {
  view_.removeAll();
  const json::value networks = view_.call("GET", "/networks").json();
  for (const json::value& network : networks.as_array()) {
    const std::string id(network.at("Id").as_string());  // the predefined ones refuse to go
    static_cast<void>(view_.call("DELETE", "/networks/" + id));
  }
  static_cast<void>(view_.call("POST", "/volumes/prune"));
}

json::object EnginePlugin::spec(const std::string& name, const std::string& image,
                                json::object more) {
  json::object spec{{"name", name},
                    {"image", Lab::image(image)},
                    {"labels",
                     {{"io.holdfast.owner", kOwner},
                      {"io.holdfast.app", "1001"},
                      {"io.holdfast.service", name},
                      {"io.holdfast.spec", "hash-of-" + name}}}};
  for (auto& [key, value] : more) {
    spec[key] = value;
  }
  return spec;
}

Outcome EnginePlugin::step(StepKind kind, const std::string& name, const std::string& spec,
                           std::int64_t graceMs, const std::string& id) {
  FakeCall call;
  sdk::Step step;
  step.kind = kind;
  step.graceMs = graceMs;
  step.name = name;
  step.containerId = id;
  step.image = name;
  step.specJson = spec;
  const sdk::Status status = plugin_->execute(step, call);
  return {status.code, call.message(), call.raw()};
}

Outcome EnginePlugin::create(const json::object& spec) {
  return step(StepKind::CreateContainer, std::string(spec.at("name").as_string()),
              json::serialize(spec));
}

void EnginePlugin::run(const json::object& spec) {
  ASSERT_EQ(create(spec), ErrorClass::Ok);
  ASSERT_EQ(start(std::string(spec.at("name").as_string())), ErrorClass::Ok);
}

Outcome EnginePlugin::pull(const std::string& reference) {
  FakeCall call;
  Progress progress;
  sdk::PullRequest request;
  request.reference = reference;
  const sdk::Status status = plugin_->pull(request, call, progress);
  return {status.code, call.message(), call.raw()};
}

Seen EnginePlugin::observe(const std::vector<std::string>& images) {
  FakeCall call;
  Seen seen;
  const std::vector<std::string_view> views(images.begin(), images.end());
  sdk::ObserveRequest request;
  request.images = views;
  EXPECT_EQ(plugin_->observe(request, call, seen).code, ErrorClass::Ok) << call.message();
  return seen;
}

std::string EnginePlugin::idOf(const std::string& name) const {
  const auto container = view_.inspect(name);
  return container ? std::string(container->at("Id").as_string()) : std::string();
}

}  // namespace holdfast::plugin_test
