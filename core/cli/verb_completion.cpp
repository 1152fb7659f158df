// SPDX-License-Identifier: Apache-2.0
#include "cli/completion.hpp"
#include "cli/context.hpp"
#include "cli/verb_list.hpp"

namespace holdfast::cli {
namespace {

int run(Context& context) {
  const std::string& shell = context.arguments.positionals.front();
  if (shell == "bash") {
    context.console.out(bashCompletion());
  } else if (shell == "zsh") {
    context.console.out(zshCompletion());
  } else {
    throw Failed("completion: expected bash or zsh", kUsage);
  }
  return kDone;
}

}  // namespace

VerbSpec completionVerb() {
  return {.name = "completion",
          .summary = "print the completion script of a shell",
          .arguments = {.usage = "bash|zsh",
                        .least = 1,
                        .most = 1,
                        .completes = Completes::Words,
                        .words = "bash zsh"},
          .details = "An installation brings both scripts along; this is for other places.",
          .examples = "source <(holdfast completion bash)",
          .run = run};
}

}  // namespace holdfast::cli
