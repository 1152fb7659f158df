// SPDX-License-Identifier: Apache-2.0
#include "cli/context.hpp"
#include "cli/json_view.hpp"
#include "cli/service_words.hpp"
#include "cli/text.hpp"
#include "cli/verb_list.hpp"
#include "holdfast/support/http.hpp"
#include "holdfast/support/json.hpp"

#include <algorithm>
#include <charconv>

namespace holdfast::cli {
namespace {

// A line is a megabyte at most (sdk/support LineJoiner); escaped as JSON it grows.
constexpr std::size_t kMaxLine = 8u * 1024 * 1024;

std::string tailOption(const std::string& value) {
  int lines = 0;
  const char* const end = value.data() + value.size();
  const auto read = std::from_chars(value.data(), end, lines);
  if (read.ec != std::errc() || read.ptr != end || lines < 0) {
    throw Failed("--tail '" + value + "': expected a number of lines", kUsage);
  }
  return std::to_string(lines);
}

std::string sinceOption(const std::string& value) {
  if (!model::parseDuration(value) && !model::fromRfc3339(value)) {
    throw Failed("--since '" + value +
                     "': expected a duration such as 30s, 5m, 1h, or a time such as "
                     "2025-10-24T10:15:30Z",
                 kUsage);
  }
  return value;
}

class Query {
 public:
  void add(std::string_view name, const std::string& value) {
    text_ += (text_.empty() ? "?" : "&") + std::string(name) + "=" + support::urlEncode(value);
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// A restart starts the same container again, so its output goes on in the same place: a run is what
// was written during its time. The engine notes a start only after the process has begun to write,
// and an end maybe before its last line is read, so both are taken a little generously: what lies
// between two runs is shared out between them.
void addPreviousRun(Context& context, const ServiceName& name, Query& query) {
  if (context.arguments.has("follow") || context.arguments.has("since")) {
    throw Failed(
        "--previous is about a run that has ended: it goes with neither --follow nor "
        "--since",
        kUsage);
  }
  const boost::json::value service = get(context, servicePath(name)).body;
  const boost::json::value* const last = member(service, "lastState");
  const auto began = last == nullptr ? std::nullopt : instant(*last, "startedAt");
  if (!began) {
    throw Failed("no earlier run of " + displayName(service) +
                 " is known: its container has not ended yet");
  }
  constexpr std::chrono::seconds kGenerously{1};
  query.add("since", model::toRfc3339(*began - kGenerously));
  const auto current = instant(service, "startedAt");
  const auto ended = instant(*last, "finishedAt");
  if (current && ended && *current > *ended) {
    const model::Milliseconds between = (*current - *ended) / 2;
    query.add("until",
              model::toRfc3339(*ended + std::min<model::Milliseconds>(between, kGenerously)));
  }
}

std::string queryText(Context& context, const ServiceName& name) {
  const Arguments& arguments = context.arguments;
  Query query;
  if (arguments.has("follow")) {
    query.add("follow", "1");
  }
  if (arguments.has("tail")) {
    query.add("tail", tailOption(arguments.value("tail")));
  }
  if (arguments.has("since")) {
    query.add("since", sinceOption(arguments.value("since")));
  }
  if (arguments.has("previous")) {
    addPreviousRun(context, name, query);
  }
  return query.text();
}

// The agent sends one object a line; people get the lines, harmless on a terminal and as they came
// everywhere else.
class LinePrinter {
 public:
  explicit LinePrinter(Context& context) : context_(context) {}

  bool push(std::string_view bytes) {
    if (context_.wantsJson()) {
      context_.console.out(bytes);
      return !context_.console.outFailed();
    }
    std::string out;
    understood_ = splitter_.push(bytes, [&](const boost::json::value& object) {
      add(object, out);
      return true;
    });
    context_.console.out(out);
    return understood_ && !context_.console.outFailed();
  }

  // Throws Failed when the output ended in an error instead of its end.
  void finish() const {
    if (!understood_) {
      throw Failed("the agent's answer is no output of a container; is this socket holdfastd's?");
    }
    if (!error_.empty()) {
      throw Failed("the output broke off: " + error_);
    }
  }

 private:
  void add(const boost::json::value& object, std::string& out) {
    if (member(object, "error") != nullptr) {
      error_ = text(object, "error");
      return;
    }
    const std::string line = rawText(object, "line");
    out += context_.console.outIsTerminal() ? logLine(line) : line;
    out += '\n';
  }

  Context& context_;
  support::JsonSplitter splitter_{kMaxLine};
  bool understood_ = true;
  std::string error_;
};

int run(Context& context) {
  const ServiceName name = serviceName(context.arguments.positionals.front());
  LinePrinter printer(context);
  const ApiResponse response =
      context.api.stream({.target = servicePath(name, "/logs") + queryText(context, name)},
                         [&](std::string_view bytes) { return printer.push(bytes); });
  if (response.status >= 400) {
    throw Failed(problemText(response));
  }
  printer.finish();
  return kDone;
}

}  // namespace

VerbSpec logsVerb() {
  return {
      .name = "logs",
      .summary = "what a service's container wrote",
      .arguments = {.usage = "APP/SERVICE", .least = 1, .most = 1, .completes = Completes::Service},
      .options = {{.name = "follow", .letter = 'f', .help = "go on with what it writes next"},
                  {.name = "tail",
                   .value = OptionSpec::Value::Required,
                   .placeholder = "LINES",
                   .help = "only the last lines"},
                  {.name = "since",
                   .value = OptionSpec::Value::Required,
                   .placeholder = "TIME",
                   .help = "only since 5m, 1h, 2d ago, or 2025-10-24T10:15:30Z"},
                  {.name = "previous", .letter = 'p', .help = "of the latest run that has ended"}},
      .details =
          "On a terminal, control characters are shown instead of obeyed and colours are left "
          "out; into a file or pipe everything goes as it came.",
      .examples =
          "holdfast logs monitoring/nodered --tail 50 -f\n"
          "holdfast logs monitoring/nodered --previous",
      .run = run};
}

}  // namespace holdfast::cli
