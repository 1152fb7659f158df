// SPDX-License-Identifier: Apache-2.0
#include "alerts/summary_book.hpp"

#include "model/clock_set.hpp"
#include "retry/bounded_text.hpp"

#include <algorithm>

namespace holdfast::alerts {
namespace {

using model::Milliseconds;
using model::Now;
using model::WallTime;

bool isWord(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

std::string shortened(std::string text) {
  retry::cutText(text, kMaxCauseText);
  return text;
}

const Cause* topCause(const Trouble& trouble) {
  const auto top = std::max_element(
      trouble.causes.begin(), trouble.causes.end(),
      [](const Cause& left, const Cause& right) { return left.count < right.count; });
  return top == trouble.causes.end() ? nullptr : &*top;
}

// The first kMaxReported of them; how many more there were.
template <class Row, class Before>
int sortAndCut(std::vector<Row>& rows, Before before) {
  std::stable_sort(rows.begin(), rows.end(), before);
  const std::size_t kept = std::min(rows.size(), kMaxReported);
  const auto leftOut = static_cast<int>(rows.size() - kept);
  rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(kept), rows.end());
  return leftOut;
}

}  // namespace

std::string shapeOf(std::string_view cause) {
  std::string shape;
  for (std::size_t at = 0; at < cause.size();) {
    if (!isWord(cause[at])) {
      shape += cause[at++];
      continue;
    }
    const auto* begin = cause.data() + at;
    const auto* end = std::find_if_not(begin, cause.data() + cause.size(), isWord);
    const std::string_view word(begin, static_cast<std::size_t>(end - begin));
    shape += std::any_of(word.begin(), word.end(), isDigit) ? std::string_view("#") : word;
    at += word.size();
  }
  return shape;
}

void SummaryBook::restore(std::vector<Trouble> kept, const Now& now) {
  for (Trouble& trouble : kept) {
    const std::string key = trouble.key;
    stored_.insert(key);
    items_.insert_or_assign(
        key, Item{.trouble = std::move(trouble), .failingSeen = now.boot, .restored = true});
  }
}

void SummaryBook::begin() {
  starting_ = true;
}

void SummaryBook::look(const std::vector<Condition>& conditions,
                       const std::set<std::string>& unknown, const Now& now) {
  std::set<std::string> present;
  for (const Condition& condition : conditions) {
    if (unknown.count(condition.key) > 0)
      continue;
    present.insert(condition.key);
    take(condition, now);
  }
  for (auto at = items_.begin(); at != items_.end();) {
    if (present.count(at->first) == 0 && unknown.count(at->first) == 0)
      leave(at->second);
    at = useless(at->second.trouble) ? items_.erase(at) : std::next(at);
  }
  // What was not looked at yet starts when it is.
  starting_ = starting_ && !unknown.empty();
}

void SummaryBook::take(const Condition& condition, const Now& now) {
  const auto found = items_.find(condition.key);
  if (found == items_.end()) {
    const bool news =
        condition.failing || !condition.failures.empty() || condition.restartCount > 0;
    if (!news || items_.size() >= kMaxTroubles)
      return;
  }
  Item& item = found == items_.end() ? items_[condition.key] : found->second;
  Trouble& trouble = item.trouble;
  const Trouble before = trouble;
  trouble.key = condition.key;
  trouble.name = condition.name;
  const bool counted = countFailures(trouble, condition, !starting_);
  const bool begins = condition.failing && !trouble.failing;
  // Refusals stand in no ledger: that they begin is all there is to count.
  if (begins && !counted && condition.failures.empty() && !starting_)
    count(trouble, {condition.since, condition.what});
  const int more = condition.restartCount >= trouble.restartsSeen
                       ? condition.restartCount - trouble.restartsSeen
                       : condition.restartCount;
  trouble.restarts += starting_ ? 0 : more;
  trouble.restartsSeen = condition.restartCount;
  if (begins) {
    item.failingSeen = now.boot;
    item.restored = false;
  }
  trouble.failing = condition.failing;
  trouble.since = condition.failing ? condition.since : WallTime{};
  trouble.what = condition.failing ? shortened(condition.what) : "";
  if (trouble != before)
    touched_.insert(condition.key);
}

// Whether one was new.
bool SummaryBook::countFailures(Trouble& trouble, const Condition& condition, bool counts) {
  bool counted = false;
  std::map<std::string, WallTime> seen;
  for (const auto& [kind, failure] : condition.failures) {
    const auto known = trouble.seen.find(kind);
    if (counts && (known == trouble.seen.end() || known->second != failure.at)) {
      count(trouble, failure);
      counted = true;
    }
    seen.emplace(kind, failure.at);
  }
  trouble.seen = std::move(seen);
  return counted;
}

void SummaryBook::count(Trouble& trouble, const Condition::Failure& failure) {
  if (trouble.failures == 0)
    trouble.first = failure.at;
  trouble.last = failure.at;
  ++trouble.failures;
  const std::string text = shortened(failure.what);
  const std::string shape = shapeOf(text);
  auto at = std::find_if(trouble.causes.begin(), trouble.causes.end(),
                         [&shape](const Cause& cause) { return shapeOf(cause.text) == shape; });
  if (at == trouble.causes.end() && trouble.causes.size() < kMaxCauses) {
    at = trouble.causes.insert(at, Cause{});
  } else if (at == trouble.causes.end()) {
    at = std::min_element(
        trouble.causes.begin(), trouble.causes.end(),
        [](const Cause& left, const Cause& right) { return left.count < right.count; });
    at->count = 0;
  }
  at->text = text;
  ++at->count;
}

// It is over, or nobody wants it any more.
void SummaryBook::leave(Item& item) {
  const Trouble before = item.trouble;
  item.trouble.failing = false;
  item.trouble.since = {};
  item.trouble.what.clear();
  item.trouble.seen.clear();
  item.trouble.restartsSeen = 0;
  if (item.trouble != before)
    touched_.insert(item.trouble.key);
}

bool SummaryBook::useless(const Trouble& trouble) {
  return !trouble.failing && trouble.failures == 0 && trouble.restarts == 0 &&
         trouble.seen.empty() && trouble.restartsSeen == 0;
}

// By the monotonic clock where we saw it begin; a wall clock that was set meanwhile tells nothing
// of a length.
Milliseconds SummaryBook::lasting(const Item& item, const Now& now) {
  constexpr Milliseconds kAsLong = std::chrono::hours{24 * 365};
  const Milliseconds seen = now.boot - item.failingSeen;
  const Milliseconds labelled = now.wall - item.trouble.since;
  const bool plausible = item.trouble.since >= model::kClockSet && labelled >= seen &&
                         (item.restored || labelled - seen <= kAsLong);
  return plausible ? labelled : seen;
}

void SummaryBook::report(SummaryReport& report, const Now& now) const {
  for (const auto& [key, item] : items_) {
    const Trouble& trouble = item.trouble;
    report.restarts += trouble.restarts;
    if (trouble.failing) {
      report.failing.push_back({.name = trouble.name,
                                .since = trouble.since,
                                .lasting = lasting(item, now),
                                .failures = trouble.failures,
                                .restarts = trouble.restarts,
                                .what = trouble.what});
    } else if (trouble.failures > 0 || trouble.restarts > 0) {
      const Cause* top = topCause(trouble);
      report.healed.push_back({.name = trouble.name,
                               .failures = trouble.failures,
                               .restarts = trouble.restarts,
                               .first = trouble.first,
                               .last = trouble.last,
                               .cause = top == nullptr ? "" : top->text,
                               .causeCount = top == nullptr ? 0 : top->count});
    }
  }
  report.failingLeftOut = sortAndCut(report.failing, [](const auto& left, const auto& right) {
    return left.lasting > right.lasting;
  });
  report.healedLeftOut = sortAndCut(report.healed, [](const auto& left, const auto& right) {
    return std::pair(left.failures, left.restarts) > std::pair(right.failures, right.restarts);
  });
}

void SummaryBook::startPeriod() {
  for (auto at = items_.begin(); at != items_.end();) {
    Trouble& trouble = at->second.trouble;
    const Trouble before = trouble;
    trouble.failures = 0;
    trouble.restarts = 0;
    trouble.first = trouble.last = {};
    trouble.causes.clear();
    if (trouble != before)
      touched_.insert(at->first);
    at = useless(trouble) ? items_.erase(at) : std::next(at);
  }
}

void SummaryBook::clear() {
  items_.clear();
}

std::map<std::string, const Trouble*> SummaryBook::takeChanges() {
  std::map<std::string, const Trouble*> changes;
  for (const std::string& key : std::exchange(touched_, {})) {
    const auto found = items_.find(key);
    if (found != items_.end()) {
      changes.emplace(key, &found->second.trouble);
      stored_.insert(key);
    }
  }
  for (auto at = stored_.begin(); at != stored_.end();) {
    const bool gone = items_.count(*at) == 0;
    if (gone)
      changes.emplace(*at, nullptr);
    at = gone ? stored_.erase(at) : std::next(at);
  }
  return changes;
}

}  // namespace holdfast::alerts
