// SPDX-License-Identifier: Apache-2.0
#include "cli/verb.hpp"

#include "cli/verb_list.hpp"

#include <algorithm>

namespace holdfast::cli {

const std::vector<VerbSpec>& verbs() {
  static const std::vector<VerbSpec> kVerbs{
      statusVerb(), describeVerb(), whyVerb(),        eventsVerb(), planVerb(),
      applyVerb(),  retryVerb(),    restartVerb(),    stopVerb(),   startVerb(),
      logsVerb(),   purgeVerb(),    pluginsVerb(),    alertsVerb(), adoptVerb(),
      checkVerb(),  versionVerb(),  completionVerb(), helpVerb()};
  return kVerbs;
}

const std::vector<OptionSpec>& globalOptions() {
  static const std::vector<OptionSpec> kOptions{
      {.name = "output",
       .letter = 'o',
       .value = OptionSpec::Value::Required,
       .placeholder = "json",
       .help = "print what the agent answered, for scripts",
       .words = "json"},
      {.name = "socket",
       .value = OptionSpec::Value::Required,
       .placeholder = "PATH",
       .help = "the agent's socket; also HOLDFAST_SOCKET"},
      {.name = "help", .letter = 'h', .help = "explain this"},
  };
  return kOptions;
}

const VerbSpec* findVerb(std::string_view name) {
  const auto found = std::find_if(verbs().begin(), verbs().end(),
                                  [&](const VerbSpec& verb) { return verb.name == name; });
  return found == verbs().end() ? nullptr : &*found;
}

std::vector<OptionSpec> optionsOf(const VerbSpec& verb) {
  std::vector<OptionSpec> options = verb.options;
  for (const OptionSpec& global : globalOptions()) {
    const bool replaced =
        std::any_of(verb.options.begin(), verb.options.end(),
                    [&](const OptionSpec& own) { return own.name == global.name; });
    if (!replaced) {
      options.push_back(global);
    }
  }
  return options;
}

}  // namespace holdfast::cli
