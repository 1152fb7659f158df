// SPDX-License-Identifier: Apache-2.0
// holdfast-conformance: runs the conformance program of the kind that the plugin is of. Takes the
// arguments of that program, which lies in the same folder.

#include "holdfast/sdk/abi.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <string>

namespace {

// The word of the plugin's kind; empty, and a line on standard error, when there is none.
std::string kindOf(const std::filesystem::path& plugin) {
  void* const library = ::dlopen(plugin.c_str(), RTLD_LAZY | RTLD_LOCAL);
  const auto* const descriptor = library == nullptr
                                     ? nullptr
                                     : static_cast<const holdfast_plugin_descriptor*>(
                                           ::dlsym(library, HOLDFAST_PLUGIN_SYMBOL_NAME));
  if (descriptor == nullptr) {
    const char* const error = ::dlerror();
    std::fprintf(stderr, "holdfast-conformance: %s is no plugin: %s\n", plugin.c_str(),
                 error == nullptr ? "" : error);
    return {};
  }
  switch (descriptor->kind) {
    case HOLDFAST_KIND_RUNTIME:
      return "runtime";
    case HOLDFAST_KIND_NOTIFIER:
      return "notifier";
    case HOLDFAST_KIND_UPLINK:
      return "uplink";
    default:
      std::fprintf(stderr, "holdfast-conformance: %s is of kind %u, which has no tests\n",
                   plugin.c_str(), descriptor->kind);
      return {};
  }
}

int run(char** argv) {
  for (char** word = argv + 1; *word != nullptr; ++word) {
    if (std::strcmp(*word, "--plugin") == 0 && word[1] != nullptr) {
      const std::string kind = kindOf(std::filesystem::absolute(word[1]));
      if (kind.empty()) {
        return 2;
      }
      const std::string program =
          std::filesystem::read_symlink("/proc/self/exe").string() + "-" + kind;
      ::execv(program.c_str(), argv);
      std::perror(program.c_str());
      return 2;
    }
  }
  std::fputs(
      "usage: holdfast-conformance --plugin FILE [--options FILE] [--option name=value]...\n"
      "See also: holdfast-conformance-runtime --help, holdfast-conformance-notifier --help,\n"
      "holdfast-conformance-uplink --help\n",
      stderr);
  return 2;
}

}  // namespace

int main(int /*argc*/, char** argv) {
  try {
    return run(argv);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "holdfast-conformance: %s\n", failure.what());
    return 2;
  }
}
