// SPDX-License-Identifier: Apache-2.0
#include "uplink/log_queue.hpp"

#include "retry/bounded_text.hpp"

namespace holdfast::uplink {
namespace {

// About what it takes on the wire.
std::size_t sizeOf(const LogLine& line) {
  return 64 + line.appId.size() + line.service.size() + line.text.size();
}

}  // namespace

LogQueue::LogQueue(LogLimits limits, std::function<void()> wake)
    : limits_(limits), wake_(std::move(wake)) {}

void LogQueue::put(LogLine line, model::BootTime now) {
  retry::cutText(line.text, kMaxLogLine);
  bool news = false;
  {
    const std::lock_guard lock(mutex_);
    const bool wasFull = bytes_ >= limits_.batchBytes;
    bytes_ += sizeOf(line);
    lines_.push_back({std::move(line), now});
    while (bytes_ > limits_.queueBytes && lines_.size() > 1) {
      const LogLine& oldest = lines_.front().line;
      ++leftOut_[{oldest.appId, oldest.service}];
      bytes_ -= sizeOf(oldest);
      lines_.pop_front();
    }
    news = lines_.size() == 1 || (!wasFull && bytes_ >= limits_.batchBytes);
  }
  if (news)
    wake_();
}

std::optional<model::BootTime> LogQueue::due() const {
  const std::lock_guard lock(mutex_);
  if (lines_.empty())
    return std::nullopt;
  const model::BootTime since = lines_.front().since;
  return bytes_ >= limits_.batchBytes ? since : since + limits_.batchAge;
}

std::vector<LogLine> LogQueue::take(const model::Now& now) {
  const std::lock_guard lock(mutex_);
  std::vector<LogLine> batch;
  std::size_t bytes = 0;
  for (const auto& [whose, count] : std::exchange(leftOut_, {})) {
    LogLine note{.at = now.wall, .appId = whose.first, .service = whose.second};
    note.text = std::to_string(count) + (count == 1 ? " line was" : " lines were") +
                " left out here: more came than could be sent";
    batch.push_back(std::move(note));
  }
  while (!lines_.empty()) {
    const std::size_t size = sizeOf(lines_.front().line);
    if (bytes > 0 && bytes + size > limits_.batchBytes)
      break;
    bytes += size;
    bytes_ -= size;
    batch.push_back(std::move(lines_.front().line));
    lines_.pop_front();
  }
  return batch;
}

void LogQueue::clear() {
  const std::lock_guard lock(mutex_);
  lines_.clear();
  leftOut_.clear();
  bytes_ = 0;
}

}  // namespace holdfast::uplink
