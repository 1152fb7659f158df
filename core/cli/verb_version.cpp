// SPDX-License-Identifier: Apache-2.0
#include "cli/context.hpp"
#include "cli/verb_list.hpp"
#include "cli/version_view.hpp"

namespace holdfast::cli {
namespace {

void print(Context& context, const boost::json::value* info) {
  if (context.wantsJson()) {
    printJson(context, versionJson(info));
  } else {
    context.console.out(versionText(info));
  }
}

int run(Context& context) {
  try {
    const Answer info = get(context, "/v1/info");
    print(context, &info.body);
  } catch (const Unreachable&) {
    print(context, nullptr);  // its own version it can tell all the same
    throw;
  }
  return kDone;
}

}  // namespace

VerbSpec versionVerb() {
  return {.name = "version",
          .summary = "versions of this program, the agent, its SDK and the engines",
          .examples = "holdfast version",
          .run = run};
}

}  // namespace holdfast::cli
