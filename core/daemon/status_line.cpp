// SPDX-License-Identifier: Apache-2.0
#include "daemon/status_line.hpp"

#include <array>
#include <cstddef>

namespace holdfast::daemon {
namespace {

using Word = model::ServiceStatusWord;

std::string counts(const engine::Snapshot& snapshot) {
  constexpr std::array<Word, 4> kOrder{Word::Running, Word::Pending, Word::Stopped, Word::Error};
  std::string text;
  for (const Word word : kOrder) {
    std::size_t count = 0;
    for (const auto& view : snapshot.services) {
      count += view.status.serviceStatus == word ? 1 : 0;
    }
    if (count > 0) {
      text += (text.empty() ? ": " : ", ") + std::to_string(count) + " " +
              std::string(model::word(word));
    }
  }
  return text;
}

}  // namespace

std::string statusLine(const engine::Snapshot& snapshot) {
  const auto services = snapshot.services.size();
  std::string text = !snapshot.target
                         ? "no target yet"
                         : std::to_string(services) + (services == 1 ? " service" : " services") +
                               counts(snapshot);
  for (const auto& runtime : snapshot.runtimes) {
    if (!runtime.available) {
      text += "; " + runtime.name + " does not answer";
    }
  }
  return text;
}

}  // namespace holdfast::daemon
