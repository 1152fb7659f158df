// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.hpp"

#include <cstdlib>

int main(int argc, char** argv) {
  using namespace holdfast::cli;
  const char* const socket = std::getenv("HOLDFAST_SOCKET");
  StandardConsole console;
  return runCommandLine({argv + 1, argv + argc}, socket == nullptr ? "" : socket, console,
                        socketApi);
}
