// SPDX-License-Identifier: Apache-2.0
#include "cli/context.hpp"
#include "cli/event_view.hpp"
#include "cli/json_view.hpp"
#include "cli/verb_list.hpp"
#include "holdfast/support/http.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace holdfast::cli {
namespace json = boost::json;
namespace {

// How long the agent holds a question for news; the connection is given some more.
constexpr int kWaitSeconds = 25;
constexpr std::chrono::seconds kWaitTimeout{60};
constexpr int kPageSize = 500;

void checkSince(const std::string& value) {
  if (!model::parseDuration(value) && !model::fromRfc3339(value)) {
    throw Failed("--since '" + value +
                     "': expected a duration such as 30s, 5m, 1h or 2d, or a time such as "
                     "2025-10-24T10:15:30Z",
                 kUsage);
  }
}

// Reads the history forward, page by page, and remembers how far it got.
class History {
 public:
  explicit History(Context& context) : context_(context) {
    if (!context.arguments.positionals.empty()) {
      filter_ = "&service=" + support::urlEncode(context.arguments.positionals.front());
    }
    if (context.arguments.has("since")) {
      const std::string since = context.arguments.value("since");
      checkSince(since);
      filter_ += "&since=" + support::urlEncode(since);
    }
  }

  // The next events, oldest first; empty at the end, after up to `waitSeconds` of waiting for more.
  json::array next(int waitSeconds) {
    std::string target = "/v1/events?after=" + std::to_string(after_) +
                         "&limit=" + std::to_string(kPageSize) + filter_;
    if (waitSeconds > 0) {
      target += "&wait=" + std::to_string(waitSeconds);
    }
    const Answer answer = ask(context_, {.target = target, .timeout = kWaitTimeout});
    at_ = answer.at;
    json::array events = list(answer.body, "events");
    for (const json::value& event : events) {
      after_ = std::max(after_, number(event, "id"));
    }
    return events;
  }

  [[nodiscard]] model::WallTime at() const { return at_; }

 private:
  Context& context_;
  std::string filter_;
  std::int64_t after_ = 0;
  model::WallTime at_;
};

json::array wholeHistory(History& history) {
  json::array all;
  for (json::array page = history.next(0); !page.empty(); page = history.next(0)) {
    all.insert(all.end(), page.begin(), page.end());
  }
  return all;
}

void printStream(Context& context, const json::array& events) {
  std::string out;
  for (const json::value& event : events) {
    out += context.wantsJson() ? json::serialize(event) + "\n" : eventLine(event);
  }
  context.console.out(out);
}

int run(Context& context) {
  History history(context);
  const json::array events = wholeHistory(history);
  if (context.arguments.has("follow")) {
    printStream(context, events);
    for (;;) {
      printStream(context, history.next(kWaitSeconds));
    }
  }
  if (context.wantsJson()) {
    printJson(context, json::object{{"events", events}});
  } else if (events.empty()) {
    context.console.err("No events.\n");
  } else {
    context.console.out(eventTable(events, history.at()));
  }
  return kDone;
}

}  // namespace

VerbSpec eventsVerb() {
  return {
      .name = "events",
      .summary = "what happened, oldest first; repeats are counted",
      .arguments = {.usage = "[APP[/SERVICE]]", .most = 1, .completes = Completes::AppOrService},
      .options = {{.name = "since",
                   .value = OptionSpec::Value::Required,
                   .placeholder = "TIME",
                   .help = "only since 5m, 1h, 2d ago, or 2025-10-24T10:15:30Z"},
                  {.name = "follow", .letter = 'f', .help = "go on with what happens next"}},
      .details =
          "LAST SEEN '4s (x4 over 2m)' is an event seen four times: the last time 4 s ago, the "
          "first time 2 minutes ago. With --follow, -o json prints one object a line.",
      .examples = "holdfast events --since 1h\nholdfast events monitoring/nodered --follow",
      .run = run};
}

}  // namespace holdfast::cli
