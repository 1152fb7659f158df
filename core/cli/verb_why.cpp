// SPDX-License-Identifier: Apache-2.0
#include "cli/context.hpp"
#include "cli/verb_list.hpp"
#include "cli/why_view.hpp"

namespace holdfast::cli {
namespace {

int run(Context& context) {
  const ServiceName name = serviceName(context.arguments.positionals.front());
  const Answer answer = get(context, servicePath(name, "/why"));
  if (context.wantsJson()) {
    printJson(context, answer.body);
  } else {
    const Console& console = context.console;
    context.console.out(
        whyText(answer.body, console.outIsTerminal() ? console.screen().columns : 0));
  }
  return kDone;
}

}  // namespace

VerbSpec whyVerb() {
  return {
      .name = "why",
      .summary = "why a service is as it is, and what happens next, in plain words",
      .arguments = {.usage = "APP/SERVICE", .least = 1, .most = 1, .completes = Completes::Service},
      .examples = "holdfast why monitoring/nodered",
      .run = run};
}

}  // namespace holdfast::cli
