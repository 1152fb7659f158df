// SPDX-License-Identifier: Apache-2.0
// The one ledger of everything that failed and will be tried again.
//
// Keys: "image:<runtime>:<reference>", "start:<app>/<service>", "crash:<app>/<service>",
// "engine:<runtime>", "notify:<notifier>", "cloud:<call>". No other class computes a delay.
// Rules and numbers: docs/behaviour.md "Retry".
//
// Not thread-safe: it belongs to one thread (the engine's). Time comes in as an argument and
// randomness by the constructor; wall time only labels what is shown and never decides.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "holdfast/sdk/types.hpp"
#include "model/time.hpp"
#include "retry/policy.hpp"

namespace holdfast::retry {

using model::BootTime;
using model::Now;
using model::WallTime;
using sdk::ErrorClass;

struct Failure {
  ErrorClass errorClass = ErrorClass::Transient;
  std::string reason;   // the finer word shown for it: ErrImagePull, RunContainerError, Error, ...
  std::string message;  // one line
  std::string raw;      // the far side's own answer, for describe and why
  Milliseconds retryAfter{-1};  // as the far side asked; -1 unknown
  std::string host;     // image keys: registry host, for host-wide pauses and re-arming
};

struct Entry {
  std::string key;
  int retryCount = 0;  // retries scheduled so far; 1 after the first failure, kept when exhausted
  int maxRetries = 0;
  Milliseconds delay{0};        // the one being waited
  std::optional<BootTime> due;  // absent: exhausted, or Invalid (only a change helps)
  bool exhausted = false;
  bool rearmed = false;  // exhausted once; given single attempts since (the same alert goes on)
  Failure latest;
  std::string firstError;
  WallTime since;      // of the first failure
  WallTime timestamp;  // of the latest failure
};

// What `recordFailure` changed, for events and alerts.
struct FailureOutcome {
  bool becameExhausted = false;  // only the first time: a re-armed key exhausts silently
};

// Why the process is starting, as far as waiting keys are concerned.
enum class Resume {
  OrderlyStop,  // same boot, SIGTERM/SIGINT: waiting keys are due now, exhausted ones start afresh
  Crash,        // same boot: due instants stand
  Reboot,       // another boot: counts kept, due after a random part of the current delay
};

class RetryManager {
 public:
  // `random` returns values in [0,1).
  RetryManager(Policies policies, std::function<double()> random);

  // Replaces the policies; entries keep their counts and due instants.
  void setPolicies(Policies policies);
  [[nodiscard]] const Policies& policies() const { return policies_; }

  // Counts one failed attempt and schedules the next. `from` is the instant that the delay counts
  // from (the moment of failure; a container's finish time), not later than now. Crash keys reset
  // first when `ranFor` is strictly longer than resetAfter. `maxRetries` overrides the policy's
  // (restart policy on-failure:n).
  FailureOutcome recordFailure(std::string_view key, Failure failure, BootTime from, const Now& now,
                               std::optional<Milliseconds> ranFor = {},
                               std::optional<int> maxRetries = {});

  // Clears the entry; what it was, if there was one.
  std::optional<Entry> recordSuccess(std::string_view key);

  // Forgets the entry without calling it a success: changed spec, changed reference, removed.
  bool forget(std::string_view key);
  void forgetMatching(const std::function<bool(const Entry&)>& matches);

  // Makes waiting and exhausted entries due now with a fresh ladder (forced retry, same target set
  // again). The first and latest cause stay visible until the attempt ends. False: no such entry.
  bool force(std::string_view key, const Now& now);

  // nullptr when the key never failed or recovered.
  [[nodiscard]] const Entry* find(std::string_view key) const;
  [[nodiscard]] const std::map<std::string, Entry, std::less<>>& entries() const { return entries_; }

  // May the key be tried at `now`? True without an entry. Registry-wide pauses are asked for apart.
  [[nodiscard]] bool due(std::string_view key, BootTime now) const;

  // Rate limit: every pull from this registry host waits until then.
  [[nodiscard]] std::optional<BootTime> hostPausedUntil(std::string_view host, BootTime now) const;

  // Something proved that the host answers (a pull from it succeeded, or failed with an answer of
  // the registry): exhausted entries of that host whose last class was transient, rate_limited,
  // conflict or unavailable get one attempt now. Returns how many.
  int hostAnswered(std::string_view host, const Now& now);

  // The credential files changed: exhausted `denied` entries get one attempt now.
  int credentialsChanged(const Now& now);

  // Gives exhausted entries one attempt when rearmAfter has passed. Called once per pass.
  int rearmByAge(const Now& now);

  // The earliest instant at which anything here changes by itself: a due, a pause's end, a re-arm.
  [[nodiscard]] std::optional<BootTime> nextWake(BootTime now) const;

  // Persistence. `takeChanges` returns the entries changed or removed since the last call; the
  // store keeps them together with the boot id. `restore` is called once, before anything else.
  struct Changes {
    std::vector<Entry> changed;
    std::vector<std::string> removed;
    std::map<std::string, BootTime> hostPauses;  // all of them, when any changed
    bool hostPausesChanged = false;
  };
  [[nodiscard]] Changes takeChanges();
  struct Saved {
    std::vector<Entry> entries;
    std::map<std::string, BootTime> hostPauses;
  };
  void restore(Saved saved, Resume resume, const Now& now);

 private:
  Policies policies_;
  std::function<double()> random_;
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace holdfast::retry
