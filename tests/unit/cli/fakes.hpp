// SPDX-License-Identifier: Apache-2.0
// A console and an API in memory.
#pragma once

#include "cli/api.hpp"
#include "cli/command_line.hpp"
#include "cli/console.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace holdfast::cli {

class FakeConsole final : public Console {
 public:
  std::string output;
  std::string errors;
  std::string input;
  bool terminal = false;       // standard output
  bool inputTerminal = false;  // standard input
  bool broken = false;         // output cannot be written
  ScreenSize size;
  std::chrono::milliseconds now{1'000};

  void out(std::string_view text) override { output += text; }
  void err(std::string_view text) override { errors += text; }
  [[nodiscard]] bool outFailed() const override { return broken; }
  [[nodiscard]] bool outIsTerminal() const override { return terminal; }
  [[nodiscard]] bool inIsTerminal() const override { return inputTerminal; }
  [[nodiscard]] ScreenSize screen() const override { return size; }
  [[nodiscard]] bool colour() const override { return false; }
  [[nodiscard]] std::optional<std::string> readLine() override {
    if (input.empty()) {
      return std::nullopt;
    }
    const std::size_t end = input.find('\n');
    std::string line = input.substr(0, end);
    input.erase(0, end == std::string::npos ? end : end + 1);
    return line;
  }
  [[nodiscard]] std::string readAll(std::size_t limit) override {
    return std::exchange(input, {}).substr(0, limit + 1);
  }
  [[nodiscard]] std::chrono::milliseconds uptime() const override { return now; }
  void pause(std::chrono::milliseconds duration) override { now += duration; }
};

// Answers that were prepared per "METHOD target", each one used once and the last one for ever.
class FakeApi final : public Api {
 public:
  // Thrown when the answers of a question that is asked again and again are used up: ends verbs
  // that go on until they are interrupted.
  class Interrupted : public std::runtime_error {
   public:
    Interrupted() : std::runtime_error("interrupted") {}
  };

  struct Script {
    std::map<std::string, std::vector<ApiResponse>> answers;
    std::vector<std::string> asked;  // "METHOD target body"
    std::vector<std::string> tags;   // If-None-Match of each
    std::string unreachable;         // set: nothing answers, and why
    bool endless = true;             // false: used up answers are not repeated
  };

  explicit FakeApi(Script& script) : script_(script) {}

  [[nodiscard]] ApiResponse send(const ApiRequest& request) override {
    if (!script_.unreachable.empty()) {
      throw Unreachable(script_.unreachable);
    }
    const std::string key = request.method + " " + request.target;
    script_.asked.push_back(request.body.empty() ? key : key + " " + request.body);
    script_.tags.push_back(request.ifNoneMatch);
    const auto found = script_.answers.find(key);
    if (found == script_.answers.end() || found->second.empty()) {
      if (!script_.endless) {
        throw Interrupted();
      }
      return {.status = 404, .body = R"({"detail":"no answer prepared for )" + key + "\"}"};
    }
    std::vector<ApiResponse>& answers = found->second;
    ApiResponse answer = answers.front();
    if (answers.size() > 1 || !script_.endless) {
      answers.erase(answers.begin());
    }
    return answer;
  }

  [[nodiscard]] ApiResponse stream(const ApiRequest& request,
                                   const std::function<bool(std::string_view)>& data) override {
    ApiResponse answer = send(request);
    if (answer.status < 300) {
      data(std::exchange(answer.body, {}));
    }
    return answer;
  }

 private:
  Script& script_;
};

// The second at which every prepared answer was given.
inline constexpr std::string_view kDate = "Fri, 24 Oct 2025 10:15:32 GMT";
inline constexpr std::string_view kAt = "2025-10-24T10:15:32.000Z";

// One run of the command against prepared answers.
struct Session {
  FakeConsole console;
  FakeApi::Script script;
  std::string socket;  // that the command wanted to talk to

  void answer(const std::string& question, std::string body, int status = 200,
              std::string etag = {}) {
    script.answers[question].push_back({.status = status,
                                        .contentType = "application/json",
                                        .etag = std::move(etag),
                                        .date = std::string(kDate),
                                        .body = std::move(body)});
  }

  int run(const std::vector<std::string>& words, const std::string& environmentSocket = {}) {
    return runCommandLine(words, environmentSocket, console, [this](std::string path) {
      socket = std::move(path);
      return std::make_unique<FakeApi>(script);
    });
  }
};

}  // namespace holdfast::cli
