// SPDX-License-Identifier: Apache-2.0
#include "cli/context.hpp"
#include "cli/json_view.hpp"
#include "cli/text.hpp"
#include "cli/verb_list.hpp"
#include "holdfast/support/http.hpp"

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

int run(Context& context) {
  const auto& words = context.arguments.positionals;
  if (words.size() == 2 && words.front() == "test") {
    return test(context, words[1]);
  }
  throw Failed("alerts: expected 'test NOTIFIER'", kUsage);
}

}  // namespace

VerbSpec alertsVerb() {
  return {.name = "alerts",
          .summary = "try out the receivers of notifications",
          .arguments = {.usage = "test NOTIFIER",
                        .most = 2,
                        .completes = Completes::Words,
                        .words = "test"},
          .details =
              "'test' makes one attempt to deliver a test notification to a receiver of the "
              "configuration (notifier.NOTIFIER.plugin) and waits for what becomes of it: exit 1 "
              "with the receiver's own words when it was not delivered.",
          .examples = "holdfast alerts test ops",
          .run = run};
}

}  // namespace holdfast::cli
