// SPDX-License-Identifier: Apache-2.0
#include "daemon/run.hpp"

int main(int argc, char** argv) {
  return holdfast::daemon::run(argc, argv);
}
