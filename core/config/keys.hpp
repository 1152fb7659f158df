// SPDX-License-Identifier: Apache-2.0
// The table of every configuration key. Parsing, defaults and the text of etc/holdfast.properties
// all come from it, so that they cannot disagree.
#pragma once

#include "config/settings.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace holdfast::config {

// What the text of a value must be.
enum class Form {
  Text,          // anything on one line
  Path,          // absolute, or relative to the directory in which holdfastd was started
  ExistingFile,  // a path that can be read when the configuration is loaded
  Address,       // unix://, tcp://, http:// or https://
  Name,          // of a plugin
  Names,         // comma separated names of plugins, none twice
  Listen,        // comma separated addresses with ports, none twice; may be empty
  Hosts,         // comma separated names or addresses of machines; may be empty
  Duration,      // 500ms, 30s, 5m, 1h, 2d
  Count,         // whole number
  CountOrAuto,   // whole number or the word auto
  Number,        // with a fraction
  Boolean,       // true or false
  Time,          // 07:00
  Level,         // LogLevel
  Output,        // LogOutput
};

// When a changed value takes effect.
enum class Applies { OnReload, OnRestart };

template <typename T>
using Field = std::function<T&(Settings&)>;

using Slot = std::variant<Field<std::string>, Field<std::vector<std::string>>, Field<Milliseconds>,
                          Field<int>, Field<double>, Field<bool>, Field<LogLevel>, Field<LogOutput>,
                          Field<TimeOfDay>, Field<std::vector<ListenAddress>>>;

struct Key {
  std::string name;
  Form form = Form::Text;
  std::string defaultText;  // as one would write it; empty: none
  std::string help;         // meaning and unit, whole sentences
  Slot slot;
  Applies applies = Applies::OnRestart;
  // Durations: milliseconds. Counts and numbers: themselves.
  double min = 0;
  double max = 0;  // not above min: no range
};

// Keys that stand together in the file, under one heading.
struct Section {
  std::string title;
  std::string introduction;
  std::vector<Key> keys;
};

// Built anew by each call: parsing happens a few times in a process's life.
[[nodiscard]] std::vector<Section> sections();
[[nodiscard]] std::vector<Key> keys();

// "duration from 1s to 1h (500ms, 30s, 5m, 1h, 2d)".
[[nodiscard]] std::string expectation(const Key& key);

// Puts the value into `settings`. Returns what was expected when `text` is not that, empty when
// all was well.
[[nodiscard]] std::string assign(const Key& key, std::string_view text, Settings& settings);

// Every key at its default.
[[nodiscard]] Settings defaultSettings();

// The text of etc/holdfast.properties: every key, commented out, with meaning and default.
[[nodiscard]] std::string defaultProperties();

}  // namespace holdfast::config
