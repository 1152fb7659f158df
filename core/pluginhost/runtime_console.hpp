// SPDX-License-Identifier: Apache-2.0
// A container's output for somebody who reads it: logs and exec, for the threads of the API. Apart
// from the engine's RuntimePort, since these calls wait for their reader.
#pragma once

#include "engine/ports.hpp"
#include "holdfast/sdk/runtime.hpp"
#include "model/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::pluginhost {

struct LogQuery {
  std::string containerId;
  std::optional<std::int32_t> tail;  // last lines; nothing: all
  std::optional<model::WallTime> since;
  std::optional<model::WallTime> until;
  bool follow = false;
};

struct ExecQuery {
  std::string containerId;
  std::vector<std::string> argv;
  model::Milliseconds timeout{1'000};
};

struct ExecOutcome {
  engine::CallResult result;
  int exitCode = 0;       // meaningful when result is ok and not timedOut
  bool timedOut = false;  // the command was killed because its time was over
};

// One line of a log without its newline, or one piece of a command's output. At most 64 KiB; what a
// plugin reports beyond that in one go is cut.
struct OutputChunk {
  sdk::OutputStream stream = sdk::OutputStream::Stdout;
  std::optional<model::WallTime> at;
  std::string bytes;
};

// Called from the thread that called logs() or exec(); may block, the plugin waits then.
class OutputReader {
 public:
  virtual ~OutputReader() = default;
  // False: no longer interested.
  virtual bool output(const OutputChunk& chunk) = 0;
  // Asked about once a second while nothing comes. False: gone.
  virtual bool present() = 0;
};

// Thread-safe, several at once.
class RuntimeConsole {
 public:
  virtual ~RuntimeConsole() = default;

  // Blocks until the output ends (Ok), the reader has gone (Cancelled) or the call failed. Without
  // `follow`, 30 s without any output end it too (Unavailable).
  virtual engine::CallResult logs(const LogQuery& query, OutputReader& reader) = 0;

  // Blocks until the command ended, `timeout` and 5 s more at most, however slow the reader is.
  virtual ExecOutcome exec(const ExecQuery& query, OutputReader& reader) = 0;
};

}  // namespace holdfast::pluginhost
