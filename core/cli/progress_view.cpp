// SPDX-License-Identifier: Apache-2.0
#include "cli/progress_view.hpp"

#include "cli/json_view.hpp"
#include "cli/service_words.hpp"
#include "cli/text.hpp"

#include <algorithm>

namespace holdfast::cli {
namespace json = boost::json;
namespace {

bool onItsWay(const json::value& service) {
  return rawText(service, "serviceStatus") == "pending" || member(service, "pull") != nullptr;
}

std::string cause(const json::value& service) {
  const json::value* const error = member(service, "error");
  return error == nullptr ? std::string() : text(*error, "message");
}

// A status without what changes all the time: the share of a pull.
std::string steadyWord(const json::value& service) {
  std::string word = text(service, "reason");
  return word.empty() ? text(service, "serviceStatus") : word;
}

std::string bytes(std::int64_t count) {
  return humanBytes(static_cast<double>(count));
}

// `room`: columns that are left for it.
std::string pullDetail(const json::value& service, std::size_t room) {
  const json::value* const pull = member(service, "pull");
  if (pull == nullptr) {
    return {};
  }
  const std::int64_t done = number(*pull, "done");
  const std::int64_t total = number(*pull, "total");
  if (total <= 0) {
    return done > 0 ? text(*pull, "phase") + " " + bytes(done) : text(*pull, "phase");
  }
  // The bar takes what the figures behind it leave, but is still a bar.
  constexpr std::size_t kFigures = 32;
  const std::size_t cells = std::clamp<std::size_t>(room - std::min(room, kFigures), 8, 40);
  return progressBar(static_cast<double>(done) / static_cast<double>(total), cells) + " " +
         bytes(done) + "/" + bytes(total) + " " + text(*pull, "phase");
}

std::string failureDetail(const json::value& service, model::WallTime now) {
  const std::string next = nextRetry(service, now);
  const std::string message = cause(service);
  return next.empty() ? message : next + "  " + message;
}

void pad(std::string& line, std::size_t column) {
  const std::size_t width = displayWidth(line);
  line.append(width < column ? column - width : 0, ' ');
  line += "  ";
}

}  // namespace

std::string progressBar(double share, std::size_t cells) {
  const double whole = std::clamp(share, 0.0, 1.0) * static_cast<double>(cells);
  const auto full = static_cast<std::size_t>(whole);
  std::string bar(full, '=');
  if (full < cells) {
    bar += '>';
    bar.append(cells - full - 1, ' ');
  }
  return "[" + bar + "]";
}

std::vector<LiveLine> progressLines(const json::array& services, model::WallTime now,
                                    std::size_t columns) {
  std::vector<const json::value*> order;
  std::size_t nameWidth = 0;
  std::size_t wordWidth = 0;
  for (const json::value& service : services) {
    order.push_back(&service);
    nameWidth = std::max(nameWidth, displayWidth(displayName(service)));
    wordWidth = std::max(wordWidth, displayWidth(statusWord(service)));
  }
  std::stable_partition(order.begin(), order.end(),
                        [](const json::value* service) { return onItsWay(*service); });
  std::vector<LiveLine> lines;
  for (const json::value* service : order) {
    std::string line = displayName(*service);
    pad(line, nameWidth);
    line += statusWord(*service);
    const std::size_t used = nameWidth + wordWidth + 4;
    const std::string pull = pullDetail(*service, columns - std::min(columns, used));
    if (const std::string detail = pull.empty() ? failureDetail(*service, now) : pull;
        !detail.empty()) {
      pad(line, nameWidth + 2 + wordWidth);
      line += detail;
    }
    lines.push_back({std::move(line), tintOf(*service)});
  }
  return lines;
}

std::string ProgressLog::changes(const json::array& services, model::WallTime now) {
  std::string out;
  for (const json::value& service : services) {
    const std::string name = displayName(service);
    const std::string what = steadyWord(service) + "\n" + cause(service);
    const auto [place, isNew] = shown_.try_emplace(name);
    if (!isNew && place->second == what) {
      continue;
    }
    place->second = what;
    out += failing(service) ? failureLine(service, now) : name + ": " + steadyWord(service);
    out += '\n';
  }
  return out;
}

std::vector<const json::value*> notThere(const json::array& services) {
  std::vector<const json::value*> some;
  for (const json::value& service : services) {
    const std::string word = rawText(service, "serviceStatus");
    if (word == "error" || word == "pending") {
      some.push_back(&service);
    }
  }
  return some;
}

std::string failureLine(const json::value& service, model::WallTime now) {
  std::string line = displayName(service) + ": " + statusWord(service);
  if (const std::string message = cause(service); !message.empty()) {
    line += ": " + message;
  }
  if (const std::string next = nextRetry(service, now); !next.empty()) {
    line += "; next retry: " + next;
  }
  return line;
}

}  // namespace holdfast::cli
