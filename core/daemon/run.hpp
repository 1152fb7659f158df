// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace holdfast::daemon {

// All of holdfastd but its main(). Returns the exit code.
int run(int argc, char** argv);

}  // namespace holdfast::daemon
