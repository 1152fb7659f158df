// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "notifier/syslog/line.hpp"
#include "notifier/syslog/transport.hpp"

#include <string>

namespace holdfast::syslog {

// Where the machine's own log listens.
struct LocalPaths {
  std::string journal = "/run/systemd/journal/socket";
  std::string devLog = "/dev/log";
};

// The log of this machine: journald in its own form where it is there, else /dev/log.
class LocalTransport final : public Transport {
 public:
  explicit LocalTransport(Sender sender, LocalPaths paths = {});

  [[nodiscard]] Result send(const std::vector<Record>& records, const Limits& limits) override;
  [[nodiscard]] Result check(const Limits& limits) override;

 private:
  const Sender sender_;
  const LocalPaths paths_;
};

}  // namespace holdfast::syslog
