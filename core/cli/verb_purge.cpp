// SPDX-License-Identifier: Apache-2.0
#include "cli/context.hpp"
#include "cli/json_view.hpp"
#include "cli/text.hpp"
#include "cli/verb_list.hpp"
#include "holdfast/support/http.hpp"

namespace holdfast::cli {
namespace {

int run(Context& context) {
  const std::string& app = context.arguments.positionals.front();
  if (!confirmed(context, "Remove the containers and the VOLUMES of '" + oneLine(app) +
                              "' with everything stored in them, then start over?")) {
    context.console.err("Nothing was removed.\n");
    return kFailed;
  }
  const Answer answer = post(context, "/v1/apps/" + support::urlEncode(app) + "/purge");
  if (context.wantsJson()) {
    printJson(context, answer.body);
    return kDone;
  }
  const std::string said = text(answer.body, "message");
  context.console.out((said.empty() ? oneLine(app) + ": purging" : said) + "\n");
  return kDone;
}

}  // namespace

VerbSpec purgeVerb() {
  return {.name = "purge",
          .summary = "remove an app's containers and volumes and start over; asks first",
          .arguments = {.usage = "APP", .least = 1, .most = 1, .completes = Completes::App},
          .options = {{.name = "yes", .letter = 'y', .help = "do not ask"}},
          .details =
              "What the app stored in its volumes is lost. Without a terminal to ask on it does "
              "nothing unless told --yes.",
          .examples = "holdfast purge monitoring",
          .run = run};
}

}  // namespace holdfast::cli
