// SPDX-License-Identifier: Apache-2.0
#include "cli/completion.hpp"

#include "cli/verb.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace holdfast::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string contentsOf(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(CliCompletion, ScriptsAreWhatTheTableSays) {
  EXPECT_EQ(contentsOf(HOLDFAST_SOURCE_DIR "/etc/completion/holdfast.bash"), bashCompletion())
      << "holdfast completion bash > etc/completion/holdfast.bash";
  EXPECT_EQ(contentsOf(HOLDFAST_SOURCE_DIR "/etc/completion/_holdfast"), zshCompletion())
      << "holdfast completion zsh > etc/completion/_holdfast";
}

TEST(CliCompletion, KnowsEveryVerbAndOption) {
  for (const VerbSpec& verb : verbs()) {
    EXPECT_THAT(bashCompletion(), HasSubstr("\n    " + std::string(verb.name) + ")\n"));
    EXPECT_THAT(zshCompletion(), HasSubstr("\n        " + std::string(verb.name) + ")\n"));
    for (const OptionSpec& option : optionsOf(verb)) {
      EXPECT_THAT(bashCompletion(), HasSubstr("--" + std::string(option.name)));
      EXPECT_THAT(zshCompletion(), HasSubstr("--" + std::string(option.name)));
    }
  }
}

// What bash would offer for the last of `words`. The agent is a function that says what `status -o
// name` gets and prints names, one of which is out for trouble.
std::vector<std::string> offered(const std::vector<std::string>& words) {
  const std::filesystem::path script =
      std::filesystem::path(testing::TempDir()) /
      ("holdfast-completion-" + std::to_string(::getpid()) + ".bash");
  {
    std::ofstream file(script);
    file << bashCompletion() << R"(
timeout() { shift; "$@"; }
holdfast() {
  [[ "$*" == "--socket /x status -o name" || "$*" == "status -o name" ]] || echo "asked: $*"
  printf '%s\n' monitoring/mosquitto monitoring/nodered 'web/$(echo bad)'
}
COMP_WORDS=(holdfast)";
    for (const std::string& word : words) {
      file << " '" << word << "'";
    }
    file << ")\nCOMP_CWORD=" << words.size() << "\n_holdfast\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n";
  }
  std::vector<std::string> lines;
  FILE* const pipe = ::popen(("bash --norc " + script.string() + " 2>&1").c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  for (char line[512]; pipe != nullptr && std::fgets(line, sizeof line, pipe) != nullptr;) {
    std::string text(line);
    text.pop_back();
    if (!text.empty()) {
      lines.push_back(std::move(text));
    }
  }
  EXPECT_EQ(::pclose(pipe), 0);
  std::filesystem::remove(script);
  return lines;
}

TEST(CliCompletion, OffersVerbsAndOptions) {
  EXPECT_THAT(offered({"st"}), ElementsAre("status", "stop", "start"));
  EXPECT_THAT(offered({"logs", "--f"}), ElementsAre("--follow"));
  EXPECT_THAT(offered({"--socket", "/x", "ap"}), ElementsAre("apply"));
  EXPECT_THAT(offered({"plugins", ""}), ElementsAre("list", "inspect"));
  EXPECT_THAT(offered({"alerts", "t"}), ElementsAre("test"));
}

TEST(CliCompletion, OffersNamesOfServicesAndApps) {
  EXPECT_THAT(offered({"logs", "mon"}), ElementsAre("monitoring/mosquitto", "monitoring/nodered"));
  EXPECT_THAT(offered({"--socket", "/x", "logs", "monitoring/n"}),
              ElementsAre("monitoring/nodered"));
  EXPECT_THAT(offered({"--socket", "=", "/x", "logs", "monitoring/n"}),
              ElementsAre("monitoring/nodered"));
  EXPECT_THAT(offered({"purge", ""}), ElementsAre("monitoring", "web"));
  EXPECT_THAT(offered({"status", "monitoring"}),
              ElementsAre("monitoring/mosquitto", "monitoring/nodered", "monitoring"));
}

TEST(CliCompletion, NeverRunsWhatAServiceIsCalled) {
  EXPECT_THAT(offered({"logs", "web"}), ElementsAre("web/\\$\\(echo\\ bad\\)"));
}

TEST(CliCompletion, OffersTheValuesOfOptions) {
  EXPECT_THAT(offered({"status", "-o", ""}), ElementsAre("wide", "json", "name"));
  EXPECT_THAT(offered({"status", "--output", "=", "w"}), ElementsAre("wide"));
  EXPECT_THAT(offered({"status", "--output", "="}), ElementsAre("wide", "json", "name"));
  EXPECT_THAT(offered({"logs", "--tail", "1"}), IsEmpty());
}

}  // namespace
}  // namespace holdfast::cli
