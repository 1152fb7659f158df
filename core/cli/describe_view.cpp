// SPDX-License-Identifier: Apache-2.0
#include "cli/describe_view.hpp"

#include "cli/event_view.hpp"
#include "cli/json_view.hpp"
#include "cli/section_writer.hpp"
#include "cli/service_words.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"
#include "cli/value_text.hpp"

#include <algorithm>
#include <cstddef>

namespace holdfast::cli {
namespace json = boost::json;
namespace {

// The answer has a whole day of them.
constexpr std::size_t kStatusChanges = 10;

std::string desiredState(const json::value& service) {
  const std::string desired = text(service, "state");
  const std::string byHand = text(service, "override");
  return byHand.empty() ? desired
                        : desired + ", but " + byHand + " by hand ('holdfast start' ends that)";
}

// Empty unless an update could not replace the container yet.
std::string olderImage(const json::value& service) {
  const std::string running = text(service, "runningImage");
  return running == text(service, "imageName") ? std::string() : running;
}

void writeHead(SectionWriter& out, const json::value& service, model::WallTime now) {
  out.field("Name", displayName(service));
  out.field("App ID", text(service, "appId"));
  out.field("Service ID", text(service, "serviceId"));
  out.field("Image", text(service, "imageName"));
  out.field("Running Image", olderImage(service));
  out.field("Image Digest", text(service, "runningImageDigest"));
  out.field("Runtime", text(service, "runtime"));
  out.field("Desired", desiredState(service));
  out.field("Status", statusWord(service));
  out.field("Ready", text(service, "ready"));
  out.field("Restart Count", restarts(service, now));
  if (number(service, "crashCount") > 0) {
    out.field("Crash Count", text(service, "crashCount"));
  }
  out.field("Observed", pastMoment(service, "observedAt", now));
  out.field("Decision", text(service, "decision"));
}

void writeFaults(SectionWriter& out, const json::value& service) {
  const json::array& faults = list(service, "faults");
  if (faults.empty()) {
    return;
  }
  out.open("Faults");
  for (const json::value& fault : faults) {
    if (const json::string* const line = fault.if_string()) {
      out.line(oneLine({line->data(), line->size()}));
    } else {
      out.line(text(fault, "pointer") + ": " + text(fault, "message"));
    }
  }
  out.close();
}

void writeSpec(SectionWriter& out, const json::value& service) {
  const json::value* const spec = member(service, "spec");
  if (spec == nullptr || !spec->is_object()) {
    return;
  }
  out.open("Spec");
  out.field("Hash", text(service, "specHash"));
  writeMembers(out, spec->get_object());
  out.close();
}

// kubectl's words for a container's state; the engine's own word where it has one more.
std::string stateWord(const json::value& service, const std::string& engineState) {
  if (engineState == "running" || engineState == "paused") {
    return heading(engineState);
  }
  const std::string status = rawText(service, "serviceStatus");
  return status == "running" ? "Running" : status == "stopped" ? "Terminated" : "Waiting";
}

void writeState(SectionWriter& out, const json::value& service, model::WallTime now) {
  const json::value* const container = member(service, "container");
  const std::string state =
      stateWord(service, container == nullptr ? std::string() : text(*container, "state"));
  out.open("State", state);
  if (state == "Waiting" || state == "Terminated") {
    out.field("Reason", text(service, "reason"));
  } else {
    out.field("Started", pastMoment(service, "startedAt", now));
  }
  out.close();
  const json::value* const last = member(service, "lastState");
  if (last == nullptr) {
    return;
  }
  out.open("Last State", "Terminated");
  out.field("Reason", text(*last, "reason"));
  out.field("Exit Code", text(*last, "exitCode"));
  out.field("Started", pastMoment(*last, "startedAt", now));
  out.field("Finished", pastMoment(*last, "finishedAt", now));
  out.close();
}

void writeContainer(SectionWriter& out, const json::value& service, model::WallTime now) {
  const json::value* const container = member(service, "container");
  out.open("Container", container == nullptr ? text(service, "containerId").substr(0, 12) : "");
  if (container != nullptr) {
    out.field("Name", text(*container, "name"));
    out.field("ID", text(*container, "id"));
    out.field("Image", text(*container, "image"));
    out.field("Image ID", text(*container, "imageId"));
    out.field("Created", pastMoment(*container, "createdAt", now));
    if (number(*container, "pid") > 0) {
      out.field("Pid", text(*container, "pid"));
    }
    if (const json::value* addresses = member(*container, "addresses");
        addresses != nullptr && addresses->is_object() && !addresses->get_object().empty()) {
      out.open("Addresses");
      writeMembers(out, addresses->get_object());
      out.close();
    }
    out.field("Engine Error", text(*container, "engineError"));
  }
  writeState(out, service, now);
  out.close();
}

// "success (latest: 2 x failure)"
std::string outcomes(const json::value& probe) {
  const std::string streak =
      number(probe, "streak") == 0 ? "" : text(probe, "streak") + " x " + text(probe, "streakOf");
  const std::string result = text(probe, "result");
  return streak.empty() ? result : result + " (latest: " + streak + ")";
}

void writeProbes(SectionWriter& out, const json::value& service, model::WallTime now) {
  const json::value* const probes = member(service, "probes");
  if (probes == nullptr) {
    return;
  }
  out.open("Probes");
  for (const char* kind : {"startup", "liveness", "readiness"}) {
    const json::value* const probe = member(*probes, kind);
    if (probe == nullptr) {
      continue;
    }
    out.open(heading(kind), text(*probe, "type"));
    out.field("Result", outcomes(*probe));
    out.field("Address", text(*probe, "address"));
    out.field("Last Probed", pastMoment(*probe, "lastTime", now));
    out.field("Output", text(*probe, "lastOutput"));
    out.field("Message", text(*probe, "message"));
    out.close();
  }
  out.close();
}

std::string withTime(const std::string& message, const std::string& at) {
  return at.empty() || message.empty() ? message : message + "   [" + at + "]";
}

void writeError(SectionWriter& out, const json::value& service, model::WallTime now) {
  const json::value* const error = member(service, "error");
  if (error == nullptr) {
    return;
  }
  out.open("Error");
  out.field("Type", text(*error, "type"));
  out.field("Reason", text(*error, "reason"));
  out.field("Class", text(*error, "class"));
  out.field("First", withTime(text(*error, "firstError"), pastMoment(*error, "since", now)));
  out.field("Latest", withTime(text(*error, "message"), pastMoment(*error, "timestamp", now)));
  out.field("Next Retry", nextRetry(service, now));
  out.close();
}

std::string ladderState(const json::value& entry, model::WallTime now) {
  const std::string count = attempt(entry);
  if (flag(entry, "exhausted")) {
    return "gave up " + count;
  }
  const std::string next = futureMoment(entry, "nextRetry", now);
  return next.empty() ? "only a changed spec helps" : "retry " + count + " at " + next;
}

void writeLedger(SectionWriter& out, const json::value& service, model::WallTime now) {
  const json::array& entries = list(service, "ledger");
  if (entries.empty()) {
    return;
  }
  out.open("Retry Ledger");
  for (const json::value& entry : entries) {
    out.open(text(entry, "key"));
    out.field("State", ladderState(entry, now));
    if (number(entry, "delayMs") > 0) {
      out.field("Delay", model::formatDuration(model::Milliseconds(number(entry, "delayMs"))));
    }
    out.field("Class", text(entry, "class"));
    out.field("First", withTime(text(entry, "firstError"), pastMoment(entry, "since", now)));
    out.field("Latest", withTime(text(entry, "message"), pastMoment(entry, "timestamp", now)));
    out.block("Answer", rawText(entry, "raw"));
    out.close();
  }
  out.close();
}

// The latest changes, oldest first like the events below them.
void writeHistory(SectionWriter& out, const json::value& service, model::WallTime now) {
  const json::array& changes = list(service, "history");
  if (changes.empty()) {
    return;
  }
  Table table({"STATUS", "REASON", "SINCE"});
  for (std::size_t index = changes.size() - std::min(changes.size(), kStatusChanges);
       index < changes.size(); ++index) {
    const json::value& change = changes[index];
    table.add({text(change, "status"), text(change, "reason"), pastMoment(change, "at", now)});
  }
  out.open("Status History");
  out.append(table.render(out.indent()));
  out.close();
}

}  // namespace

std::string describeService(const json::value& service, const json::array& events,
                            model::WallTime now) {
  SectionWriter out;
  writeHead(out, service, now);
  writeFaults(out, service);
  writeSpec(out, service);
  writeContainer(out, service, now);
  writeProbes(out, service, now);
  writeError(out, service, now);
  writeLedger(out, service, now);
  writeHistory(out, service, now);
  if (events.empty()) {
    out.field("Events", "<none>");
  } else {
    out.open("Events");
    out.append(serviceEvents(events, now, out.indent()));
    out.close();
  }
  return out.result();
}

}  // namespace holdfast::cli
