// SPDX-License-Identifier: Apache-2.0
// One call as the plugin sees it.
#pragma once

#include "holdfast/sdk/types.hpp"
#include "pluginhost/unique_fd.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

namespace holdfast::pluginhost {

class HostCall final : public sdk::Call {
 public:
  using Clock = std::chrono::steady_clock;

  // Throws std::system_error when the process has no file descriptor left.
  explicit HostCall(std::optional<Clock::time_point> deadline);
  virtual ~HostCall() = default;

  [[nodiscard]] bool cancelled() const noexcept override;
  [[nodiscard]] std::int64_t remainingMs() const noexcept override;
  [[nodiscard]] int cancelFd() const noexcept override;
  void explain(std::string_view message, std::string_view raw) noexcept override;

  // For the host. All thread-safe.
  void cancel() noexcept;

  // Runs `forward`, which hands on what the plugin reports, unless the call is over for the host.
  // Never runs after close() has returned. `forward` must not block.
  void deliver(const std::function<void()>& forward);
  void close();

  [[nodiscard]] std::string message() const;  // one line, at most 4 KiB
  [[nodiscard]] std::string raw() const;      // at most 16 KiB

 private:
  const std::optional<Clock::time_point> deadline_;
  const UniqueFd cancelFd_;
  std::atomic<bool> cancelled_{false};

  mutable std::mutex explanationMutex_;
  std::string message_;
  std::string raw_;

  std::mutex deliveryMutex_;
  bool open_ = true;
};

}  // namespace holdfast::pluginhost
