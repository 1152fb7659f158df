// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/refusal.hpp"

namespace holdfast::pluginhost {

std::string_view stageName(Stage stage) {
  switch (stage) {
    case Stage::Configuration:
      return "configuration";
    case Stage::Trust:
      return "trust";
    case Stage::Probe:
      return "probe";
    case Stage::Handshake:
      return "handshake";
    case Stage::Options:
      return "options";
    case Stage::Quarantine:
      return "quarantine";
    case Stage::Load:
      return "load";
    case Stage::Create:
      return "create";
    case Stage::Start:
      return "start";
  }
  return "unknown";
}

}  // namespace holdfast::pluginhost
