// SPDX-License-Identifier: Apache-2.0
// The notifier `logfile`: each notification is one line of JSON at the end of a file.
#pragma once

#include <holdfast/sdk/notifier.hpp>

#include <mutex>
#include <string>

namespace logfile {

// "properties" are what people configure as notifier.<name>.<option>.
inline constexpr char kOptions[] = R"({"properties": {
  "path": {"type": "path", "required": true,
           "description": "file that gets one line of JSON for each notification"}}})";

class LogfileNotifier final : public holdfast::sdk::NotifierPlugin {
 public:
  explicit LogfileNotifier(holdfast::sdk::Host& host);

  holdfast::sdk::Status start(holdfast::sdk::Call& call) override;
  holdfast::sdk::Status health(holdfast::sdk::Call& call) override;
  void stop() noexcept override {}

  // The line is on the disk when this returns Ok. After a failure nothing of it is in the file.
  holdfast::sdk::Status deliver(const holdfast::sdk::Notification& notification,
                                holdfast::sdk::Call& call) override;

 private:
  const std::string path_;
  std::mutex mutex_;  // one line at a time
};

}  // namespace logfile
