// SPDX-License-Identifier: Apache-2.0
#include "cli/document.hpp"

#include "cli/json_view.hpp"
#include "cli/problem_view.hpp"
#include "cli/text.hpp"
#include "model/target_parser.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace holdfast::cli {
namespace {

constexpr int kUnprocessable = 422;

std::string readFile(const std::string& path, std::size_t limit) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    throw Failed(oneLine(path) + " is a directory; expected a file with a target state");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw Failed("cannot read " + oneLine(path) + ": " + std::generic_category().message(errno));
  }
  std::string text(limit + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

}  // namespace

Document readDocument(Context& context, const std::string& fileName) {
  Document document{.name = fileName};
  document.text = fileName == "-" ? context.console.readAll(model::kMaxTargetBytes)
                                  : readFile(fileName, model::kMaxTargetBytes);
  const std::string shown = fileName == "-" ? "standard input" : oneLine(fileName);
  if (document.text.empty()) {
    throw Failed(shown + " is empty; expected a target state as JSON");
  }
  if (document.text.size() > model::kMaxTargetBytes) {
    throw Failed(shown + " is larger than a target may be (" +
                 std::to_string(model::kMaxTargetBytes / (1024 * 1024)) + " MiB)");
  }
  return document;
}

bool refused(Context& context, const Answer& answer, const Document& document) {
  if (answer.status != kUnprocessable) {
    return false;
  }
  if (context.wantsJson()) {
    printJson(context, answer.body);
    return true;
  }
  const boost::json::array& problems = list(answer.body, "problems");
  if (problems.empty()) {
    throw Failed(text(answer.body, "detail"));
  }
  context.console.err(problemLines(problems, document.name, document.text));
  const std::string count =
      problems.size() == 1 ? "1 problem" : std::to_string(problems.size()) + " problems";
  context.console.err("holdfast: the target is refused (" + count + "); nothing was changed\n");
  return true;
}

}  // namespace holdfast::cli
