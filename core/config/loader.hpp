// SPDX-License-Identifier: Apache-2.0
// Layers of configuration -> Settings, or everything that is wrong with them.
//
// Later layers win: the file, conf.d/NN-*.properties beside it in the order of their names,
// HOLDFAST_* of the environment, -Dkey=value.
#pragma once

#include "config/diagnostic.hpp"
#include "config/settings.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace holdfast::config {

inline constexpr std::string_view kDefaultFile = "/etc/holdfast/holdfast.properties";

// A configuration file larger than this is refused: it is none.
inline constexpr std::size_t kMaxFileBytes = 256u * 1024;

struct Layers {
  std::string file = std::string(kDefaultFile);  // must exist
  std::vector<std::string> environment;          // "NAME=value"; others than HOLDFAST_* are ignored
  std::vector<std::pair<std::string, std::string>> defines;  // in the order given
  std::string
      baseDirectory;  // relative paths are resolved against it; empty: they stay as they are
};

struct LoadResult {
  std::optional<Settings> settings;     // absent when there is any error
  std::vector<Diagnostic> diagnostics;  // all of them, errors and warnings, in the layers' order
};

// Reads the files. Blocks for as long as the file system does; throws nothing but std::bad_alloc.
[[nodiscard]] LoadResult load(const Layers& layers);

// Names of keys whose value differs between the two and that only a restart applies, for the report
// of a reload. Plugin options are named `runtime.<plugin>.<option>`.
[[nodiscard]] std::vector<std::string> needRestart(const Settings& running,
                                                   const Settings& reloaded);

}  // namespace holdfast::config
