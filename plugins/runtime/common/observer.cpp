// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/observer.hpp"

#include "holdfast/support/json.hpp"
#include "runtime/common/container_state.hpp"
#include "runtime/common/engine_time.hpp"
#include "runtime/common/image_lookups.hpp"
#include "runtime/common/image_reference.hpp"
#include "runtime/common/ownership.hpp"

#include <boost/json/array.hpp>

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace holdfast::runtime {
namespace {

namespace json = boost::json;

std::string_view viewOf(json::string_view text) {
  return {text.data(), text.size()};
}

std::vector<sdk::KeyValue> keyValuesOf(const json::object& labels) {
  std::vector<sdk::KeyValue> pairs;
  pairs.reserve(labels.size());
  for (const auto& [key, value] : labels) {
    pairs.push_back({viewOf(key), support::jsonText(value)});
  }
  return pairs;
}

std::vector<sdk::MountRecord> mountsOf(const json::value& listed) {
  std::vector<sdk::MountRecord> mounts;
  if (const json::array* entries = support::jsonArray(listed, {"Mounts"})) {
    for (const json::value& entry : *entries) {
      const std::string_view type = support::jsonText(entry, {"Type"});
      const std::string_view destination = support::jsonText(entry, {"Destination"});
      if (type == "volume") {
        mounts.push_back({support::jsonText(entry, {"Name"}), {}, destination});
      } else if (type == "bind") {
        mounts.push_back({{}, support::jsonText(entry, {"Source"}), destination});
      }
    }
  }
  return mounts;
}

std::string_view addressOf(const json::value& network) {
  const std::string_view address = support::jsonText(network, {"IPAddress"});
  return address.empty() ? support::jsonText(network, {"GlobalIPv6Address"}) : address;
}

std::vector<sdk::KeyValue> addressesOf(const json::value& listed) {
  std::vector<sdk::KeyValue> addresses;
  if (const json::object* networks = support::jsonObject(listed, {"NetworkSettings", "Networks"})) {
    for (const auto& [name, network] : *networks) {
      if (const std::string_view address = addressOf(network); !address.empty()) {
        addresses.push_back({viewOf(name), address});
      }
    }
  }
  return addresses;
}

std::string_view nameOf(const json::value& listed) {
  const json::array* names = support::jsonArray(listed, {"Names"});
  if (names == nullptr) {
    return {};
  }
  // Docker begins them with a slash, and a legacy link adds further ones with another inside.
  for (const json::value& entry : *names) {
    std::string_view name = support::jsonText(entry);
    if (name.starts_with('/')) {
      name.remove_prefix(1);
    }
    if (name.find('/') == std::string_view::npos) {
      return name;
    }
  }
  return {};
}

// What the list says of a container's state. Podman adds which run it is, so that a restart shows
// also without an event.
std::string stampOf(const json::value& listed) {
  std::string stamp(support::jsonText(listed, {"State"}));
  for (const std::string_view key : {"Pid", "StartedAt"}) {
    if (const std::int64_t number = support::jsonInteger(listed, {key}); number != 0) {
      stamp += " " + std::to_string(number);
    }
  }
  return stamp;
}

// The members of an inspection that mountsOf and addressesOf read.
json::value placesOf(const json::value& inspected) {
  json::object places;
  if (const json::array* mounts = support::jsonArray(inspected, {"Mounts"})) {
    places["Mounts"] = *mounts;
  }
  if (const json::object* networks =
          support::jsonObject(inspected, {"NetworkSettings", "Networks"})) {
    places["NetworkSettings"] = json::object{{"Networks", *networks}};
  }
  return places;
}

ContainerDetails detailsOf(const Dialect& dialect, const json::value& inspected) {
  ContainerDetails details;
  if (!dialect.listTellsPlaces()) {
    details.places = placesOf(inspected);
  }
  details.image = support::jsonText(inspected, {"Config", "Image"});
  details.error = support::jsonText(inspected, {"State", "Error"});
  details.createdAtMs = parseEngineTime(support::jsonText(inspected, {"Created"}));
  details.startedAtMs = parseEngineTime(support::jsonText(inspected, {"State", "StartedAt"}));
  details.finishedAtMs = parseEngineTime(support::jsonText(inspected, {"State", "FinishedAt"}));
  details.exitCode = static_cast<int>(support::jsonInteger(inspected, {"State", "ExitCode"}));
  details.pid = static_cast<int>(support::jsonInteger(inspected, {"State", "Pid"}));
  details.oomKilled = support::jsonBool(inspected, {"State", "OOMKilled"});
  return details;
}

void reportContainer(sdk::ObservationSink& sink, const json::value& listed,
                     sdk::ContainerState state, const ContainerDetails& details) {
  const json::object* labels = support::jsonObject(listed, {"Labels"});
  const std::vector<sdk::KeyValue> labelPairs =
      labels == nullptr ? std::vector<sdk::KeyValue>{} : keyValuesOf(*labels);
  const json::value& places = details.places.is_null() ? listed : details.places;
  const std::vector<sdk::MountRecord> mounts = mountsOf(places);
  const std::vector<sdk::KeyValue> addresses = addressesOf(places);
  const std::string imageId = imageIdOf(support::jsonText(listed, {"ImageID"}));
  const std::string_view name = nameOf(listed);

  sdk::ContainerRecord record;
  record.state = state;
  const bool runs =
      record.state == sdk::ContainerState::Running || record.state == sdk::ContainerState::Paused;
  record.exitCode = runs ? 0 : details.exitCode;
  record.pid = details.pid;
  record.oomKilled = !runs && details.oomKilled ? 1 : 0;
  record.createdAtMs = details.createdAtMs;
  record.startedAtMs = details.startedAtMs;
  record.finishedAtMs = runs ? sdk::kNoTime : details.finishedAtMs;
  record.id = support::jsonText(listed, {"Id"});
  record.name = name.empty() ? record.id : name;
  record.image = details.image;
  record.imageId = imageId;
  record.engineError = details.error;
  record.labels = labelPairs;
  record.mounts = mounts;
  record.addresses = addresses;
  sink.container(record);
}

// The look at one object: its time is that of the whole look, and why it failed is kept.
class PartOfLook final : public sdk::Call {
 public:
  explicit PartOfLook(sdk::Call& look) : look_(look) {}
  [[nodiscard]] bool cancelled() const noexcept override { return look_.cancelled(); }
  [[nodiscard]] std::int64_t remainingMs() const noexcept override { return look_.remainingMs(); }
  [[nodiscard]] int cancelFd() const noexcept override { return look_.cancelFd(); }
  void explain(std::string_view message, std::string_view raw) noexcept override {
    look_.explain(message, raw);
    try {
      message_ = message;
    } catch (...) {
      // Out of memory: the failure alone has to do.
    }
  }
  [[nodiscard]] const std::string& message() const { return message_; }

 private:
  sdk::Call& look_;
  std::string message_;
};

// Nobody is there, or nobody waits any more. Every other failure is that of one object, such as one
// that a power cut has damaged, and hides no other.
bool endsLook(const sdk::Status& status) {
  return status.code == sdk::ErrorClass::Unavailable || status.code == sdk::ErrorClass::Cancelled;
}

// What the list tells of a container that the engine does not tell more of.
ContainerDetails refusedDetails(const json::value& listed, const std::string& refusal) {
  ContainerDetails details;
  details.image = support::jsonText(listed, {"Image"});
  details.error = refusal;
  details.createdAtMs = details.startedAtMs = details.finishedAtMs = sdk::kNoTime;
  return details;
}

// One look. Every member returns Ok, or the status with which the whole look ends.
class Look {
 public:
  Look(EngineClient& engine, LookCache& cache, sdk::Call& call, sdk::ObservationSink& sink)
      : engine_(engine), cache_(cache), call_(call), sink_(sink) {}

  sdk::Status containers() {
    for (const std::string_view filter : engine_.dialect().listFilters()) {
      const sdk::Status status = listContainers(filter);
      if (!status.ok()) {
        return status;
      }
    }
    cache_.keepOnly([this](const std::string& id) { return seen_.contains(id); });
    return {};
  }

  sdk::Status image(std::string_view reference);
  sdk::Status networks();
  sdk::Status volumes();

 private:
  using TimePoint = LookCache::TimePoint;

  sdk::Status listContainers(std::string_view filter);
  sdk::Status oneContainer(const json::value& listed);
  sdk::Status inspectImage(const ImageReference& reference, std::optional<ImageDetails>& details);
  [[nodiscard]] bool isOurs(const json::value& listed) const;
  sdk::Status list(const std::string& path, std::optional<json::value>& body);

  EngineClient& engine_;
  LookCache& cache_;
  sdk::Call& call_;
  sdk::ObservationSink& sink_;
  const TimePoint now_ = std::chrono::steady_clock::now();
  std::set<std::string> seen_;
};

sdk::Status Look::list(const std::string& path, std::optional<json::value>& body) {
  const EngineAnswer answer = engine_.call(call_, {.path = path});
  if (!answer.ok()) {
    return answer.status;
  }
  if (answer.http() != 200) {
    return engine_.refuse(call_, kLook, answer.response);
  }
  body = bodyOf(answer);
  return body ? sdk::Status{} : engine_.noJson(call_, answer);
}

sdk::Status Look::listContainers(std::string_view filter) {
  std::optional<json::value> body;
  sdk::Status status = list("/containers/json?all=1&filters=" + support::urlEncode(filter), body);
  if (!status.ok()) {
    return status;
  }
  const json::array* entries = body->if_array();
  if (entries == nullptr) {
    return fail(call_, sdk::ErrorClass::Transient, "the engine's list of containers is no list");
  }
  for (const json::value& listed : *entries) {
    status = oneContainer(listed);
    if (!status.ok()) {
      return status;
    }
  }
  return {};
}

// The filter has found a label; whether that makes it an agent's is the dialect's to say. The infra
// container of a pod has the pod's labels, and is the pod's.
bool Look::isOurs(const json::value& listed) const {
  const json::object* labels = support::jsonObject(listed, {"Labels"});
  return labels != nullptr && engine_.dialect().manages(*labels) &&
         !support::jsonBool(listed, {"IsInfra"});
}

sdk::Status Look::oneContainer(const json::value& listed) {
  const std::string id(support::jsonText(listed, {"Id"}));
  if (id.empty() || !isOurs(listed) || !seen_.insert(id).second) {
    return {};
  }
  const std::string stamp = stampOf(listed);
  if (const std::optional<ContainerDetails> known = cache_.container(id, stamp, now_)) {
    const std::string_view word = support::jsonText(listed, {"State"});
    reportContainer(sink_, listed, engine_.dialect().stateOf(word), *known);
    return {};
  }
  const LookCache::Ticket ticket = cache_.ticket();
  PartOfLook part(call_);
  const Inspection inspection = inspectContainer(engine_, part, id);
  if (endsLook(inspection.status)) {
    return inspection.status;
  }
  if (!inspection.ok()) {
    reportContainer(sink_, listed, sdk::ContainerState::Changing,
                    refusedDetails(listed, part.message()));
    return {};
  }
  if (!inspection.exists()) {  // removed since the list was made
    seen_.erase(id);
    return {};
  }
  const ContainerDetails details = detailsOf(engine_.dialect(), *inspection.value);
  const std::string_view word = support::jsonText(*inspection.value, {"State", "Status"});
  if (word == support::jsonText(listed, {"State"})) {
    cache_.keepContainer(ticket, id, nameOf(listed), stamp, details, now_);
  }
  reportContainer(sink_, listed, inspection.state, details);
  return {};
}

// No details when there is no such image. The engine itself resolves the reference: which of an
// image's names mean the same is its business.
sdk::Status Look::inspectImage(const ImageReference& reference,
                               std::optional<ImageDetails>& details) {
  const EngineAnswer answer =
      engine_.call(call_, {.path = "/images/" + imagePath(reference) + "/json"});
  if (!answer.ok() || answer.http() == 404) {
    return answer.status;
  }
  if (answer.http() != 200) {
    return engine_.refuse(call_, kLook, answer.response);
  }
  const std::optional<json::value> body = bodyOf(answer);
  if (!body) {
    return engine_.noJson(call_, answer);
  }
  details = imageDetailsOf(*body, reference);
  return {};
}

sdk::Status Look::image(std::string_view reference) {
  const std::optional<ImageReference> parsed = parseImageReference(reference);
  if (!parsed) {
    return {};  // names no image
  }
  const std::string key(reference);
  std::optional<std::optional<ImageDetails>> known = cache_.image(key, now_);
  if (!known) {
    const LookCache::Ticket ticket = cache_.ticket();
    std::optional<ImageDetails> details;
    const sdk::Status status = inspectImage(*parsed, details);
    if (!status.ok()) {  // as if it were not there: then it is pulled again
      return endsLook(status) ? status : sdk::Status{};
    }
    cache_.keepImage(ticket, key, details, now_);
    known = std::move(details);
  }
  if (*known) {
    sdk::ImageRecord record;
    record.sizeBytes = (*known)->sizeBytes;
    record.reference = reference;
    record.id = (*known)->id;
    record.digest = (*known)->digest;
    const ImageCheck& check = (*known)->check;
    const std::vector<std::string_view> argv(check.argv.begin(), check.argv.end());
    record.healthArgv = argv;
    record.healthIntervalMs = check.intervalMs;
    record.healthTimeoutMs = check.timeoutMs;
    record.healthStartPeriodMs = check.startPeriodMs;
    record.healthRetries = check.retries;
    sink_.image(record);
  }
  return {};
}

// Docker has the list of volumes in a member, which is null when there is none.
std::vector<NamedObject> managedOf(const Dialect& dialect, const ObjectForm& form,
                                   const json::value& body) {
  std::vector<NamedObject> managed;
  const json::array* entries =
      body.is_array() ? body.if_array() : support::jsonArray(body, {"Volumes"});
  if (entries == nullptr) {
    return managed;
  }
  for (const json::value& entry : *entries) {
    const json::object* labels = support::jsonObject(entry, {form.labelsKey});
    if (labels == nullptr || !dialect.manages(*labels)) {
      continue;
    }
    NamedObject object;
    object.id = support::jsonText(entry, {form.idKey});
    object.name = support::jsonText(entry, {form.nameKey});
    for (const auto& [key, value] : *labels) {
      object.labels.emplace_back(viewOf(key), support::jsonText(value));
    }
    managed.push_back(std::move(object));
  }
  return managed;
}

std::vector<sdk::KeyValue> pairsOf(const NamedObject& object) {
  std::vector<sdk::KeyValue> pairs;
  for (const auto& [key, value] : object.labels) {
    pairs.push_back({key, value});
  }
  return pairs;
}

sdk::Status Look::networks() {
  const Dialect& dialect = engine_.dialect();
  std::optional<std::vector<NamedObject>> networks =
      dialect.reportsNetworks() ? cache_.networks(now_) : std::nullopt;
  if (!networks) {
    const LookCache::Ticket ticket = cache_.ticket();
    std::optional<json::value> body;
    const sdk::Status status = list(std::string(dialect.networkForm().listPath), body);
    if (!status.ok()) {
      return status;
    }
    networks = managedOf(dialect, dialect.networkForm(), *body);
    cache_.keepNetworks(ticket, *networks, now_);
  }
  for (const NamedObject& network : *networks) {
    const std::vector<sdk::KeyValue> labels = pairsOf(network);
    sdk::NetworkRecord record;
    record.id = network.id;
    record.name = network.name;
    record.labels = labels;
    sink_.network(record);
  }
  return {};
}

sdk::Status Look::volumes() {
  const ObjectForm& form = engine_.dialect().volumeForm();
  std::optional<std::vector<NamedObject>> volumes = cache_.volumes(now_);
  if (!volumes) {
    const LookCache::Ticket ticket = cache_.ticket();
    std::optional<json::value> body;
    const sdk::Status status = list(std::string(form.listPath), body);
    if (!status.ok()) {
      return status;
    }
    volumes = managedOf(engine_.dialect(), form, *body);
    cache_.keepVolumes(ticket, *volumes, now_);
  }
  for (const NamedObject& volume : *volumes) {
    const std::vector<sdk::KeyValue> labels = pairsOf(volume);
    sdk::VolumeRecord record;
    record.name = volume.name;
    record.labels = labels;
    sink_.volume(record);
  }
  return {};
}

}  // namespace

sdk::Status observeEngine(EngineClient& engine, LookCache& cache,
                          const sdk::ObserveRequest& request, sdk::Call& call,
                          sdk::ObservationSink& sink) {
  Look look(engine, cache, call, sink);
  sdk::Status status = look.containers();
  for (const std::string_view reference : request.images) {
    if (status.ok()) {
      status = look.image(reference);
    }
  }
  if (status.ok()) {
    status = look.networks();
  }
  if (status.ok()) {
    status = look.volumes();
  }
  return status;
}

}  // namespace holdfast::runtime
