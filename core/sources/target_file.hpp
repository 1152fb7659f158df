// SPDX-License-Identifier: Apache-2.0
// The watched file as a source of targets: read in bounds, handed over only when it says something
// else than what was last taken from it.
#pragma once

#include "engine/engine.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace holdfast::sources {

// Where a target file's content goes and where its troubles are told. Called from the watcher's
// thread; all may block.
struct TargetFilePort {
  // Nothing: there is no answer yet, and the target may still come into force.
  std::function<std::optional<engine::CommandResult>(engine::TargetRequest)> submit;
  // The text that was last accepted from a file, in force or not; nothing when there is none, as
  // after the loss of the store.
  std::function<std::optional<std::string>()> lastTaken;
  std::function<void(const std::string&)> unusable;  // it cannot be read: one line
  std::function<void(const std::string&)> refused;   // the agent refused it: one line, and why
  std::function<void(const std::string&)> note;      // worth a line in the log, nothing is wrong
};

// docs/behaviour.md "Reconciling": the latest accepted change wins, whatever its source, and at the
// start the file applies only if it differs from what was last read from it.
class TargetFile {
 public:
  TargetFile(std::string path, TargetFilePort port);

  // Looks at the file and acts on it. For FileWatcher::changed.
  void look();

 private:
  struct Reading {
    std::optional<std::string> text;
    std::string problem;  // why there is none; empty when the file does not exist
  };
  [[nodiscard]] Reading read() const;
  void handOver(std::string text);
  void complain(const std::string& problem);
  [[nodiscard]] bool isKnown(const std::string& text);

  std::string path_;
  TargetFilePort port_;
  std::string lastProblem_;             // told once, until it changes or goes away
  std::optional<std::string> handled_;  // content that was taken or refused by this run
  // Content that was handed over after that without an answer. Which of the two is in force will
  // only show: so every other content has to follow it.
  std::optional<std::string> unanswered_;
  bool missing_ = false;
};

}  // namespace holdfast::sources
