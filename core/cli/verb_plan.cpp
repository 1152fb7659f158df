// SPDX-License-Identifier: Apache-2.0
#include "cli/context.hpp"
#include "cli/document.hpp"
#include "cli/json_view.hpp"
#include "cli/plan_view.hpp"
#include "cli/verb_list.hpp"

namespace holdfast::cli {
namespace {

bool hasTarget(Context& context) {
  return member(get(context, "/v1/info").body, "target") != nullptr;
}

int run(Context& context) {
  Document document;
  if (context.arguments.has("file")) {
    document = readDocument(context, context.arguments.value("file"));
  }
  const Answer answer = post(context, "/v1/plan", document.text);
  if (refused(context, answer, document)) {
    return kFailed;
  }
  const boost::json::array& actions = list(answer.body, "actions");
  if (context.wantsJson()) {
    printJson(context, answer.body);
  } else if (actions.empty() && document.text.empty() && !hasTarget(context)) {
    context.console.out("Nothing to do: no target was accepted yet.\n");
  } else {
    context.console.out(planText(actions));
  }
  return context.arguments.has("exit-code") && !actions.empty() ? kChanges : kDone;
}

}  // namespace

VerbSpec planVerb() {
  return {.name = "plan",
          .summary = "exactly what would be done next; changes nothing",
          .options = {{.name = "file",
                       .letter = 'f',
                       .value = OptionSpec::Value::Required,
                       .placeholder = "FILE",
                       .help = "a target to plan for (- is standard input)"},
                      {.name = "exit-code", .help = "exit 2 when there is something to do"}},
          .examples = "holdfast plan\nholdfast plan -f target.json --exit-code",
          .run = run};
}

}  // namespace holdfast::cli
