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

#include "holdfast/sdk/types.hpp"
#include "model/time.hpp"
#include "retry/policy.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::retry {

using model::BootTime;
using model::Now;
using model::WallTime;
using sdk::ErrorClass;

// What the ledger keeps of one failure, and of how many keys. Longer texts are cut at a character;
// at the limit the key whose retry is nearest is forgotten, since it loses least by it.
inline constexpr std::size_t kMaxMessage = 1'024;
inline constexpr std::size_t kMaxRaw = 4'096;
inline constexpr std::size_t kMaxReason = 128;
inline constexpr std::size_t kMaxHost = 255;
inline constexpr std::size_t kMaxEntries = 2'048;

struct Failure {
  ErrorClass errorClass = ErrorClass::Transient;
  std::string reason;   // the finer word shown for it: ErrImagePull, RunContainerError, Error, ...
  std::string message;  // one line
  std::string raw;      // the far side's own answer, for describe and why
  Milliseconds retryAfter{-1};  // as the far side asked; -1 unknown
  std::string host;             // image keys: registry host, for host-wide pauses and re-arming

  friend bool operator==(const Failure&, const Failure&) = default;
};

struct Entry {
  std::string key;
  // Retries scheduled so far: 1 after the first failure, kept when exhausted, 0 while Invalid and
  // after a forced retry until its attempt has failed.
  int retryCount = 0;
  int maxRetries = 0;           // 0: no limit
  Milliseconds delay{0};        // the latest one waited, from the failure to `due`
  std::optional<BootTime> due;  // absent: exhausted, or Invalid (only a change helps)
  bool exhausted = false;
  bool rearmed = false;  // exhausted once; given single attempts since (the same alert goes on)
  std::optional<BootTime> exhaustedAt;  // of the latest time; present while `exhausted`
  Failure latest;
  std::string firstError;
  WallTime since;      // of the first failure
  WallTime timestamp;  // of the latest failure

  friend bool operator==(const Entry&, const Entry&) = default;
};

// A registry host that asked for fewer requests.
struct HostPause {
  BootTime until;
  Milliseconds length{0};  // as asked for: what is left of it cannot be told after a reboot

  friend bool operator==(const HostPause&, const HostPause&) = default;
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

// When an exhausted entry gets another attempt by age. Nothing when it never does, or when it is
// not exhausted.
[[nodiscard]] std::optional<BootTime> rearmsAt(const Entry& entry, const Policies& policies);

class RetryManager {
 public:
  // `random` returns values in [0,1).
  RetryManager(const Policies& policies, std::function<double()> random);

  // Replaces the policies; entries keep their counts and due instants, and meet the new numbers at
  // their next failure.
  void setPolicies(const Policies& policies);
  [[nodiscard]] const Policies& policies() const { return policies_; }

  // Counts one failed attempt and schedules the next. `from` is the instant that the delay counts
  // from (the moment of failure; a container's finish time); one after `now` counts as now. Crash
  // keys reset first when `ranFor` is strictly longer than resetAfter. `maxRetries` overrides the
  // policy's (restart policy on-failure:n; 0 is no limit). Not for failures of class Unavailable of
  // an engine: those are charged to its engine: key. Throws std::invalid_argument for a key of no
  // known family.
  FailureOutcome recordFailure(std::string_view key, Failure failure, BootTime from, const Now& now,
                               std::optional<Milliseconds> ranFor = {},
                               std::optional<int> maxRetries = {});

  // Clears the entry; what it was, if there was one.
  std::optional<Entry> recordSuccess(std::string_view key);

  // Forgets the entry without calling it a success: changed spec, changed reference, removed.
  bool forget(std::string_view key);
  void forgetMatching(const std::function<bool(const Entry&)>& matches);

  // Makes the entry due now with a fresh ladder, whatever it waits for (forced retry, same target
  // set again). The first and latest cause stay visible until the attempt succeeds. For an image
  // key the pause of its registry host ends too: now means now. False: no such entry.
  bool force(std::string_view key, const Now& now);

  // What made the key fail may be over: it is due after a random part of its current delay, never
  // later than before, count kept; an exhausted one gets one attempt then. False: no such entry.
  bool hasten(std::string_view key, const Now& now);

  // nullptr when the key never failed or recovered.
  [[nodiscard]] const Entry* find(std::string_view key) const;
  [[nodiscard]] const std::map<std::string, Entry, std::less<>>& entries() const {
    return entries_;
  }

  // May the key be tried at `now`? True without an entry. Registry-wide pauses are asked for apart.
  [[nodiscard]] bool due(std::string_view key, BootTime now) const;

  // Rate limit: every pull from this registry host waits until then.
  [[nodiscard]] std::optional<BootTime> hostPausedUntil(std::string_view host, BootTime now) const;

  // Something proved that the host answers (a pull from it succeeded, or failed with an answer of
  // the registry): exhausted entries of that host whose last class was transient, rate_limited,
  // conflict or unavailable get one attempt. Returns how many. `by` is the key whose attempt was
  // answered: an entry is not re-armed by its own answer. The attempt is due now; for an entry that
  // already failed such an attempt, not before its last delay has passed since: otherwise two
  // failing images of one host would re-arm each other for ever.
  int hostAnswered(std::string_view host, const Now& now, std::string_view by = {});

  // The credential files changed: exhausted `denied` entries get one attempt now; with a key, that
  // entry alone. Returns how many.
  int credentialsChanged(const Now& now, std::string_view only = {});

  // Gives exhausted entries of the classes of hostAnswered one attempt when rearmAfter has passed
  // since they became so, and forgets pauses that are over. Called once per pass. How many entries.
  int rearmByAge(const Now& now);

  // The earliest instant at which anything here changes by itself: a due, a pause's end, a re-arm.
  // What was due already is not waited for, so later than `now`, but for a re-arm not yet done.
  [[nodiscard]] std::optional<BootTime> nextWake(BootTime now) const;

  // Persistence. `takeChanges` returns the entries changed or removed since the last call; the
  // store keeps them together with the boot id. `restore` is called once, before anything else.
  struct Changes {
    std::vector<Entry> changed;
    std::vector<std::string> removed;
    std::map<std::string, HostPause> hostPauses;  // all of them, when any changed
    bool hostPausesChanged = false;

    [[nodiscard]] bool empty() const {
      return changed.empty() && removed.empty() && !hostPausesChanged;
    }
  };
  [[nodiscard]] Changes takeChanges();
  struct Saved {
    std::vector<Entry> entries;
    std::map<std::string, HostPause> hostPauses;
  };
  // Entries of no known family (left by another version) are dropped. After an orderly stop no host
  // is paused; after a reboot pauses, too, last for a random part of their length.
  void restore(Saved saved, Resume resume, const Now& now);

 private:
  Entry& entryFor(std::string_view key);
  void makeRoom();
  void schedule(Entry& entry, const Policy& policy, BootTime from);
  void pauseHostOf(const Entry& entry, BootTime from);
  void rearm(Entry& entry, BootTime due);
  void resumeEntry(Entry& entry, Resume resume, const Now& now);
  void resumePauses(const std::map<std::string, HostPause>& saved, Resume resume, const Now& now);
  [[nodiscard]] Milliseconds randomPartOf(Milliseconds delay) const;

  Policies policies_;
  std::function<double()> random_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::map<std::string, HostPause, std::less<>> hostPauses_;
  std::set<std::string, std::less<>> touched_;  // keys of entries changed or removed
  bool hostPausesTouched_ = false;
};

}  // namespace holdfast::retry
