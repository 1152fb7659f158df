// SPDX-License-Identifier: Apache-2.0
// What every kind of plugin shares: status, call, host, base class.
//
// Rules for all of the SDK:
// - Signatures use SDK types, std::string_view, std::span and fixed-width integers only.
// - A view handed in is valid until the call returns; copy what must live longer.
// - The side that builds a struct sets `structSize`; fields are only appended.
// - No exception crosses. One that does is caught by the host and counted against the plugin.
// - Plugins neither retry nor sleep to retry: one call is one attempt. The host owns retry, time,
//   threads, logging, configuration and signals.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace holdfast::sdk {

// How a call ended. The host decides from this, never from text; docs/behaviour.md "Error classes"
// says what follows from each. Values are part of the ABI.
enum class ErrorClass : std::int32_t {
  Ok = 0,
  Transient = 1,    // network, timeout, 5xx, damaged data, disk full: the same call may work later
  RateLimited = 2,  // the far side asked for fewer requests; retryAfterMs where it said when
  Denied = 3,       // credentials missing, wrong or not sufficient
  NotFound = 4,     // the named thing does not exist (yet)
  Rejected = 5,     // the engine refuses to run it as it is
  Invalid = 6,      // the request can never work; only a changed request helps
  Conflict = 7,     // something else holds the name, port or object
  Unavailable = 8,  // the far side itself is not there or does not answer
  Internal = 9,     // the plugin failed or broke its contract
  Cancelled = 10,   // the host cancelled the call, and the plugin gave up because of it
};

// Result of a call. Text for people goes through Call::explain.
struct Status {
  ErrorClass code = ErrorClass::Ok;
  std::int32_t reserved = 0;
  std::int64_t retryAfterMs = -1;  // not before this many milliseconds from now; -1: unknown

  [[nodiscard]] bool ok() const noexcept { return code == ErrorClass::Ok; }
};
static_assert(sizeof(Status) == 16, "Status is returned by value across the ABI");

// Frozen: arrays of it cross the ABI.
struct KeyValue {
  std::string_view key;
  std::string_view value;
};

enum class LogLevel : std::int32_t {
  Error = 3,
  Warning = 4,
  Notice = 5,
  Information = 6,
  Debug = 7
};

// One call's deadline, cancellation and explanation. Made by the host for one call, valid only
// inside it; every member may be used from any thread while the call runs.
class Call {
 public:
  // True once the host gave the call up: return soon, with ErrorClass::Cancelled.
  [[nodiscard]] virtual bool cancelled() const noexcept = 0;

  // Milliseconds left before the host cancels, never negative; INT64_MAX for calls without a
  // deadline (pull, watch, logs).
  [[nodiscard]] virtual std::int64_t remainingMs() const noexcept = 0;

  // A descriptor that becomes readable on cancellation, for poll() and its relatives. Owned by the
  // host; never read from it, never close it.
  [[nodiscard]] virtual int cancelFd() const noexcept = 0;

  // Why the status is not Ok. `message` is one line for people: the root cause, without secrets.
  // `raw` is what the far side really answered (status line and body), as it stands, for
  // `holdfast describe` and `why`; the host caps it. The last call wins. Empty views are allowed.
  virtual void explain(std::string_view message, std::string_view raw) noexcept = 0;

 protected:
  ~Call() = default;
};

// What the host offers an instance. Thread-safe, outlives the instance.
class Host {
 public:
  // Writes to the agent's log under the plugin's name. Never put secrets here.
  virtual void log(LogLevel level, std::string_view message,
                   std::span<const KeyValue> fields) noexcept = 0;

  // The value of an option of the plugin's schema, its default where it is not configured, empty
  // where there is neither. Already checked against the schema and in one form: a duration is a
  // decimal number of milliseconds, a boolean is true or false. Valid as long as the instance.
  [[nodiscard]] virtual std::string_view option(std::string_view name) const noexcept = 0;

  // A private directory (0700) that survives restarts. It exists.
  [[nodiscard]] virtual std::string_view stateDirectory() const noexcept = 0;

 protected:
  ~Host() = default;
};

// Base of every kind. Frozen within a major version: derived vtables follow it.
//
// Threads: the host calls start once before anything else and stop once after everything else has
// returned or been given up. All other calls may come from any thread, several at once.
class Plugin {
 public:
  Plugin() = default;
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;

  // Gets ready. Not the place to require the far side: an engine that is down at boot is normal.
  virtual Status start(Call& call) = 0;

  // Cheap proof that the far side answers (a ping). Unavailable when it does not.
  virtual Status health(Call& call) = 0;

  // Ends every thread and stream of the instance. Returns within 5 s.
  virtual void stop() noexcept = 0;

  // An optional interface by its id, nullptr when the plugin does not have it.
  virtual void* query(std::uint32_t interfaceId) noexcept {
    static_cast<void>(interfaceId);
    return nullptr;
  }

  virtual ~Plugin() = default;
};

}  // namespace holdfast::sdk
