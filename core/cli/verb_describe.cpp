// SPDX-License-Identifier: Apache-2.0
#include "cli/context.hpp"
#include "cli/describe_view.hpp"
#include "cli/json_view.hpp"
#include "cli/verb_list.hpp"
#include "holdfast/support/http.hpp"

namespace holdfast::cli {
namespace {

int run(Context& context) {
  const std::string& wanted = context.arguments.positionals.front();
  const ServiceName name = serviceName(wanted);
  const Answer service = get(context, servicePath(name, "?detail=1"));
  if (context.wantsJson()) {
    printJson(context, service.body);
    return kDone;
  }
  const Answer events = get(context, "/v1/events?service=" + support::urlEncode(wanted));
  context.console.out(describeService(service.body, list(events.body, "events"), service.at));
  return kDone;
}

}  // namespace

VerbSpec describeVerb() {
  return {
      .name = "describe",
      .summary = "everything about a service, with its retries and events",
      .arguments = {.usage = "APP/SERVICE", .least = 1, .most = 1, .completes = Completes::Service},
      .details = "Values of environment variables are shown as ***.",
      .examples = "holdfast describe monitoring/nodered",
      .run = run};
}

}  // namespace holdfast::cli
