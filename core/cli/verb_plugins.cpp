// SPDX-License-Identifier: Apache-2.0
#include "cli/context.hpp"
#include "cli/json_view.hpp"
#include "cli/plugin_view.hpp"
#include "cli/text.hpp"
#include "cli/verb_list.hpp"
#include "holdfast/support/http.hpp"

#include <filesystem>

namespace holdfast::cli {
namespace {

int listPlugins(Context& context) {
  const Answer answer = get(context, "/v1/plugins");
  if (context.wantsJson()) {
    printJson(context, answer.body);
  } else {
    context.console.out(pluginTable(list(answer.body, "plugins")));
  }
  return kDone;
}

// The agent looks at the file, with its own eyes and rights: it is the one that would load it.
int inspect(Context& context, const std::string& file) {
  std::error_code failed;
  const std::filesystem::path path = std::filesystem::absolute(file, failed);
  if (failed) {
    throw Failed("cannot tell where " + oneLine(file) + " is: " + failed.message());
  }
  const Answer answer =
      post(context, "/v1/plugins/inspect?path=" + support::urlEncode(path.string()));
  if (context.wantsJson()) {
    printJson(context, answer.body);
  } else {
    context.console.out(pluginReport(answer.body));
  }
  return text(answer.body, "state") == "refused" ? kFailed : kDone;
}

int run(Context& context) {
  const auto& words = context.arguments.positionals;
  if (words.empty() || (words.front() == "list" && words.size() == 1)) {
    return listPlugins(context);
  }
  if (words.front() == "inspect" && words.size() == 2) {
    return inspect(context, words[1]);
  }
  throw Failed("plugins: expected 'list' or 'inspect FILE'", kUsage);
}

}  // namespace

VerbSpec pluginsVerb() {
  return {.name = "plugins",
          .summary = "which plugins are loaded, refused (and why) or stuck",
          .arguments = {.usage = "[list] | inspect FILE",
                        .most = 2,
                        .completes = Completes::Words,
                        .words = "list inspect",
                        .fileAfter = "inspect"},
          .details =
              "'inspect' makes the agent check a file as it would before loading it: exit 1 when "
              "it would refuse it.",
          .examples = "holdfast plugins\nholdfast plugins inspect ./mine.so",
          .run = run};
}

}  // namespace holdfast::cli
