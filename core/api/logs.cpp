// SPDX-License-Identifier: Apache-2.0
#include "api/handlers.hpp"
#include "api/lookup.hpp"
#include "api/parameters.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace holdfast::api {
namespace {

constexpr std::int64_t kMaxTail = 1'000'000;

std::string lineText(const pluginhost::OutputChunk& chunk) {
  const bool error = chunk.stream == sdk::OutputStream::Stderr;
  boost::json::object object{{"stream", error ? "stderr" : "stdout"}, {"line", chunk.bytes}};
  object["time"] = chunk.at ? boost::json::value(model::toRfc3339(*chunk.at)) : nullptr;
  return boost::json::serialize(object) + "\n";
}

class LineWriter final : public pluginhost::OutputReader {
 public:
  explicit LineWriter(StreamWriter& out) : out_(out) {}
  bool output(const pluginhost::OutputChunk& chunk) override { return out_.write(lineText(chunk)); }
  bool present() override { return out_.open(); }

 private:
  StreamWriter& out_;
};

// Once lines have been sent the status cannot change any more: the last line says what went wrong.
std::string lastWord(const engine::CallResult& result) {
  return boost::json::serialize(boost::json::object{
             {"error", result.message}, {"class", model::errorClassWord(result.errorClass)}}) +
         "\n";
}

bool endedWell(const engine::CallResult& result) {
  return result.ok() || result.errorClass == sdk::ErrorClass::Cancelled;
}

pluginhost::LogQuery queryOf(const Request& request, const engine::ServiceView& view,
                             model::WallTime now) {
  pluginhost::LogQuery query;
  query.containerId = view.container ? view.container->id : *view.status.containerId;
  if (const auto tail = numberParameter(request, "tail", 0, kMaxTail)) {
    query.tail = static_cast<std::int32_t>(*tail);
  }
  query.since = instantParameter(request, "since", now);
  query.until = instantParameter(request, "until", now);
  query.follow = flagParameter(request, "follow");
  return query;
}

}  // namespace

Response serviceLogs(const Request& request, Agent& agent) {
  const auto snapshot = agent.snapshot();
  const auto* view = find(*snapshot, request);
  if (view == nullptr) {
    return noSuchService(*snapshot, request);
  }
  if (!view->container && !view->status.containerId) {
    return problem(409, "there is no container yet, so there is no output: " + view->status.reason);
  }
  const auto query = queryOf(request, *view, agent.now().wall);
  return {.contentType = "application/x-ndjson",
          .headers = {{"Cache-Control", "no-store"}},
          .body = "",
          .stream = [query, runtime = view->status.runtime, &agent](StreamWriter& out) {
            LineWriter reader(out);
            const auto result = agent.logs(runtime, query, reader);
            if (!endedWell(result)) {
              out.write(lastWord(result));
            }
          }};
}

}  // namespace holdfast::api
