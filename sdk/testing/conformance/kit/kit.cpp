// SPDX-License-Identifier: Apache-2.0
#include "conformance/kit/kit.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <cassert>
#include <exception>
#include <stdexcept>

namespace holdfast::conformance {
namespace {

constexpr std::string_view kPrefix = "conformance.";
constexpr std::string_view kNone = "none";

Kit* current = nullptr;

// The reason behind "none: ..."; nothing for other values.
std::optional<std::string> reasonOf(const std::string& value) {
  if (value != kNone && !value.starts_with("none:")) {
    return std::nullopt;
  }
  const std::size_t at = std::min(value.find_first_not_of(": ", kNone.size()), value.size());
  return value.substr(at);
}

void replaceAll(std::string& text, std::string_view what, const std::string& with) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

}  // namespace

Kit& kit() {
  assert(current != nullptr);
  return *current;
}

void setKit(Kit& kit) {
  current = &kit;
}

Kit::Kit(KindSpec kind, std::filesystem::path plugin, const OptionValues& given,
         std::filesystem::path directory)
    : kind_(std::move(kind)),
      plugin_(std::move(plugin)),
      directory_(std::move(directory)),
      silent_(directory_ / "silent.sock") {
  for (const auto& [name, value] : given) {
    if (!name.starts_with(kPrefix)) {
      options_[name] = value;
      continue;
    }
    const std::string fact = name.substr(kPrefix.size());
    const auto known = std::find_if(kind_.facts.begin(), kind_.facts.end(),
                                    [&](const FactSpec& spec) { return spec.name == fact; });
    if (known == kind_.facts.end()) {
      throw std::invalid_argument("there is no fact " + name + " for a " + std::string(kind_.word) +
                                  "; --help lists those that there are");
    }
    const auto reason = reasonOf(value);
    if (reason && (reason->empty() || !known->mayBeNone)) {
      throw std::invalid_argument(
          name + " is \"" + value + "\", expected " +
          (known->mayBeNone ? "\"none: \" and the reason" : std::string(known->what)));
    }
    facts_[fact] = value;
  }
  setPlaceholder("silentSocket", silent_.socketPath());
  setPlaceholder("silentAddress", silent_.address());
  setPlaceholder("directory", directory_.string());
  load();
}

void Kit::setPlaceholder(std::string_view name, const std::string& text) {
  const std::string word = "@" + std::string(name) + "@";
  for (OptionValues* const values : {&options_, &facts_}) {
    for (auto& [key, value] : *values) {
      replaceAll(value, word, text);
    }
  }
}

void Kit::load() {
  // As the agent does; never unloaded.
  void* library = nullptr;
  try {
    library = ::dlopen(plugin_.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  } catch (...) {
    problem_ = "a static initialiser of the plugin let an exception escape";
    return;
  }
  if (library == nullptr) {
    problem_ = std::string("the plugin cannot be loaded: ") + ::dlerror();
    return;
  }
  descriptor_ =
      static_cast<const holdfast_plugin_descriptor*>(::dlsym(library, HOLDFAST_PLUGIN_SYMBOL_NAME));
  if (descriptor_ == nullptr) {
    problem_ = "the plugin does not export " HOLDFAST_PLUGIN_SYMBOL_NAME
               ": does one source file have the line HOLDFAST_RUNTIME_PLUGIN(...), "
               "HOLDFAST_NOTIFIER_PLUGIN(...) or HOLDFAST_UPLINK_PLUGIN(...)?";
    return;
  }
  if (descriptor_->magic != HOLDFAST_PLUGIN_MAGIC ||
      descriptor_->struct_size < sizeof(holdfast_plugin_descriptor)) {
    problem_ = "the plugin's descriptor has a wrong magic number or size";
  } else if (descriptor_->kind != kind_.kind) {
    problem_ = "the plugin is of kind " + std::to_string(descriptor_->kind) +
               ", this program tests kind " + std::to_string(kind_.kind) + " (" +
               std::string(kind_.word) + "); holdfast-conformance takes the right one";
  } else if (descriptor_->options_schema != nullptr) {
    schema_ = readSchema(descriptor_->options_schema);
  }
}

Fact Kit::fact(std::string_view name) const {
  const auto spec = std::find_if(kind_.facts.begin(), kind_.facts.end(),
                                 [&](const FactSpec& known) { return known.name == name; });
  assert(spec != kind_.facts.end());
  Fact fact;
  const auto stated = facts_.find(name);
  if (stated == facts_.end()) {
    if (spec->fallback.empty()) {
      fact.problem = "the options do not say conformance." + std::string(name) + ": " +
                     std::string(spec->what) +
                     (spec->mayBeNone ? " (or \"none: \" and the reason why there is none)" : "");
    } else {
      fact.value = spec->fallback;
    }
  } else if (const auto reason = reasonOf(stated->second)) {
    fact.noneReason = "conformance." + std::string(name) + " is none: " + *reason;
  } else {
    fact.value = stated->second;
  }
  return fact;
}

OptionValues Kit::override(const std::string& fact) {
  const std::size_t equals = fact.find('=');
  if (equals == std::string::npos) {
    throw std::invalid_argument("\"" + fact + "\" is not of the form option=value");
  }
  return {{fact.substr(0, equals), fact.substr(equals + 1)}};
}

std::vector<std::string> Kit::declaredNone() const {
  std::vector<std::string> lines;
  for (const FactSpec& spec : kind_.facts) {
    if (const Fact stated = fact(spec.name); !stated.noneReason.empty()) {
      lines.push_back(stated.noneReason);
    }
  }
  return lines;
}

}  // namespace holdfast::conformance
