// SPDX-License-Identifier: Apache-2.0
// The main function of the program of a kind.
#pragma once

#include "conformance/kit/kit.hpp"

#include <functional>

namespace holdfast::conformance {

// Reads the command line, loads the plugin and runs the tests. Returns the program's exit code: 0
// when all passed, 1 when one failed, 2 when the command line or the options file is wrong.
// `prepare` may set placeholders before the first test.
int runProgram(int argc, char** argv, const KindSpec& kind,
               const std::function<void(Kit&)>& prepare = {});

}  // namespace holdfast::conformance
