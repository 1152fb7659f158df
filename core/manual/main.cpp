// SPDX-License-Identifier: Apache-2.0
// Writes the manual pages into a folder while everything is built. Not installed.
#include "manual/pages.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: " << argv[0] << " FOLDER VERSION\n";
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  const std::string version = argv[2];
  const auto write = [&folder](const char* name, const std::string& text) {
    std::ofstream file(folder / name);
    file << text;
    file.close();
    if (!file)
      std::cerr << "cannot write " << folder / name << '\n';
    return static_cast<bool>(file);
  };
  using namespace holdfast::manual;
  const bool written = write("holdfast.1", commandPage(version)) &&
                       write("holdfastd.8", daemonPage(version)) &&
                       write("holdfast.properties.5", propertiesPage(version));
  return written ? 0 : 1;
}
