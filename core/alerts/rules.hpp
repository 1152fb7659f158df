// SPDX-License-Identifier: Apache-2.0
// What is wrong right now, read from what the engine shows. docs/alerting.md "What fires when".
//
// assess() is a pure function of a situation (and of the exits counted so far): it looks at levels,
// never at single events, so that nothing is missed by an agent that was away. Tracker makes alerts
// that begin and end of it.
#pragma once

#include "engine/snapshot.hpp"
#include "model/alert.hpp"
#include "model/time.hpp"
#include "retry/retry_manager.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace holdfast::alerts {

// A failure that may pass is told at the third in a row; a receiver that fails, at the fifth.
inline constexpr int kFailuresToAlert = 3;
inline constexpr int kDeliveriesToAlert = 5;
// So many exits within the window are a crash loop.
inline constexpr std::size_t kExitsToAlert = 5;
inline constexpr model::Milliseconds kExitWindow{600'000};
// An engine that is restarted is back within this time.
inline constexpr model::Milliseconds kEngineAbsence{60'000};

// Of what went wrong; kMaxAlertsOfNotice of them have to fit into one notification.
inline constexpr std::size_t kMaxAlertMessage = 512;

// A plugin that does not work: refused, or with calls that hang.
struct PluginFault {
  std::string plugin;
  std::string reason;  // PluginRefused, PluginStuck, PluginQuarantined
  std::string message;
};

// A receiver, as far as its deliveries are concerned.
struct NotifierStanding {
  std::string name;
  std::optional<retry::Entry> ladder;  // notify:<name>
  std::string switchedOff;             // the receiver's words; empty: it takes notifications
};

struct Situation {
  const engine::Snapshot* snapshot = nullptr;
  std::vector<PluginFault> plugins;
  std::vector<NotifierStanding> notifiers;
  model::Milliseconds crashCap{300'000};  // retry.crash.max
  model::Now now;
};

// Something that is wrong, and what it is worth.
enum class Standing {
  Sustains,  // not bad enough to begin an alert, but one that fires goes on
  Pending,   // failing, and about to become an alert
  Firing,    // an alert, as soon as it has been there for `holdFor`
};

struct Finding {
  model::AlertType type{};
  model::AlertSubject subject;
  model::AlertFacts facts;
  Standing standing = Standing::Firing;
  model::Milliseconds holdFor{0};
  model::WallTime since;  // of the first failure
  // One that lasts keeps this; another value is another alert, and ends the former one.
  std::string episode;
};

struct Assessment {
  std::vector<Finding> findings;
  // Services ("<app id>/<name>") whose engine was not looked at yet: nothing is known of them.
  std::set<std::string> unknownServices;
};

// When services were seen to exit: what the ledger's count alone cannot tell. Bounded: the last
// kExitsToAlert exits of each service that has a crash: entry.
class ExitCounter {
 public:
  // Were there kExitsToAlert exits within kExitWindow? `crash` is the service's entry now.
  bool looping(const std::string& service, const retry::Entry& crash, const model::Now& now);
  void keepOnly(const std::set<std::string>& services);

 private:
  struct Exits {
    int counted = 0;  // retryCount when last looked at
    model::WallTime since;
    std::deque<model::BootTime> at;
  };
  std::map<std::string, Exits> services_;
};

[[nodiscard]] Assessment assess(const Situation& situation, ExitCounter& exits);

}  // namespace holdfast::alerts
