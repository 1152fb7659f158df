// SPDX-License-Identifier: Apache-2.0
#include "metrics/scrape.hpp"

#include <array>
#include <utility>

namespace holdfast::metrics {
namespace {

constexpr std::array<std::pair<retry::Family, const char*>, 7> kLedgerWords{
    {{retry::Family::Image, "image"},
     {retry::Family::Start, "start"},
     {retry::Family::Crash, "crash"},
     {retry::Family::Engine, "engine"},
     {retry::Family::Notify, "notify"},
     {retry::Family::Cloud, "cloud"},
     {retry::Family::CloudSetup, "enrolment"}}};

void addLedger(const engine::Snapshot& snapshot, Families& families) {
  Family entries("holdfast_retry_entries", "What waits for a retry or was given up, by kind.");
  Family exhausted("holdfast_retry_exhausted_entries",
                   "What was given up after its last retry, by kind.");
  for (const auto& [family, word] : kLedgerWords) {
    const auto found = snapshot.ledger.find(family);
    const auto count = found == snapshot.ledger.end() ? engine::LedgerCount{} : found->second;
    entries.add({{"kind", word}}, static_cast<double>(count.entries));
    exhausted.add({{"kind", word}}, static_cast<double>(count.exhausted));
  }
  entries.moveTo(families);
  exhausted.moveTo(families);
}

}  // namespace

void addTarget(const Scene& scene, Families& families) {
  const auto& snapshot = scene.snapshot;
  const auto& stored = snapshot.storedTarget;
  Family revision("holdfast_target_revision", "Revision of the target in force; 0 without one.");
  revision.add({}, stored ? static_cast<double>(stored->revision) : 0.0);
  Family accepted("holdfast_target_accepted_timestamp_seconds",
                  "When the target in force was accepted, since 1970.");
  if (stored) {
    accepted.add({}, secondsOf(stored->acceptedAt));
  }
  Family settled("holdfast_target_settled",
                 "Whether nothing runs or is about to: each service at its state or in error.");
  settled.add({}, snapshot.settled);
  Family warnings("holdfast_target_warnings", "Warnings about the target in force.");
  warnings.add({}, static_cast<double>(snapshot.targetWarnings.size()));
  Family orphans("holdfast_orphan_containers", "Containers of another owner, left alone.");
  orphans.add({}, static_cast<double>(snapshot.orphans.size()));
  for (auto* family : {&revision, &accepted, &settled, &warnings, &orphans}) {
    family->moveTo(families);
  }
  addLedger(snapshot, families);
}

}  // namespace holdfast::metrics
