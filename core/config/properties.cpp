// SPDX-License-Identifier: Apache-2.0
// The table as a file that people edit.
#include "config/keys.hpp"

namespace holdfast::config {
namespace {

constexpr std::size_t kColumns = 100;

constexpr const char* kHead =
    "# Configuration of holdfastd. Every key stands here, commented out, with its default.\n"
    "#\n"
    "# Read in this order, the later wins: this file, conf.d/NN-*.properties beside it in the "
    "order of\n"
    "# their names, the environment (HOLDFAST_ and the key in capitals, __ for each dot:\n"
    "# HOLDFAST_STATE__DIR), and -Dkey=value on the command line.\n"
    "#\n"
    "# `holdfastd --check-config` reports every mistake. SIGHUP (systemctl reload holdfastd) reads "
    "it all\n"
    "# again: all or nothing. Keys marked (restart) take effect at the next start only.\n"
    "# Durations are written 500ms, 30s, 5m, 1h, 2d.\n"
    "#\n"
    "# Documents named below, as docs/alerting.md or the README of a plugin, are in\n"
    "# /usr/share/doc/holdfast.\n";

// Appends `text` as comment lines of at most kColumns columns.
void comment(std::string& out, std::string_view text) {
  std::size_t column = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const auto space = rest.find(' ');
    const auto word = rest.substr(0, space);
    rest = space == std::string_view::npos ? std::string_view{} : rest.substr(space + 1);
    if (column == 0 || column + 1 + word.size() > kColumns) {
      out += column == 0 ? "#" : "\n#";
      column = 1;
    }
    out += ' ';
    out += word;
    column += 1 + word.size();
  }
  out += '\n';
}

std::string meaning(const Key& key) {
  std::string text = key.help;
  if (key.max > key.min || key.form == Form::Boolean || key.form == Form::Level ||
      key.form == Form::Output) {
    auto range = expectation(key);
    range = range.substr(0, range.find(" (500ms"));
    text += " [" + range + "]";
  }
  return key.applies == Applies::OnRestart ? text + " (restart)" : text;
}

}  // namespace

std::string defaultProperties() {
  std::string out = kHead;
  for (const auto& section : sections()) {
    out += "\n# ---- " + section.title + " " +
           std::string(kColumns - section.title.size() - 8, '-') + "\n";
    if (!section.introduction.empty()) {
      comment(out, section.introduction);
    }
    for (const auto& key : section.keys) {
      out += '\n';
      comment(out, meaning(key));
      out += "#" + key.name + " =" + (key.defaultText.empty() ? "" : " " + key.defaultText) + "\n";
    }
  }
  return out;
}

}  // namespace holdfast::config
