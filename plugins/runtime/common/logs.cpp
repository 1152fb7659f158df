// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/logs.hpp"

#include "holdfast/support/json.hpp"
#include "runtime/common/container_state.hpp"
#include "runtime/common/engine_time.hpp"
#include "runtime/common/log_lines.hpp"

#include <string>

namespace holdfast::runtime {
namespace {

std::string logsPath(const sdk::LogRequest& request) {
  std::string path = "/containers/" + support::urlEncode(request.containerId) +
                     "/logs?stdout=true&stderr=true&timestamps=true";
  path += request.follow != 0 ? "&follow=true" : "&follow=false";
  path += "&tail=" + (request.tail < 0 ? std::string("all") : std::to_string(request.tail));
  if (request.sinceMs != sdk::kNoTime) {
    path += "&since=" + formatEngineTime(request.sinceMs);
  }
  if (request.untilMs != sdk::kNoTime) {
    path += "&until=" + formatEngineTime(request.untilMs);
  }
  return path;
}

}  // namespace

sdk::Status readLogs(EngineClient& engine, const sdk::LogRequest& request, sdk::Call& call,
                     sdk::OutputSink& sink) {
  const Inspection container = inspectContainer(engine, call, request.containerId);
  if (!container.ok()) {
    return container.status;
  }
  if (!container.exists()) {
    return fail(call, sdk::ErrorClass::NotFound,
                "no container " + std::string(request.containerId));
  }
  const bool framed = !support::jsonBool(*container.value, {"Config", "Tty"});
  LogLines lines(framed, sink);
  bool readable = true;
  const support::StreamHandler handler{.head = {}, .data = [&](std::string_view bytes) {
                                         readable = lines.push(bytes);
                                         return readable;
                                       }};
  const EngineAnswer answer =
      engine.stream(call, {.path = logsPath(request), .timeoutMs = support::kNoTimeout}, handler);
  if (lines.stopped()) {
    return {};
  }
  if (!answer.ok()) {
    return answer.status;
  }
  if (answer.http() != 200) {
    return engine.refuse(call, kLogs, answer.response);
  }
  if (!readable) {
    return fail(call, sdk::ErrorClass::Transient, "the engine's answer is no log");
  }
  lines.finish();
  return {};
}

}  // namespace holdfast::runtime
