// SPDX-License-Identifier: Apache-2.0
// Alerts over time: pending -> firing -> resolved, and which of them others inhibit.
#pragma once

#include "alerts/rules.hpp"
#include "model/alert.hpp"
#include "model/time.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace holdfast::alerts {

// Alerts by fingerprint.
using AlertMap = std::map<std::string, model::Alert>;

// An alert that is kept across restarts: every firing one.
struct KeptAlert {
  model::Alert alert;
  std::string episode;
};

// Not thread-safe. Time is an argument.
class Tracker {
 public:
  // The firing alerts of the last run. Called once, before anything else.
  void restore(std::vector<KeptAlert> kept);

  // Brings the alerts in line with what is wrong now. Returns those that are over by it.
  std::vector<model::Alert> apply(const Assessment& assessment, const model::Now& now);

  // Pending and firing ones, by fingerprint.
  [[nodiscard]] AlertMap alerts() const;

  // Firing alerts of which others say more: they are not sent. Fingerprints.
  [[nodiscard]] std::set<std::string> inhibited() const;

  // The instant at which a pending alert fires by itself.
  [[nodiscard]] std::optional<model::BootTime> nextWake() const;

  // Firing alerts that are new or differ from what the last call returned, and the fingerprints of
  // those that are gone: for the store. How often something failed and when it is tried next
  // changes with every attempt and is not worth a write.
  struct Changes {
    std::map<std::string, KeptAlert> changed;
    std::vector<std::string> gone;
  };
  [[nodiscard]] Changes takeChanges();

 private:
  struct Item {
    model::Alert alert;
    std::string episode;
    model::BootTime seenSince;  // restored ones: unknown, see restored
    bool restored = false;
    std::optional<model::BootTime> firesAt;
  };

  void take(const Finding& finding, const std::string& id, const model::Now& now);
  [[nodiscard]] static model::Alert resolved(const Item& item, const model::Now& now);

  std::map<std::string, Item> items_;
  std::set<std::string> kept_;     // fingerprints that the store has
  std::set<std::string> touched_;  // to be stored anew
};

}  // namespace holdfast::alerts
