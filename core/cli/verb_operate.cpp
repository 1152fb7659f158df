// SPDX-License-Identifier: Apache-2.0
// The verbs that ask the agent for one thing about one service.
#include "cli/context.hpp"
#include "cli/json_view.hpp"
#include "cli/verb_list.hpp"

namespace holdfast::cli {
namespace {

// What the agent said, else the sentence that fits the verb.
int report(Context& context, const Answer& answer, const std::string& otherwise) {
  if (context.wantsJson()) {
    printJson(context, answer.body);
    return kDone;
  }
  const std::string said = text(answer.body, "message");
  context.console.out((said.empty() ? otherwise : said) + "\n");
  return kDone;
}

int operate(Context& context, std::string_view action, std::string_view doing) {
  const std::string& wanted = context.arguments.positionals.front();
  const Answer answer = post(context, servicePath(serviceName(wanted), "/" + std::string(action)));
  return report(context, answer, wanted + ": " + std::string(doing));
}

int runRetry(Context& context) {
  const bool named = !context.arguments.positionals.empty();
  if (named == context.arguments.has("all")) {
    throw Failed("retry needs either APP/SERVICE or --all", kUsage);
  }
  if (named) {
    return operate(context, "retry", "retrying now");
  }
  return report(context, post(context, "/v1/retry"), "retrying everything that failed");
}

int runRestart(Context& context) {
  return operate(context, "restart", "restarting");
}
int runStop(Context& context) {
  return operate(context, "stop", "stopping");
}
int runStart(Context& context) {
  return operate(context, "start", "starting");
}

constexpr ArgumentSpec kService{
    .usage = "APP/SERVICE", .least = 1, .most = 1, .completes = Completes::Service};

}  // namespace

VerbSpec retryVerb() {
  return {.name = "retry",
          .summary = "try a failed service again now, also one that gave up",
          .arguments = {.usage = "APP/SERVICE | --all", .most = 1, .completes = Completes::Service},
          .options = {{.name = "all", .help = "everything that waits or gave up"}},
          .examples = "holdfast retry monitoring/nodered\nholdfast retry --all",
          .run = runRetry};
}

VerbSpec restartVerb() {
  return {.name = "restart",
          .summary = "stop a service's container and start it again",
          .arguments = kService,
          .details = "Not counted as a restart of the service, and it resets no retry.",
          .examples = "holdfast restart monitoring/nodered",
          .run = runRestart};
}

VerbSpec stopVerb() {
  return {.name = "stop",
          .summary = "stop a service until 'start', or until its specification changes",
          .arguments = kService,
          .details = "The stop survives restarts of the agent and of the machine.",
          .examples = "holdfast stop monitoring/nodered",
          .run = runStop};
}

VerbSpec startVerb() {
  return {.name = "start",
          .summary = "end a 'stop'",
          .arguments = kService,
          .examples = "holdfast start monitoring/nodered",
          .run = runStart};
}

}  // namespace holdfast::cli
