// SPDX-License-Identifier: Apache-2.0
#include "conformance/kit/program.hpp"

#include "conformance/kit/arguments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <system_error>

namespace holdfast::conformance {
namespace {

struct CommandLine {
  std::filesystem::path plugin;
  OptionValues options;
};

// A fresh folder of this user only, removed at the end.
class RunDirectory {
 public:
  RunDirectory() {
    std::string pattern = std::filesystem::temp_directory_path() / "holdfast-conformance-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) {
      throw std::system_error(errno, std::generic_category(), pattern);
    }
    path_ = pattern;
  }
  ~RunDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  RunDirectory(const RunDirectory&) = delete;
  RunDirectory& operator=(const RunDirectory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  return first == std::string::npos
             ? std::string()
             : text.substr(first, text.find_last_not_of(" \t\r") + 1 - first);
}

void addOption(const std::string& line, const std::string& where, OptionValues& options) {
  const std::size_t equals = line.find('=');
  const std::string name = trimmed(line.substr(0, equals));
  if (equals == std::string::npos || name.empty()) {
    throw std::invalid_argument(where + ": \"" + line + "\", expected name=value");
  }
  options[name] = trimmed(line.substr(equals + 1));
}

void readOptionsFile(const std::string& file, OptionValues& options) {
  std::ifstream in(file);
  if (!in) {
    throw std::invalid_argument("the options file " + file + " cannot be read");
  }
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    line = trimmed(line);
    if (!line.empty() && !line.starts_with('#')) {
      addOption(line, file + ":" + std::to_string(number), options);
    }
  }
}

CommandLine readCommandLine(int argc, char** argv) {
  CommandLine result;
  for (int at = 1; at < argc; ++at) {
    const std::string word = argv[at];
    if (word != "--plugin" && word != "--option" && word != "--options") {
      throw std::invalid_argument("\"" + word + "\" is unknown; see --help");
    }
    if (++at == argc) {
      throw std::invalid_argument(word + " needs a value; see --help");
    }
    if (word == "--plugin") {
      result.plugin = std::filesystem::absolute(argv[at]);
    } else if (word == "--option") {
      addOption(argv[at], "--option", result.options);
    } else {
      readOptionsFile(argv[at], result.options);
    }
  }
  if (result.plugin.empty()) {
    throw std::invalid_argument("--plugin FILE is missing; see --help");
  }
  return result;
}

void printHelp(const KindSpec& kind) {
  std::printf(
      "usage: holdfast-conformance-%.*s --plugin FILE [--options FILE] [--option name=value]...\n"
      "                                    [GoogleTest's flags: --gtest_filter=..., ...]\n\n"
      "Tests whether a %.*s plugin keeps the contract of the SDK. The options are the plugin's\n"
      "own, one name = value on each line of the file, and these facts about its far side, each\n"
      "a value or \"none: \" and the reason why it cannot be had:\n\n",
      static_cast<int>(kind.word.size()), kind.word.data(), static_cast<int>(kind.word.size()),
      kind.word.data());
  for (const FactSpec& fact : kind.facts) {
    std::printf("  conformance.%-14s %s%s%s%s\n", std::string(fact.name).c_str(),
                std::string(fact.what).c_str(),
                fact.fallback.empty() ? "" : " [default: ", std::string(fact.fallback).c_str(),
                fact.fallback.empty() ? "" : "]");
  }
  std::printf(
      "\nExit code: 0 the plugin conforms, 1 it does not, 2 wrong usage. What the options declare\n"
      "as none is listed at the end.\n");
}

int runTests(Kit& run) {
  setKit(run);
  watchLateLooks();
  std::signal(SIGPIPE, SIG_IGN);  // as the agent
  const int code = RUN_ALL_TESTS();
  for (const std::string& line : run.declaredNone()) {
    std::printf("Not tested: %s\n", line.c_str());
  }
  std::fflush(stdout);
  return code;
}

}  // namespace

int runProgram(int argc, char** argv, const KindSpec& kind,
               const std::function<void(Kit&)>& prepare) {
  try {
    // GoogleTest would print its own help, and end.
    for (int at = 1; at < argc; ++at) {
      if (std::string_view(argv[at]) == "--help" || std::string_view(argv[at]) == "-h") {
        printHelp(kind);
        return 0;
      }
    }
    ::testing::InitGoogleMock(&argc, argv);
    const CommandLine line = readCommandLine(argc, argv);
    const RunDirectory directory;
    Kit run(kind, line.plugin, line.options, directory.path());
    if (prepare) {
      prepare(run);
    }
    return runTests(run);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "holdfast-conformance-%s: %s\n", std::string(kind.word).c_str(),
                 failure.what());
    return 2;
  }
}

}  // namespace holdfast::conformance
