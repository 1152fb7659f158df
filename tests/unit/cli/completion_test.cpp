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

// An interactive zsh on a terminal of its own, with the completion as packages install it: what the
// line is after the tabulator key.
std::string completedByZsh(const std::string& line) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / ("holdfast-zsh-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "target.json") << "{}";
  std::ofstream(folder / "_holdfast") << zshCompletion();
  std::ofstream(folder / "driver") << R"zsh(
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PROMPT= RPROMPT=; unsetopt prompt_sp prompt_cr'
zpty -w z 'fpath=($PWD $fpath); autoload -Uz compinit; compinit -D -u'
zpty -w z 'timeout() { shift; "$@" }
holdfast() { print -l monitoring/mosquitto monitoring/nodered "web/\$(echo bad)" }'
zpty -w z 'tell() { print -r -- "[[$BUFFER]]"; BUFFER= }
zle -N tell; bindkey "^X" tell; bindkey "^I" complete-word; print re""ady'
zpty -r z out '*ready*'
zpty -n -w z "$1"$'\t\C-x'
zpty -r z out '*\[\[*\]\]*'
print -r -- ${${out##*\[\[}%%\]\]*}
)zsh";
  std::string completed;
  const std::string command =
      "cd " + folder.string() + " && timeout 30 zsh -f ./driver '" + line + "' 2>&1";
  FILE* const pipe = ::popen(command.c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  for (char text[512]; pipe != nullptr && std::fgets(text, sizeof text, pipe) != nullptr;) {
    completed += text;
  }
  EXPECT_EQ(::pclose(pipe), 0) << completed;
  std::filesystem::remove_all(folder);
  return completed;
}

TEST(CliCompletion, CompletesInARealZsh) {
  EXPECT_EQ(completedByZsh("holdfast desc"), "holdfast describe \n");
  EXPECT_EQ(completedByZsh("holdfast plan --ex"), "holdfast plan --exit-code \n");
  EXPECT_EQ(completedByZsh("holdfast status -o js"), "holdfast status -o json \n");
  EXPECT_EQ(completedByZsh("holdfast plugins ins"), "holdfast plugins inspect \n");
  EXPECT_EQ(completedByZsh("holdfast why monitoring/no"), "holdfast why monitoring/nodered \n");
  EXPECT_EQ(completedByZsh("holdfast --socket /x why monitoring/m"),
            "holdfast --socket /x why monitoring/mosquitto \n");
  EXPECT_EQ(completedByZsh("holdfast purge mon"), "holdfast purge monitoring \n");
  EXPECT_EQ(completedByZsh("holdfast apply -f tar"), "holdfast apply -f target.json \n");
  EXPECT_EQ(completedByZsh("holdfast why web"), "holdfast why web/\\$\\(echo\\ bad\\) \n");
}

}  // namespace
}  // namespace holdfast::cli
