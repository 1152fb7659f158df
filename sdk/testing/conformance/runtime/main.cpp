// SPDX-License-Identifier: Apache-2.0
// holdfast-conformance-runtime: does a plugin keep the contract of holdfast/sdk/runtime.hpp?

#include "conformance/kit/program.hpp"

int main(int argc, char** argv) {
  return holdfast::conformance::runProgram(
      argc, argv,
      {HOLDFAST_KIND_RUNTIME,
       "runtime",
       {HOLDFAST_ABI_RUNTIME_MAJOR, HOLDFAST_ABI_RUNTIME_MINOR},
       {{"image", "an image that can be pulled and runs until it is stopped", "", false},
        {"imageAbsent", "a well-formed reference of an image that its registry does not have", ""},
        {"imageChecked", "an image that can be pulled and has a check of its own (HEALTHCHECK)",
         ""},
        {"check", "the words of that check, the shell's included, with one space between", ""},
        {"shell", "how a command line is run in that image", "/bin/sh -c"},
        {"foreign", "name of a running container that no agent made", ""},
        {"wrongOption", "option=value that the schema lets through and the plugin refuses", ""},
        {"unreachable", "option=value with which the engine is not there", ""},
        {"hanging", "option=value with which the engine never answers, see @silentSocket@", ""},
        {"pause", "whether containers can be paused", "yes"},
        {"exec", "whether commands can be run in containers", "yes"},
        {"networks", "whether there are networks", "yes"},
        {"volumes", "whether there are volumes", "yes"}}});
}
