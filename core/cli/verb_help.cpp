// SPDX-License-Identifier: Apache-2.0
// In the table so that it is listed, completed and suggested; the parser turns "help VERB" into
// "VERB --help" before anything runs.
#include "cli/context.hpp"
#include "cli/usage.hpp"
#include "cli/verb_list.hpp"

namespace holdfast::cli {

VerbSpec helpVerb() {
  return {.name = "help",
          .summary = "explain a verb, or list them",
          .arguments = {.usage = "[VERB]", .most = 1},
          .examples = "holdfast help apply",
          .run = [](Context& context) -> int {
            context.console.out(generalUsage());
            return kDone;
          }};
}

}  // namespace holdfast::cli
