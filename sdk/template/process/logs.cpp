// SPDX-License-Identifier: Apache-2.0
#include "console.hpp"
#include "files.hpp"
#include "log_file.hpp"
#include "result.hpp"
#include "waiting.hpp"

#include <sys/inotify.h>

#include <cstring>
#include <deque>
#include <string>

namespace process {
namespace {

namespace sdk = holdfast::sdk;

bool wanted(const LogLine& line, const sdk::LogRequest& request) {
  return (request.sinceMs == sdk::kNoTime || line.timeMs >= request.sinceMs) &&
         (request.untilMs == sdk::kNoTime || line.timeMs <= request.untilMs);
}

bool show(const LogLine& line, sdk::OutputSink& sink) {
  return sink.output(line.stream == 'E' ? sdk::OutputStream::Stderr : sdk::OutputStream::Stdout,
                     line.timeMs, line.text);
}

// All lines that are there now. False when the reader has had enough, or the call is over.
bool showLines(LogReader& log, const sdk::LogRequest& request, sdk::Call& call,
               sdk::OutputSink& sink) {
  while (const auto line = log.next()) {
    if (call.cancelled() || (wanted(*line, request) && !show(*line, sink))) {
      return false;
    }
  }
  return true;
}

// The same, of the last lines only.
bool showTail(LogReader& log, const sdk::LogRequest& request, sdk::Call& call,
              sdk::OutputSink& sink) {
  std::deque<LogLine> tail;
  while (const auto line = log.next()) {
    if (call.cancelled()) {
      return false;
    }
    if (wanted(*line, request)) {
      tail.push_back(*line);
    }
    if (tail.size() > static_cast<std::size_t>(request.tail)) {
      tail.pop_front();
    }
  }
  for (const LogLine& line : tail) {
    if (!show(line, sink)) {
      return false;
    }
  }
  return true;
}

bool ended(const Condition& condition) {
  return condition.state == sdk::ContainerState::Exited ||
         condition.state == sdk::ContainerState::Created;
}

}  // namespace

sdk::Status readLogs(const ContainerStore& containers, const sdk::LogRequest& request,
                     sdk::Call& call, sdk::OutputSink& sink) {
  const auto container = containers.findById(request.containerId);
  if (!container) {
    return fail(call, sdk::ErrorClass::NotFound,
                "no container " + std::string(request.containerId));
  }
  const Fd changes(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!changes || ::inotify_add_watch(changes.get(), containers.folder().c_str(),
                                      IN_MODIFY | IN_MOVED_TO | IN_DELETE) < 0) {
    throwErrno("inotify");
  }
  LogReader log(containers.file(container->spec.name, ".log"));
  bool more =
      request.tail < 0 ? showLines(log, request, call, sink) : showTail(log, request, call, sink);
  while (more && request.follow != 0) {
    // Asked before the lines are read: what was written until the end is shown.
    const bool last = ended(containers.condition(container->spec.name));
    more = showLines(log, request, call, sink) && !last &&
           await(changes, call, INT64_MAX) == Wait::Ready;
    std::string drained(16 * 1024, '\0');
    while (more && ::read(changes.get(), drained.data(), drained.size()) > 0) {
    }
  }
  return call.cancelled() ? fail(call, sdk::ErrorClass::Cancelled, "cancelled") : sdk::Status{};
}

}  // namespace process
