// SPDX-License-Identifier: Apache-2.0
#include "cli/alert_view.hpp"
#include "cli/context.hpp"
#include "cli/json_view.hpp"
#include "cli/text.hpp"
#include "cli/verb_list.hpp"
#include "holdfast/support/http.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace holdfast::cli {
namespace {

// The agent gives one attempt 30 s, and a plugin that does not end it some more.
constexpr std::chrono::seconds kTestPatience{45};

int test(Context& context, const std::string& notifier) {
  const ApiRequest request{.method = "POST",
                           .target = "/v1/notifiers/" + support::urlEncode(notifier) + "/test",
                           .timeout = kTestPatience};
  const Answer answer = ask(context, request);
  if (context.wantsJson()) {
    printJson(context, answer.body);
  } else {
    context.console.out(oneLine(notifier) + ": the test notification was delivered\n");
  }
  return kDone;
}

using View = std::string (*)(const boost::json::value& answer, model::WallTime now);

int show(Context& context, const std::string& target, View view) {
  const Answer answer = get(context, target);
  if (context.wantsJson()) {
    printJson(context, answer.body);
  } else {
    context.console.out(view(answer.body, answer.at));
  }
  return kDone;
}

int report(Context& context, const Answer& answer, const std::string& line) {
  if (context.wantsJson()) {
    printJson(context, answer.body);
  } else {
    context.console.out(line + "\n");
  }
  return kDone;
}

int silence(Context& context, const std::string& match) {
  if (!context.arguments.has("for")) {
    throw Failed("alerts silence: for how long? Expected --for 30m, 1h, 2d", kUsage);
  }
  boost::json::object body{{"match", match}, {"duration", context.arguments.value("for")}};
  if (context.arguments.has("comment")) {
    body["comment"] = context.arguments.value("comment");
  }
  const Answer answer = post(context, "/v1/silences", boost::json::serialize(body));
  return report(context, answer,
                "silence " + text(answer.body, "id") + " until " + text(answer.body, "endsAt"));
}

int unsilence(Context& context, const std::string& id) {
  const Answer answer =
      ask(context, {.method = "DELETE", .target = "/v1/silences/" + support::urlEncode(id)});
  return report(context, answer, text(answer.body, "message"));
}

int replay(Context& context, const std::string& number) {
  const Answer answer = post(context, "/v1/dead-letters/" + support::urlEncode(number) + "/replay");
  return report(context, answer, text(answer.body, "message"));
}

struct Action {
  std::string_view word;
  int (*run)(Context& context, const std::string& argument);
};

constexpr Action kWithArgument[] = {
    {"test", test}, {"silence", silence}, {"unsilence", unsilence}, {"replay", replay}};

int run(Context& context) {
  const auto& words = context.arguments.positionals;
  if (words.empty() || (words.size() == 1 && words.front() == "list")) {
    return show(context, "/v1/alerts", alertTable);
  }
  if (words.size() == 1 && words.front() == "silences") {
    return show(context, "/v1/silences", silenceTable);
  }
  if (words.size() == 1 && words.front() == "deadletters") {
    return show(context, "/v1/dead-letters", deadLetterTable);
  }
  for (const Action& action : kWithArgument) {
    if (words.size() == 2 && words.front() == action.word) {
      return action.run(context, words[1]);
    }
  }
  throw Failed(
      "alerts: expected 'list', 'silence MATCHER --for TIME', 'silences', 'unsilence ID', "
      "'deadletters', 'replay NUMBER' or 'test NOTIFIER'",
      kUsage);
}

}  // namespace

VerbSpec alertsVerb() {
  return {.name = "alerts",
          .summary = "what is wrong, and who is told of it",
          .arguments = {.usage = "[ACTION [WHAT]]",
                        .most = 2,
                        .completes = Completes::Words,
                        .words = "list silence silences unsilence deadletters replay test"},
          .options = {{.name = "for",
                       .value = OptionSpec::Value::Required,
                       .placeholder = "TIME",
                       .help = "how long the silence lasts: 30m, 1h, 2d"},
                      {.name = "comment",
                       .value = OptionSpec::Value::Required,
                       .placeholder = "TEXT",
                       .help = "why, for those who find the silence"}},
          .details =
              "ACTION is one of: list (also without any), silence MATCHER --for TIME, silences, "
              "unsilence ID, deadletters, replay NUMBER, test NOTIFIER. A silenced alert goes on "
              "firing, unsent; what still fires when the silence is over "
              "is told then. MATCHER is severity>=error, type=CrashLoop, app=shop or service=web, "
              "or several of them separated by commas. 'deadletters' lists notifications that "
              "were given up, 'replay' sends one of them again. "
              "'test' makes one attempt to deliver a test notification to a receiver of the "
              "configuration (notifier.NOTIFIER.plugin) and waits for what becomes of it: exit 1 "
              "with the receiver's own words when it was not delivered.",
          .examples =
              "holdfast alerts\nholdfast alerts silence service=web --for 1h\n"
              "holdfast alerts test ops",
          .run = run};
}

}  // namespace holdfast::cli
