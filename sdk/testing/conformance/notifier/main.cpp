// SPDX-License-Identifier: Apache-2.0
// holdfast-conformance-notifier: does a plugin keep the contract of holdfast/sdk/notifier.hpp?

#include "conformance/kit/program.hpp"
#include "conformance/notifier/fixture.hpp"

namespace {

using namespace holdfast::conformance;

KindSpec notifierKind() {
  return {
      HOLDFAST_KIND_NOTIFIER,
      "notifier",
      {HOLDFAST_ABI_NOTIFIER_MAJOR, HOLDFAST_ABI_NOTIFIER_MINOR},
      {{"receiver",
        "http: the options send to @receiverUrl@ or @receiverAddress@; file: to @receiverFile@",
        "http"},
       {"id", "whether a receiver is told the notification's id", "yes"},
       {"secret", "content of @secretFile@; may hold @secret@ and @receiverUrl@", "@secret@"},
       {"wrongOption", "option=value that the schema lets through and the plugin refuses", ""},
       {"unreachable", "option=value with which the receiver is not there", ""},
       {"hanging", "option=value with which the receiver never answers, see @silentAddress@", ""}}};
}

}  // namespace

int main(int argc, char** argv) {
  return runProgram(argc, argv, notifierKind(), prepareReceivers);
}
