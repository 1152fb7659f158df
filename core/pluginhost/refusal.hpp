// SPDX-License-Identifier: Apache-2.0
// Why a plugin is not used: at which step of its way in, and the reason in words.
#pragma once

#include <boost/system/result.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace holdfast::pluginhost {

// The way in, in order. Nothing of the plugin runs in the daemon before Load.
enum class Stage {
  Configuration,  // its name, or a second entry of that name
  Trust,          // owner and permissions of file and folders
  Probe,          // loaded by a child process, which describes it
  Handshake,      // kind, ABI version, toolchain, name
  Options,        // configured options against its schema
  Quarantine,     // it crashed the agent before, and its time has not come yet
  Load,           // into the daemon
  Create,         // its instance
  Start,          // of the instance
};

// "trust", "probe", ...
[[nodiscard]] std::string_view stageName(Stage stage);

// `reason` is one line for people: what, where, what was expected, what to do.
class Refusal {
 public:
  Refusal() = default;
  Refusal(Stage stage, std::string reason) : stage_(stage), reason_(std::move(reason)) {}

  [[nodiscard]] Stage stage() const { return stage_; }
  [[nodiscard]] const std::string& reason() const { return reason_; }

 private:
  Stage stage_ = Stage::Configuration;
  std::string reason_;
};

template <class T>
using Outcome = boost::system::result<T, Refusal>;

}  // namespace holdfast::pluginhost
