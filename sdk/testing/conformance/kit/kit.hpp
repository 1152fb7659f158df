// SPDX-License-Identifier: Apache-2.0
// What the tests of a run share: the plugin, its options, and the facts about its far side.
#pragma once

#include "conformance/kit/schema.hpp"
#include "conformance/kit/silent_peer.hpp"
#include "holdfast/sdk/abi.h"
#include "holdfast/sdk/abi_rule.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace holdfast::conformance {

// A fact that the options file may state (README.md "Facts").
struct FactSpec {
  std::string_view name;
  std::string_view what;      // completes "conformance.<name>: "
  std::string_view fallback;  // when it is not stated; empty: it must be
  bool mayBeNone = true;
};

// A kind of plugin, as its program describes it.
struct KindSpec {
  std::uint32_t kind = 0;
  std::string_view word;  // "runtime"
  sdk::AbiVersion abi;
  std::vector<FactSpec> facts;
};

struct Fact {
  std::optional<std::string> value;
  std::string problem;     // a sentence, when it is neither stated nor none
  std::string noneReason;  // when the options file says none
};

class Kit {
 public:
  // `given` has options of the plugin and facts ("conformance.<name>"). Throws
  // std::invalid_argument for a fact that the kind does not have.
  Kit(KindSpec kind, std::filesystem::path plugin, const OptionValues& given,
      std::filesystem::path directory);

  [[nodiscard]] const KindSpec& kind() const { return kind_; }
  [[nodiscard]] const std::filesystem::path& plugin() const { return plugin_; }
  // nullptr when it could not be loaded; problem() says why then.
  [[nodiscard]] const holdfast_plugin_descriptor* descriptor() const { return descriptor_; }
  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] const Schema& schema() const { return schema_; }
  // The options given, their placeholders replaced.
  [[nodiscard]] const OptionValues& options() const { return options_; }
  // A folder of this run, removed at its end.
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }

  [[nodiscard]] Fact fact(std::string_view name) const;
  // A fact of the form "option=value", as options that replace the given ones.
  [[nodiscard]] static OptionValues override(const std::string& fact);

  // Text that options and facts may hold as @name@. Replaces it in both.
  void setPlaceholder(std::string_view name, const std::string& text);

  // The peer behind @silentSocket@ and @silentAddress@.
  [[nodiscard]] SilentPeer& silent() { return silent_; }

  // One line for each fact that is none, with its reason.
  [[nodiscard]] std::vector<std::string> declaredNone() const;

 private:
  void load();

  KindSpec kind_;
  std::filesystem::path plugin_;
  std::filesystem::path directory_;
  SilentPeer silent_;
  OptionValues options_;
  OptionValues facts_;
  const holdfast_plugin_descriptor* descriptor_ = nullptr;
  std::string problem_;
  Schema schema_;
};

// That of this program; set before the tests run.
[[nodiscard]] Kit& kit();
void setKit(Kit& kit);

}  // namespace holdfast::conformance

// In a test (or SetUp): goes on when the fact `name` is there. Without it the test fails and says
// which one is missing; where the options file says none it is shown as skipped, with the reason
// given there.
#define CONFORMANCE_NEEDS(name)                                          \
  if (const auto neededFact = ::holdfast::conformance::kit().fact(name); \
      !neededFact.noneReason.empty()) {                                  \
    GTEST_SKIP() << neededFact.noneReason;                               \
  } else                                                                 \
    ASSERT_TRUE(neededFact.value.has_value()) << neededFact.problem

// The same, with its value as a std::string `variable`.
#define CONFORMANCE_FACT(variable, name) \
  CONFORMANCE_NEEDS(name);               \
  const std::string variable = ::holdfast::conformance::kit().fact(name).value.value()
