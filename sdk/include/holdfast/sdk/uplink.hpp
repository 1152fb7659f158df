// SPDX-License-Identifier: Apache-2.0
// The uplink kind: a plugin that speaks the protocol of one cloud.
//
// When to ask, what to report, what is kept while the cloud is away, what a target means and
// whether it is accepted is the host's. A plugin makes one attempt at one call, puts a report into
// its cloud's form, and says how that ended. An agent has one uplink; the host makes one call of
// each kind at a time, but calls of different kinds may overlap.
//
// What identifies the device to its cloud (ids, keys) is the plugin's: it makes and keeps it in
// Host::stateDirectory(), in files that only the agent's user can read.
#pragma once

#include "holdfast/sdk/types.hpp"

namespace holdfast::sdk {

// What has to be done before the cloud knows the device. Values are part of the ABI.
enum class EnrolmentStep : std::int32_t {
  None = 0,         // the device is known: targets and reports may go
  Register = 1,     // the first contact
  ExchangeKey = 2,  // the proof of the device's own key
};

// The device as the host knows it. Texts may be empty where they could not be found out.
struct DeviceInfo {
  std::uint32_t structSize = sizeof(DeviceInfo);
  std::uint32_t reserved = 0;
  std::string_view uuid;  // of the state directory; what a plugin without an older one goes by
  std::string_view name;  // `device.name`
  std::string_view macAddress;    // of the interface of the default route, "02:42:ac:11:00:02"
  std::string_view osVersion;     // "Debian GNU/Linux 12 (bookworm)"
  std::string_view architecture;  // GOARCH words: amd64, arm64
  std::string_view agentVersion;
};

struct FetchRequest {
  std::uint32_t structSize = sizeof(FetchRequest);
  std::uint32_t reserved = 0;
  // As an earlier fetch gave it, byte for byte; empty: the whole target is wanted in any case.
  std::string_view etag;
};

class TargetSink {
 public:
  // The document as the cloud gave it, at most 8 MiB, and what tells it from others: an opaque text
  // of at most 1 KiB, empty when the cloud has none. Once at most in a call that ends in Ok.
  virtual void target(std::string_view document, std::string_view etag) noexcept = 0;

 protected:
  ~TargetSink() = default;
};

// The whole state of the device. One that was not delivered is never handed over again: a newer one
// takes its place.
struct Report {
  std::uint32_t structSize = sizeof(Report);
  std::uint32_t reserved = 0;
  std::int64_t sequence = 0;  // grows with each report, over restarts too
  // docs/report.md. At most 1 MiB.
  std::string_view contentJson;
};

// One line of a container's output. Frozen: arrays of it cross the ABI.
struct ServiceLogLine {
  std::int64_t timestampMs = 0;  // milliseconds since the epoch
  std::string_view appId;
  std::string_view service;
  std::string_view text;  // without its line end, at most 16 KiB
  std::uint8_t isStderr = 0;
  std::uint8_t reserved[7] = {};
};

// Something that `holdfast check` shows beside the host's own figures.
class FactSink {
 public:
  // The name is letters and digits, at most 64; the value one line, at most 1 KiB; at most 64
  // facts. docs/plugin-guide.md "Uplinks" lists the names that `check` knows and gives a verdict
  // on; others are shown as they are. Never a secret.
  virtual void fact(std::string_view name, std::string_view value) noexcept = 0;

 protected:
  ~FactSink() = default;
};

// The calls' statuses lead to, each by the ladder of its own call:
//
// - Ok: done.
// - Transient, Unavailable, Denied, NotFound, Conflict, Internal: again, by the ladder.
// - RateLimited: again, not before retryAfterMs where it is known.
// - Rejected, Invalid: this content is of no use to the cloud. A report is not sent again, the next
//   change makes another; logs are dropped; a fetch or an enrolment goes on by its ladder.
//
// explain() gets the cloud's answer, without secrets.
class UplinkPlugin : public Plugin {
 public:
  // What has to be done before the next call of another kind. The host asks when the instance has
  // started and after each call on it, while others may run; a plugin that learns from an answer
  // that the device is not known any more says so here. Cheap, does no I/O, from any thread.
  [[nodiscard]] virtual EnrolmentStep enrolment() const noexcept { return EnrolmentStep::None; }

  // Makes one attempt at what enrolment() names. Register and ExchangeKey have ladders of their
  // own, slow ones: clouds allow few of these calls.
  virtual Status enrol(const DeviceInfo& device, Call& call) {
    static_cast<void>(device);
    static_cast<void>(call);
    return Status{};
  }

  // Asks for the target. Ok and nothing in the sink: it is still the one of the etag; where the
  // request had none, the cloud has no target for the device yet.
  virtual Status fetchTarget(const FetchRequest& request, TargetSink& sink, Call& call) = 0;

  // Delivers the state of the device.
  virtual Status deliverReport(const Report& report, Call& call) = 0;

  // Delivers output of services, in order. Only called where the configuration asks for it.
  virtual Status deliverLogs(std::span<const ServiceLogLine> lines, Call& call) {
    static_cast<void>(lines);
    call.explain("this cloud takes no logs: set uplink.logs = false", "");
    return Status{.code = ErrorClass::Rejected};
  }

  // What the latest answers showed: peers, certificates, clocks, bytes. Asked for as enrolment()
  // is. Cheap, does no I/O, from any thread.
  virtual void facts(FactSink& sink) const noexcept { static_cast<void>(sink); }
};

}  // namespace holdfast::sdk
