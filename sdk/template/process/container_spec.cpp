// SPDX-License-Identifier: Apache-2.0
#include "container_spec.hpp"

#include <holdfast/support/json.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <stdexcept>
#include <utility>

namespace process {
namespace {

namespace json = boost::json;
using holdfast::support::jsonArray;
using holdfast::support::jsonBool;
using holdfast::support::jsonInteger;
using holdfast::support::jsonText;

constexpr std::size_t kMaxName = 128;
constexpr std::string_view kLowerCase = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view kLetters =
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr int kMaxSignal = 64;
constexpr std::array<std::pair<std::string_view, int>, 7> kSignals = {{{"SIGTERM", SIGTERM},
                                                                       {"SIGINT", SIGINT},
                                                                       {"SIGQUIT", SIGQUIT},
                                                                       {"SIGHUP", SIGHUP},
                                                                       {"SIGKILL", SIGKILL},
                                                                       {"SIGUSR1", SIGUSR1},
                                                                       {"SIGUSR2", SIGUSR2}}};

// What leaves the parser by throwing becomes `problem`.
struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// One of `letters` first, then these and _.-
bool isWord(std::string_view text, std::string_view letters) {
  const auto among = [](std::string_view set, char c) {
    return set.find(c) != std::string_view::npos;
  };
  return !text.empty() && among(letters, text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return among(letters, c) || among("_.-", c); });
}

std::string textOf(const json::value& value, const std::string& member) {
  if (!value.is_string()) {
    throw Refused(member + ": expected a string");
  }
  std::string text(value.get_string());
  if (text.find('\0') != std::string::npos) {
    throw Refused(member + ": a NUL character");
  }
  return text;
}

std::vector<std::string> listOf(const json::value& value, const std::string& member) {
  if (!value.is_array()) {
    throw Refused(member + ": expected a list");
  }
  std::vector<std::string> list;
  for (const json::value& item : value.get_array()) {
    list.push_back(textOf(item, member));
  }
  return list;
}

std::map<std::string, std::string> mapOf(const json::value& value, const std::string& member) {
  if (!value.is_object()) {
    throw Refused(member + ": expected an object");
  }
  std::map<std::string, std::string> map;
  for (const auto& [key, item] : value.get_object()) {
    map.emplace(key, textOf(item, member));
  }
  return map;
}

int signalOf(const std::string& text) {
  const auto* const known = std::find_if(kSignals.begin(), kSignals.end(),
                                         [&](const auto& entry) { return entry.first == text; });
  if (known != kSignals.end()) {
    return known->second;
  }
  int number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size() || number < 1 ||
      number > kMaxSignal) {
    throw Refused("stopSignal: '" + text + "' is none that this runtime knows");
  }
  return number;
}

// The process listens by itself, on the host's addresses.
void checkPort(const json::value& port) {
  const std::int64_t inside = jsonInteger(port, {"containerPort"});
  if (!jsonText(port, {"hostIp"}).empty() || jsonInteger(port, {"hostPort"}, inside) != inside) {
    throw Refused("ports: a process listens on the host itself; expected " +
                  std::to_string(inside) + ":" + std::to_string(inside));
  }
}

std::string pathOf(const json::value& mount) {
  const std::string_view source = jsonText(mount, {"source"});
  if (jsonText(mount, {"type"}) != "bind" || source != jsonText(mount, {"target"}) ||
      !source.starts_with('/') || jsonBool(mount, {"readOnly"})) {
    throw Refused(
        "volumes: a process sees the host's own files; expected /path:/path, the same one twice, "
        "writable");
  }
  return std::string(source);
}

void readList(const json::value& value, const std::string& member, const auto& read) {
  const json::array* const list = value.if_array();
  if (list == nullptr) {
    throw Refused(member + ": expected a list");
  }
  std::for_each(list->begin(), list->end(), read);
}

void readMember(ContainerSpec& spec, const std::string& member, const json::value& value) {
  if (member == "name") {
    spec.name = textOf(value, member);
  } else if (member == "image") {
    spec.image = textOf(value, member);
  } else if (member == "labels") {
    spec.labels = mapOf(value, member);
  } else if (member == "environment") {
    spec.environment = mapOf(value, member);
  } else if (member == "entrypoint") {
    spec.entrypoint = listOf(value, member);
  } else if (member == "command") {
    spec.command = listOf(value, member);
  } else if (member == "workingDir") {
    spec.workingDirectory = textOf(value, member);
  } else if (member == "stopSignal") {
    spec.stopSignal = signalOf(textOf(value, member));
  } else if (member == "ports") {
    readList(value, member, checkPort);
  } else if (member == "mounts") {
    readList(value, member, [&](const json::value& mount) { spec.paths.push_back(pathOf(mount)); });
  } else if (member == "networks" || (member == "networkMode" && value != "host")) {
    throw Refused(
        "networks: processes share the host's network; set \"networkMode\": \"host\" and name no "
        "networks");
  } else if (member != "networkMode" && member != "init" && member != "stopGracePeriodSeconds") {
    // The supervisor is the reaping first process; the agent passes the grace with each stop.
    throw Refused(member + ": a process on the host cannot have it");
  }
}

}  // namespace

bool isContainerName(std::string_view text) {
  return text.size() <= kMaxName && isWord(text, kLetters);
}

bool isImageReference(std::string_view text) {
  if (text.size() > kMaxName) {
    return false;
  }
  if (const std::size_t tag = text.find(':'); tag != std::string_view::npos) {
    if (!isWord(text.substr(tag + 1), kLetters)) {
      return false;
    }
    text = text.substr(0, tag);
  }
  for (std::size_t slash = 0; (slash = text.find('/')) != std::string_view::npos;) {
    if (!isWord(text.substr(0, slash), kLowerCase)) {
      return false;
    }
    text.remove_prefix(slash + 1);
  }
  return isWord(text, kLowerCase);
}

std::string ContainerSpec::label(std::string_view key) const {
  const auto found = labels.find(std::string(key));
  return found == labels.end() ? std::string() : found->second;
}

std::optional<ContainerSpec> parseContainerSpec(std::string_view text, std::string& problem) {
  const auto value = holdfast::support::parseJson(text);
  if (!value || !value->is_object()) {
    problem = "the specification is no JSON object";
    return std::nullopt;
  }
  try {
    ContainerSpec spec;
    for (const auto& [member, item] : value->get_object()) {
      readMember(spec, std::string(member), item);
    }
    if (!isContainerName(spec.name)) {
      throw Refused("name: '" + spec.name + "' is no file name");
    }
    if (!isImageReference(spec.image)) {
      throw Refused("image: " + std::string(kImageForm));
    }
    return spec;
  } catch (const Refused& refused) {
    problem = refused.what();
    return std::nullopt;
  }
}

}  // namespace process
