// SPDX-License-Identifier: Apache-2.0
// Which etag a fetch is made with, and what becomes of the document that it brings.
//
// The etag decides what is a change; a cloud without etags is judged by the text. A document that
// was not accepted is remembered apart, as seen by this version of the agent: it is not fetched
// again until it changes, or until another version may think otherwise of it.
#pragma once

#include "engine/engine.hpp"
#include "engine/snapshot.hpp"
#include "model/time.hpp"
#include "uplink/link_view.hpp"
#include "uplink/ports.hpp"

#include <optional>
#include <string>
#include <vector>

namespace holdfast::uplink {

class TargetIntake {
 public:
  explicit TargetIntake(std::string agentVersion) : agentVersion_(std::move(agentVersion)) {}

  // `accepted` is the latest target that was accepted from the cloud. False: what was kept of a
  // document that was not cannot be read, and is forgotten.
  bool restore(const std::vector<Record>& records,
               const std::optional<engine::StoredTarget>& accepted);

  // For the next fetch; empty: the whole document is wanted. `inForce`: is there a target, from
  // whatever source? Without one an unchanged document would leave the device without any.
  [[nodiscard]] std::string etag(bool inForce) const;

  enum class Verdict {
    Unchanged,  // nothing to do
    None,       // the cloud has no target for this device: no version and no apps
    Submit,     // to the engine
  };
  // Of a document that came. What is not to be submitted is dealt with thereby.
  [[nodiscard]] Verdict judge(const FetchedTarget& fetched, const engine::Snapshot& snapshot);

  // How the engine took a document that was submitted.
  void settle(const FetchedTarget& fetched, const engine::CommandResult& result,
              const model::Now& now);

  // The latest document, until one is accepted.
  [[nodiscard]] const std::optional<RejectedTarget>& rejected() const { return rejected_; }
  // The version of the cloud's latest document; nothing while it has none.
  [[nodiscard]] const std::optional<std::string>& wanted() const { return wanted_; }

  // What has to be stored since the last call.
  [[nodiscard]] std::vector<Record> takeChanges();

 private:
  // What tells one document from others.
  struct Mark {
    std::string etag;
    std::string digest;  // SHA-256 of the text

    [[nodiscard]] bool isOf(const FetchedTarget& fetched, const std::string& digest) const;
  };

  void see(const FetchedTarget& fetched, std::optional<RejectedTarget> rejected);
  void forgetSeen();
  void tellWanted();

  const std::string agentVersion_;
  std::optional<Mark> accepted_;
  std::string acceptedVersion_;
  std::optional<Mark> seen_;                // the latest document, where it was not accepted,
  std::optional<RejectedTarget> rejected_;  // and why; absent: it says that there is no target
  std::optional<std::string> wanted_;
  bool changed_ = false;
};

}  // namespace holdfast::uplink
