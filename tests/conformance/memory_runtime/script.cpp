// SPDX-License-Identifier: Apache-2.0
#include "conformance/memory_runtime/script.hpp"

#include <cstdlib>

namespace holdfast::memory {
namespace {

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  return first == std::string_view::npos
             ? std::string()
             : std::string(text.substr(first, text.find_last_not_of(' ') + 1 - first));
}

// The rest of a statement behind its first word; false when that is another one.
bool takes(const std::string& statement, std::string_view word, std::string& rest) {
  if (statement != word && !statement.starts_with(std::string(word) + " ")) {
    return false;
  }
  rest = trimmed(std::string_view(statement).substr(word.size()));
  return true;
}

void print(std::string line, Plan& plan) {
  constexpr std::string_view kToStderr = ">&2";
  auto stream = sdk::OutputStream::Stdout;
  if (line.ends_with(kToStderr)) {
    line = trimmed(std::string_view(line).substr(0, line.size() - kToStderr.size()));
    stream = sdk::OutputStream::Stderr;
  }
  plan.output.push_back({plan.endMs, stream, std::move(line)});
}

enum class Next { Goes, Ends, Unknown };

Next add(const std::string& statement, const std::set<std::string>& files, std::int64_t secondMs,
         Plan& plan) {
  std::string rest;
  if (takes(statement, "echo", rest)) {
    print(rest, plan);
  } else if (takes(statement, "sleep", rest)) {
    plan.endMs += secondMs * std::atoi(rest.c_str());
  } else if (takes(statement, "touch", rest)) {
    plan.touched.emplace_back(plan.endMs, rest);
  } else if (takes(statement, "test -e", rest)) {
    plan.exitCode = files.contains(rest) ? 0 : 1;
  } else if (takes(statement, "trap", rest)) {
    plan.stubborn = true;
  } else if (takes(statement, "exit", rest)) {
    plan.exitCode = std::atoi(rest.c_str());
    return Next::Ends;
  } else {
    return Next::Unknown;
  }
  return Next::Goes;
}

}  // namespace

std::optional<Plan> planOf(std::string_view script, const std::set<std::string>& files,
                           std::int64_t secondMs) {
  Plan plan;
  while (!script.empty()) {
    const std::size_t end = std::min(script.find(';'), script.size());
    const Next next = add(trimmed(script.substr(0, end)), files, secondMs, plan);
    if (next == Next::Unknown) {
      return std::nullopt;
    }
    if (next == Next::Ends) {
      break;
    }
    script.remove_prefix(std::min(end + 1, script.size()));
  }
  return plan;
}

}  // namespace holdfast::memory
