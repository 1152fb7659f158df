// SPDX-License-Identifier: Apache-2.0
#include "sources/target_file.hpp"

#include "sources/bounded_file.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

namespace holdfast::sources {

using engine::CommandResult;

TargetFile::TargetFile(std::string path, std::string recordPath, TargetFilePort port)
    : path_(std::move(path)), recordPath_(std::move(recordPath)), port_(std::move(port)) {}

void TargetFile::look() {
  auto reading = read();
  if (!reading.text) {
    if (!reading.problem.empty()) {
      complain(reading.problem);
    } else if (!std::exchange(missing_, true)) {
      port_.note(path_ + " does not exist (yet); the last target stays in force");
    }
    return;
  }
  missing_ = false;
  lastProblem_.clear();
  const bool known = reading.text == refused_ || (port_.hasTarget() && reading.text == recorded());
  if (!known) {
    handOver(std::move(*reading.text));
  }
}

TargetFile::Reading TargetFile::read() const {
  auto content = readBounded(path_, model::kMaxTargetBytes);
  if (content.error == ENOENT || content.error == ENOTDIR) {
    return {};
  }
  if (content.error != 0) {
    return {std::nullopt, "cannot read " + path_ + ": " + std::strerror(content.error) +
                              "; the last target stays in force"};
  }
  if (content.tooLarge) {
    return {std::nullopt, path_ +
                              " is larger than 8 MiB, the limit of a target; the last target "
                              "stays in force"};
  }
  return {std::move(content.text), ""};
}

void TargetFile::handOver(std::string text) {
  const CommandResult result = port_.submit({.text = text,
                                             .strictness = model::Strictness::Lenient,
                                             .source = engine::TargetSource::File,
                                             .sourceDetail = path_});
  if (result.code == CommandResult::Code::Done) {
    refused_.reset();
    port_.note("target " + std::to_string(result.revision) + " taken from " + path_);
    record(text);
    return;
  }
  std::string why = path_ + " was refused, the last target stays in force: " + result.message;
  for (const auto& problem : result.problems) {
    why += "; " + (problem.pointer.empty() ? "" : problem.pointer + ": ") + problem.message;
  }
  refused_ = std::move(text);
  complain(why);
}

void TargetFile::complain(const std::string& problem) {
  if (problem != lastProblem_) {
    lastProblem_ = problem;
    port_.problem(problem);
  }
}

std::optional<std::string> TargetFile::recorded() const {
  auto content = readBounded(recordPath_, model::kMaxTargetBytes);
  return content.error == 0 && !content.tooLarge ? std::optional(std::move(content.text))
                                                 : std::nullopt;
}

void TargetFile::record(const std::string& text) {
  if (const int error = writeAtomically(recordPath_, text); error != 0) {
    port_.problem("cannot remember what was read from " + path_ + " in " + recordPath_ + ": " +
                  std::strerror(error) + "; the file is applied again at the next start");
  }
}

}  // namespace holdfast::sources
