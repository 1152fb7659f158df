// SPDX-License-Identifier: Apache-2.0
#include "cli/context.hpp"
#include "cli/json_view.hpp"
#include "cli/text.hpp"
#include "cli/verb_list.hpp"
#include "holdfast/support/http.hpp"
#include "holdfast/support/raw_stream.hpp"

#include <boost/json/serialize.hpp>

#include <charconv>

namespace holdfast::cli {
namespace {

std::string tailOption(const std::string& value) {
  int lines = 0;
  const char* const end = value.data() + value.size();
  const auto read = std::from_chars(value.data(), end, lines);
  if (read.ec != std::errc() || read.ptr != end || lines < 0) {
    throw Failed("--tail '" + value + "': expected a number of lines", kUsage);
  }
  return std::to_string(lines);
}

// A duration counts back from now, by the agent's clock; a time stands for itself.
std::string sinceOption(Context& context, const std::string& value) {
  if (const auto at = model::fromRfc3339(value)) {
    return model::toRfc3339(*at);
  }
  if (const auto duration = model::parseDuration(value)) {
    return model::toRfc3339(get(context, "/v1/info").at - *duration);
  }
  throw Failed("--since '" + value +
                   "': expected a duration such as 30s, 5m, 1h, or a time such as "
                   "2025-10-24T10:15:30Z",
               kUsage);
}

std::string query(Context& context) {
  const Arguments& arguments = context.arguments;
  std::string query;
  const auto add = [&](std::string_view name, const std::string& value) {
    query += (query.empty() ? "?" : "&") + std::string(name) + "=" + support::urlEncode(value);
  };
  if (arguments.has("follow")) {
    add("follow", "1");
  }
  if (arguments.has("tail")) {
    add("tail", tailOption(arguments.value("tail")));
  }
  if (arguments.has("since")) {
    add("since", sinceOption(context, arguments.value("since")));
  }
  if (arguments.has("previous")) {
    add("previous", "1");
  }
  return query;
}

// Lines as they came, but harmless on a terminal; with -o json one object a line.
class LinePrinter {
 public:
  explicit LinePrinter(Context& context) : context_(context) {}

  bool push(std::string_view bytes) {
    if (!context_.wantsJson() && !context_.console.outIsTerminal()) {
      context_.console.out(bytes);
      return !context_.console.outFailed();
    }
    std::string out;
    const bool more = joiner_.push(bytes, [&](std::string_view line) { return print(line, out); });
    context_.console.out(out);
    return more && !context_.console.outFailed();
  }

  void finish() {
    std::string out;
    static_cast<void>(joiner_.finish([&](std::string_view line) { return print(line, out); }));
    context_.console.out(out);
  }

 private:
  bool print(std::string_view line, std::string& out) const {
    out += context_.wantsJson() ? boost::json::serialize(boost::json::object{{"line", line}})
                                : logLine(line);
    out += '\n';
    return true;
  }

  Context& context_;
  support::LineJoiner joiner_;
};

int run(Context& context) {
  const ServiceName name = serviceName(context.arguments.positionals.front());
  LinePrinter printer(context);
  const ApiResponse response =
      context.api.stream({.target = servicePath(name, "/logs") + query(context)},
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
                   .help = "only since 30s, 5m, 1h ago, or since 2025-10-24T10:15:30Z"},
                  {.name = "previous", .letter = 'p', .help = "of the run before the current one"}},
      .details =
          "On a terminal, control characters are shown instead of obeyed and colours are left\n"
          "out; into a file or pipe everything goes as it came.",
      .examples =
          "holdfast logs monitoring/nodered --tail 50 -f\n"
          "holdfast logs monitoring/nodered --previous",
      .run = run};
}

}  // namespace holdfast::cli
