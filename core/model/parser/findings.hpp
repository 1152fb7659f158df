// SPDX-License-Identifier: Apache-2.0
// What is wrong with one part of a document.
#pragma once

#include "model/target.hpp"

#include <string>
#include <utility>
#include <vector>

namespace holdfast::model::parser {

// A strict reader takes both kinds for problems. A lenient one gives up the part for a fault, and
// tells of a note without acting on it.
struct Findings {
  // Of one part and kind; more say nothing new, and a hostile document must not make us keep, or
  // even look for, all of them.
  static constexpr std::size_t kMax = 100;

  std::vector<Problem> faults;
  std::vector<Problem> notes;

  void fault(std::string pointer, std::string message) {
    add(faults, std::move(pointer), std::move(message));
  }
  void note(std::string pointer, std::string message) {
    add(notes, std::move(pointer), std::move(message));
  }
  [[nodiscard]] bool faultsAreFull() const { return faults.size() >= kMax; }
  [[nodiscard]] bool notesAreFull() const { return notes.size() >= kMax; }

 private:
  static void add(std::vector<Problem>& problems, std::string&& pointer, std::string&& message) {
    if (problems.size() < kMax)
      problems.push_back({std::move(pointer), std::move(message)});
  }
};

}  // namespace holdfast::model::parser
