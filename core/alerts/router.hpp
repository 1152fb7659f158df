// SPDX-License-Identifier: Apache-2.0
// Alerts -> notices: who is told what, together with what, and when (docs/alerting.md "Routes").
//
// Level-triggered like the engine: each group compares what its receiver was told with what is so,
// and tells the difference when it is due. Not thread-safe; time is an argument.
#pragma once

#include "alerts/alert_group.hpp"
#include "alerts/flap_book.hpp"
#include "alerts/notice.hpp"
#include "alerts/notice_rate.hpp"
#include "alerts/route.hpp"
#include "alerts/tracker.hpp"
#include "model/alert.hpp"
#include "model/time.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace holdfast::alerts {

// What a receiver was told and not taken back yet: kept across restarts.
struct KeptGroup {
  std::string notifier;
  std::string id;
  int route = 0;
  std::map<std::string, sdk::Severity> told;  // fingerprint -> the severity it was told with
  AlertMap over;                              // those of them that ended, which was not told yet

  friend bool operator==(const KeptGroup&, const KeptGroup&) = default;
};

class Router {
 public:
  // Receivers that forget what they are not told again, and how often they want to be told.
  using Forgetful = std::map<std::string, model::Milliseconds>;

  Router(Routes routes, Forgetful forgetful);

  // Other routes from now on. What was told stays with whom it was told to.
  void reconfigure(Routes routes);
  // A receiver's plugin came in later than the agent started.
  void setForgetful(Forgetful forgetful);

  // What was told in the last run, and which alerts fired then. Called once, first.
  void restore(const std::vector<KeptGroup>& kept, const AlertMap& alerts, const model::Now& now);

  // `alerts` as the tracker has them, those that are `over` since the last call, and the
  // fingerprints of firing ones that are not to be sent (inhibited, silenced).
  void update(const AlertMap& alerts, const std::vector<model::Alert>& over,
              const std::set<std::string>& muted, const model::Now& now);

  // The notices that are due. What they tell counts as told.
  std::vector<Notice> takeDue(const model::Now& now);

  // Where an alert of that kind goes.
  [[nodiscard]] std::vector<Destination> destinations(const model::Alert& alert) const {
    return routes_.destinations(alert);
  }

  // When the next one will be due, if nothing changes.
  [[nodiscard]] std::optional<model::BootTime> nextWake(model::BootTime now) const;

  [[nodiscard]] bool flapping(const std::string& fingerprint) const {
    return flaps_.flapping(fingerprint);
  }

  // Groups whose told alerts differ from what the last call returned, by "<notifier>/<id>"; an
  // empty `told` means gone.
  [[nodiscard]] std::map<std::string, KeptGroup> takeChanges();

 private:
  using GroupKey = std::pair<std::string, std::string>;  // notifier, id

  struct Group {
    int route = 0;
    AlertGroup alerts;
    std::optional<model::BootTime> changedAt;  // since when there is something to tell
    std::optional<model::BootTime> lastSent;
  };

  void fire(const model::Alert& alert, const std::string& id, bool muted);
  [[nodiscard]] bool hears(const std::string& notifier, const std::string& id) const;
  void noteNews(model::BootTime now);
  [[nodiscard]] std::optional<model::BootTime> dueAt(const GroupKey& key, const Group& group) const;
  [[nodiscard]] std::vector<GroupKey> dueGroups(model::BootTime now) const;
  [[nodiscard]] bool reminds(const GroupKey& key, const Group& group) const;
  Notice tell(const GroupKey& key, Group& group, const model::Now& now);
  void join(const GroupKey& key, Group& group);

  Routes routes_;
  Forgetful forgetful_;
  FlapBook flaps_;
  std::map<GroupKey, Group> groups_;
  NoticeRate rate_;
  std::set<std::string> firing_;
  std::map<GroupKey, KeptGroup> kept_;
};

}  // namespace holdfast::alerts
