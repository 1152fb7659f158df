// SPDX-License-Identifier: Apache-2.0
// The runtime kind: a plugin that lets the agent run containers on one engine.
//
// Every container, network and volume that the agent makes carries the label kOwnerLabel. A plugin
// reports what carries it, whoever the owner is, and the host decides what is its own; a plugin
// changes only what a Step names.
//
// Labels are reported as they are, whatever an image brought along. The host leaves out those
// without a name, with one of over 4096 bytes or a value of over 64 KiB, and of one object all
// beyond 1000 but for those named here.
#pragma once

#include "holdfast/sdk/types.hpp"

namespace holdfast::sdk {

inline constexpr std::string_view kOwnerLabel = "io.holdfast.owner";
inline constexpr std::string_view kAppLabel = "io.holdfast.app";
inline constexpr std::string_view kServiceLabel = "io.holdfast.service";
inline constexpr std::string_view kSpecHashLabel = "io.holdfast.spec";

// Containers of the original Iotistic agent carry these instead; they are reported too.
inline constexpr std::string_view kLegacyAppLabel = "iotistic.app-id";
inline constexpr std::string_view kLegacyServiceLabel = "iotistic.service-id";

// Instants that come from the engine's wall clock: milliseconds since the epoch, kNoTime if unset.
inline constexpr std::int64_t kNoTime = INT64_MIN;

struct EngineInfo {
  std::uint32_t structSize = sizeof(EngineInfo);
  std::int32_t cpus = 0;
  std::int64_t memoryBytes = 0;
  std::string_view name;          // "Docker"
  std::string_view version;       // "20.10.24"
  std::string_view apiVersion;    // the one negotiated
  std::string_view architecture;  // GOARCH words: amd64, arm64
  std::string_view dataRoot;      // where images live, for disk checks; empty if unknown
  // An engine of an ordinary user: its networks are not the machine's, and a container is reached
  // from outside by its published ports alone.
  std::uint8_t rootless = 0;
  std::uint8_t reserved[7] = {};
};

class EngineInfoSink {
 public:
  virtual void engineInfo(const EngineInfo& info) noexcept = 0;

 protected:
  ~EngineInfoSink() = default;
};

enum class ContainerState : std::int32_t {
  Created = 1,
  Running = 2,
  Paused = 3,
  Exited = 4,    // ran and ended; also the engine's "dead"
  Changing = 5,  // restarting, removing, stopping: look again
};

struct MountRecord {
  std::string_view volume;       // name of the volume; empty for a bind mount
  std::string_view source;       // path on the host of a bind mount
  std::string_view destination;  // path in the container
};

struct ContainerRecord {
  std::uint32_t structSize = sizeof(ContainerRecord);
  ContainerState state = ContainerState::Changing;
  std::int32_t exitCode = 0;  // meaningful in Exited, and in Created after a failed start
  std::int32_t pid = 0;       // of the first process, 0 when not running
  std::uint8_t oomKilled = 0;
  std::uint8_t reserved[7] = {};
  std::int64_t createdAtMs = kNoTime;
  std::int64_t startedAtMs = kNoTime;   // of the latest run
  std::int64_t finishedAtMs = kNoTime;  // of the latest run; kNoTime while it runs
  std::string_view id;                  // the engine's full id
  std::string_view name;                // without leading slash; the id where it has none
  std::string_view image;               // reference that it was made from, as the engine tells it
  std::string_view imageId;             // "sha256:..." of the image that it really runs
  std::string_view engineError;         // what the engine recorded of a failed start; cut at 64 KiB
  std::span<const KeyValue> labels;
  std::span<const MountRecord> mounts;
  std::span<const KeyValue> addresses;  // network name -> IP address of the container on it
};

struct ImageRecord {
  std::uint32_t structSize = sizeof(ImageRecord);
  std::uint32_t reserved = 0;
  std::int64_t sizeBytes = 0;
  std::string_view reference;  // exactly as asked for in ObserveRequest::images
  std::string_view id;         // "sha256:..."
  std::string_view digest;     // registry digest "sha256:...", empty when never pulled
  // The image's own check of its containers (HEALTHCHECK of a Dockerfile): the host runs it by
  // exec, no engine does. Its words, with those of the shell when it is a line for one; none: the
  // image has no check. 0 in the others: the image does not say.
  std::span<const std::string_view> healthArgv;
  std::int64_t healthIntervalMs = 0;
  std::int64_t healthTimeoutMs = 0;
  std::int64_t healthStartPeriodMs = 0;
  std::int32_t healthRetries = 0;
  std::uint32_t reserved2 = 0;
};

struct NetworkRecord {
  std::uint32_t structSize = sizeof(NetworkRecord);
  std::uint32_t reserved = 0;
  std::string_view id;
  std::string_view name;
  std::span<const KeyValue> labels;
};

struct VolumeRecord {
  std::uint32_t structSize = sizeof(VolumeRecord);
  std::uint32_t reserved = 0;
  std::string_view name;
  std::span<const KeyValue> labels;
};

struct ObserveRequest {
  std::uint32_t structSize = sizeof(ObserveRequest);
  std::uint32_t reserved = 0;
  std::span<const std::string_view> images;  // references to look up; absent ones are not reported
};

class ObservationSink {
 public:
  virtual void container(const ContainerRecord& record) noexcept = 0;
  virtual void image(const ImageRecord& record) noexcept = 0;
  virtual void network(const NetworkRecord& record) noexcept = 0;
  virtual void volume(const VolumeRecord& record) noexcept = 0;

 protected:
  ~ObservationSink() = default;
};

// Values are part of the ABI.
enum class StepKind : std::int32_t {
  CreateNetwork = 1,     // name, specJson {"driver","options","internal","labels"}
  CreateVolume = 2,      // name, specJson {"driver","options","labels"}
  CreateContainer = 3,   // name, specJson: the container specification
  StartContainer = 4,    // name
  StopContainer = 5,     // name, graceMs
  RemoveContainer = 6,   // name; never its volumes
  PauseContainer = 7,    // name
  UnpauseContainer = 8,  // name
  RemoveNetwork = 9,     // name
  RemoveVolume = 10,     // name
  RemoveImage = 11,      // image; never by force, an image in use is Ok and stays
};

// One change to the engine. Every step is idempotent: what already is so is Ok, removing what is
// absent is Ok. A step never acts on a container that lacks `owner` in its labels (or, where
// `containerId` is given, on another container of the same name): that is Conflict. A start leaves
// all further restarts to the host, also of a container of the original agent, as far as the engine
// can change that.
struct Step {
  std::uint32_t structSize = sizeof(Step);
  StepKind kind = StepKind::CreateNetwork;
  std::int64_t graceMs = 10'000;  // StopContainer: between the stop signal and the kill
  std::string_view name;          // object name on the engine
  std::string_view containerId;   // of an existing container; empty for creations
  std::string_view image;         // reference
  std::string_view specJson;      // docs/container-spec.md
};

// What a pull tells while it runs. The host stops a pull whose (phase, doneBytes) stays the same
// for too long, so report real progress only, not lines.
struct PullProgress {
  std::uint32_t structSize = sizeof(PullProgress);
  std::uint32_t sequence = 0;  // strictly increasing within one pull
  std::int64_t doneBytes = 0;
  std::int64_t totalBytes = 0;  // 0 while unknown
  std::uint8_t waiting = 0;     // only waiting for a slot inside the engine: no stall of this pull
  std::uint8_t retrying = 0;    // the engine itself says that it is retrying
  std::uint8_t reserved[6] = {};
  // "resolving", "waiting", "downloading", "retrying", "extracting", ... "queued": parts are named,
  // none is on its way, and the engine may hold them back for another pull's without telling. After
  // a while the host takes it for `waiting` when it looks for a pull to stop in its favour.
  std::string_view phase;
};

class ProgressSink {
 public:
  virtual void progress(const PullProgress& progress) noexcept = 0;

 protected:
  ~ProgressSink() = default;
};

struct PullRequest {
  std::uint32_t structSize = sizeof(PullRequest);
  std::uint32_t reserved = 0;
  std::string_view reference;
};

enum class EventKind : std::int32_t {
  Connected = 1,  // the stream is open: from now on everything is reported. Look at everything
  Died = 2,       // a container's process ended
  Started = 3,
  Changed = 4,  // anything else about a container, image, network or volume
};

struct EngineEvent {
  std::uint32_t structSize = sizeof(EngineEvent);
  EventKind kind = EventKind::Changed;
  std::int64_t timeMs = kNoTime;
  std::string_view containerId;    // empty when it is not about a container
  std::string_view containerName;  // without leading slash
  std::string_view action;         // the engine's own word, for the log
};

class EventSink {
 public:
  virtual void event(const EngineEvent& event) noexcept = 0;

 protected:
  ~EventSink() = default;
};

struct LogRequest {
  std::uint32_t structSize = sizeof(LogRequest);
  std::int32_t tail = -1;  // last lines; -1: all
  std::int64_t sinceMs = kNoTime;
  std::int64_t untilMs = kNoTime;
  std::uint8_t follow = 0;
  std::uint8_t reserved[7] = {};
  std::string_view containerId;
};

enum class OutputStream : std::int32_t { Stdout = 1, Stderr = 2 };

class OutputSink {
 public:
  // One line of a log (without its newline, timeMs set) or one chunk of an exec's output (timeMs
  // kNoTime). Returning false asks the plugin to end the call.
  virtual bool output(OutputStream stream, std::int64_t timeMs,
                      std::string_view bytes) noexcept = 0;

 protected:
  ~OutputSink() = default;
};

struct ExecRequest {
  std::uint32_t structSize = sizeof(ExecRequest);
  std::uint32_t reserved = 0;
  std::int64_t timeoutMs = 1'000;
  std::string_view containerId;
  std::span<const std::string_view> argv;
};

struct ExecResult {
  std::uint32_t structSize = sizeof(ExecResult);
  std::int32_t exitCode = 0;  // meaningful unless timedOut
  std::uint8_t timedOut = 0;  // the process was killed because its time was over
  std::uint8_t reserved[7] = {};
};

class RuntimePlugin : public Plugin {
 public:
  // Version, limits and place of the engine. Asked once per connection.
  virtual Status engineInfo(Call& call, EngineInfoSink& sink) = 0;

  // Can this engine run a container with this specification at all? No I/O. Ok, or Invalid with the
  // reason in explain, one line that names the member ("logging.driver: ...").
  virtual Status validate(std::string_view specJson, Call& call) = 0;

  // Everything that carries kOwnerLabel (any value) or the legacy labels, and the images asked for.
  // Ok means complete: anything that was not reported is not there.
  virtual Status observe(const ObserveRequest& request, Call& call, ObservationSink& sink) = 0;

  // Carries out one step. See Step.
  virtual Status execute(const Step& step, Call& call) = 0;

  // Makes the image available locally, from its registry even when a copy is there already. Ends
  // early on cancellation. The host allows one pull per reference at a time.
  virtual Status pull(const PullRequest& request, Call& call, ProgressSink& sink) = 0;

  // Reports events until the call is cancelled (Cancelled) or the stream ends (Unavailable).
  virtual Status watch(Call& call, EventSink& sink) = 0;

  // Output of a container, oldest first. With follow it runs until cancelled or the container ends.
  virtual Status logs(const LogRequest& request, Call& call, OutputSink& sink) = 0;

  // Runs a command inside a running container. Ok when it ran (whatever its exit code) or timed
  // out; NotFound, Conflict or Rejected when it could not be run. A timed-out process is killed.
  virtual Status exec(const ExecRequest& request, Call& call, OutputSink& sink,
                      ExecResult& result) = 0;
};

}  // namespace holdfast::sdk
