// SPDX-License-Identifier: Apache-2.0
#include "observe.hpp"

#include <vector>

namespace process {
namespace {

namespace sdk = holdfast::sdk;

// The views in a record point into what it was made from, and are copied by the host at once.
void report(const Container& container, const Condition& condition, sdk::ObservationSink& sink) {
  std::vector<sdk::KeyValue> labels;
  for (const auto& [key, value] : container.spec.labels) {
    labels.push_back({key, value});
  }
  std::vector<sdk::MountRecord> mounts;
  for (const auto& path : container.spec.paths) {
    mounts.push_back({{}, path, path});
  }
  sdk::ContainerRecord record;
  record.state = condition.state;
  record.createdAtMs = container.createdAtMs;
  record.id = container.id;
  record.name = container.spec.name;
  record.image = container.spec.image;
  record.imageId = container.imageId;
  record.labels = labels;
  record.mounts = mounts;
  if (condition.run) {
    record.startedAtMs = condition.run->startedAtMs;
    record.pid = condition.exit ? 0 : condition.run->program.pid;
  }
  if (condition.exit) {
    record.finishedAtMs = condition.exit->finishedAtMs;
    record.exitCode = condition.exit->code;
  }
  sink.container(record);
}

}  // namespace

void reportContainers(const ContainerStore& containers, sdk::ObservationSink& sink) {
  for (const Container& container : containers.all()) {
    if (container.managed()) {
      report(container, containers.condition(container.spec.name), sink);
    }
  }
}

void reportImages(const ImageStore& images, const sdk::ObserveRequest& request,
                  sdk::ObservationSink& sink) {
  for (const std::string_view reference : request.images) {
    if (const auto image = images.find(reference)) {
      sdk::ImageRecord record;
      record.reference = reference;
      record.id = image->id;
      record.digest = image->id;
      record.sizeBytes = image->sizeBytes;
      sink.image(record);
    }
  }
}

}  // namespace process
