// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/pull_stream.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace holdfast::runtime {
namespace {

// An image has at most 127 layers (overlay2); more ids than this are no image.
constexpr std::size_t kMaxLayers = 512;

}  // namespace

bool PullStream::push(std::string_view bytes) {
  return splitter_.push(bytes, [this](const boost::json::value& object) {
    readObject(object);
    return true;
  });
}

void PullStream::readObject(const boost::json::value& object) {
  std::string_view error = support::jsonText(object, {"errorDetail", "message"});
  if (error.empty()) {
    error = support::jsonText(object, {"error"});
  }
  if (!error.empty()) {
    error_ = error;
    errorObject_ = boost::json::serialize(object);
    return;
  }
  const std::string_view status = support::jsonText(object, {"status"});
  const std::string_view id = support::jsonText(object, {"id"});
  if (status.starts_with("Status: Downloaded newer image") ||
      status.starts_with("Status: Image is up to date")) {
    succeeded_ = true;
  } else if (status.starts_with("Digest: ")) {
    finishing_ = true;
  } else if (!id.empty() && !status.starts_with("Pulling from")) {
    readLayer(id, status, object);
  }
  if (end_ == PullEnd::LastLayer) {
    succeeded_ = status == "Download complete" || status == "Pull complete";
  }
}

void PullStream::readLayer(std::string_view id, std::string_view status,
                           const boost::json::value& object) {
  auto found = layers_.find(id);
  if (found == layers_.end()) {
    if (layers_.size() >= kMaxLayers) {
      return;
    }
    found = layers_.emplace(id, Layer{}).first;
  }
  Layer& layer = found->second;
  const std::int64_t current = support::jsonInteger(object, {"progressDetail", "current"}, -1);
  layer.size = std::max(layer.size, support::jsonInteger(object, {"progressDetail", "total"}));
  if (status == "Pulling fs layer") {
    layer.state = LayerState::Queued;
  } else if (status == "Waiting") {
    layer.state = LayerState::Waiting;
  } else if (status == "Downloading") {
    layer.state = LayerState::Downloading;
    layer.downloaded = std::max<std::int64_t>(current, 0);
  } else if (status.starts_with("Retrying in")) {
    layer.state = LayerState::Retrying;
  } else if (status == "Verifying Checksum" || status == "Download complete") {
    layer.state = LayerState::Downloaded;
    layer.downloaded = layer.size;
  } else if (status == "Extracting") {
    layer.state = LayerState::Extracting;
    layer.downloaded = layer.size;
    layer.extracted = std::max<std::int64_t>(current, 0);
  } else if (status == "Pull complete" || status == "Already exists") {
    layer.state = LayerState::Done;
    layer.downloaded = layer.size;
    layer.extracted = layer.size;
  }
}

bool PullStream::any(LayerState state) const {
  return std::any_of(layers_.begin(), layers_.end(),
                     [state](const auto& entry) { return entry.second.state == state; });
}

// Podman says nothing while it repeats a refused request for the manifest, for minutes when a
// registry asks for fewer requests, and nothing while it unpacks.
bool PullStream::maySilentlyRetry() const {
  return end_ == PullEnd::LastLayer;
}

PullPicture PullStream::picture() const {
  PullPicture picture;
  if (layers_.empty()) {
    picture.retrying = maySilentlyRetry();
    return picture;
  }
  std::int64_t downloaded = 0;
  std::int64_t extracted = 0;
  for (const auto& [id, layer] : layers_) {
    downloaded += layer.downloaded;
    extracted += layer.extracted;
    picture.totalBytes += layer.size;
  }
  picture.doneBytes = downloaded;
  const bool complete = end_ == PullEnd::StatusLine && (finishing_ || succeeded_);
  if (complete) {
    picture.phase = "finishing";
    picture.doneBytes = picture.totalBytes;
  } else if (any(LayerState::Downloading)) {
    picture.phase = "downloading";
  } else if (any(LayerState::Retrying)) {
    picture.phase = "retrying";
    picture.retrying = true;
  } else if (any(LayerState::Queued)) {
    // Its request is under way: silence now is a stall. Or dockerd holds it back and its word for
    // that was lost, as each word can be that comes while the reader of those before is still busy
    // (moby, distribution/xfer/transfer.go: signalChan). Podman holds nothing back.
    picture.phase = end_ == PullEnd::StatusLine ? "queued" : "downloading";
  } else if (any(LayerState::Waiting) && !any(LayerState::Extracting)) {
    picture.phase = "waiting";
    picture.waiting = true;
  } else {
    picture.phase = "extracting";
    picture.doneBytes = extracted;
    picture.retrying = maySilentlyRetry();
  }
  return picture;
}

}  // namespace holdfast::runtime
