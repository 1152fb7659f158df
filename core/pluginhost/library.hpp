// SPDX-License-Identifier: Apache-2.0
// A shared object in this process. Loaded once, never unloaded: whether dlclose unmaps code depends
// on the compiler and on single symbols, and code that comes and goes is where plugin hosts crash.
#pragma once

#include "holdfast/sdk/abi.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace holdfast::pluginhost {

// The symbols that a file exports, read without loading it. Throws std::exception for what is no
// ELF file. Only for trusted files, in the probe child: a damaged one can cost any amount of
// memory.
[[nodiscard]] std::vector<std::string> exportedSymbols(const std::filesystem::path& file);

class Library {
 public:
  // Loads with all symbols resolved now, seen by nobody else, resident for good. `file` is
  // absolute. Runs the library's static initialisers. Throws std::exception with the loader's own
  // words.
  explicit Library(const std::filesystem::path& file);
  ~Library();
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  // The plugin's descriptor, valid for the rest of the process. Throws boost::system::system_error
  // when there is none.
  [[nodiscard]] const holdfast_plugin_descriptor& descriptor() const;

 private:
  struct Loaded;
  std::unique_ptr<Loaded> loaded_;
};

}  // namespace holdfast::pluginhost
