// SPDX-License-Identifier: Apache-2.0
#include "sources/target_file.hpp"

#include "sources/bounded_file.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

namespace holdfast::sources {

using engine::CommandResult;

TargetFile::TargetFile(std::string path, TargetFilePort port)
    : path_(std::move(path)), port_(std::move(port)) {}

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
  if (!isKnown(*reading.text)) {
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
  const auto result = port_.submit({.text = text,
                                    .strictness = model::Strictness::Lenient,
                                    .source = engine::TargetSource::File,
                                    .sourceDetail = path_});
  if (!result) {
    unanswered_ = std::move(text);
    port_.note(path_ + " was handed over and there is no answer yet; until it is taken, the last " +
               "target stays in force");
    return;
  }
  unanswered_.reset();
  handled_ = std::move(text);
  if (result->code == CommandResult::Code::Done) {
    port_.note("target " + std::to_string(result->revision) + " taken from " + path_);
    return;
  }
  std::string why = path_ + " was refused, the last target stays in force: " + result->message;
  for (const auto& problem : result->problems) {
    why += "; " + (problem.pointer.empty() ? "" : problem.pointer + ": ") + problem.message;
  }
  port_.refused(why);
}

void TargetFile::complain(const std::string& problem) {
  if (problem != lastProblem_) {
    lastProblem_ = problem;
    port_.unusable(problem);
  }
}

// A refused content is not tried again until it changes, a taken one not even by the next run.
bool TargetFile::isKnown(const std::string& text) {
  if (unanswered_) {
    return *unanswered_ == text;
  }
  return handled_ ? *handled_ == text : port_.lastTaken() == text;
}

}  // namespace holdfast::sources
