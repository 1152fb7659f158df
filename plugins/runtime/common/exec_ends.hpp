// SPDX-License-Identifier: Apache-2.0
// How commands inside containers ended, where the engine's events tell it: then nobody has to ask.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace holdfast::runtime {

// Thread-safe.
class ExecEnds {
 public:
  // A command whose end is waited for. To be made before the command is started, and to be
  // destroyed before the ends.
  class Wait {
   public:
    Wait(ExecEnds& ends, std::string id);
    ~Wait();
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;

    // Readable once its end is known; -1 where no event will tell it.
    [[nodiscard]] int fd() const { return fd_; }
    [[nodiscard]] std::optional<int> exitCode() const;

   private:
    friend class ExecEnds;

    ExecEnds& ends_;
    const std::string id_;
    int fd_ = -1;
    std::optional<int> exitCode_;  // of ends_.mutex_
  };

  // A stream of events begins, and ends.
  void connected();
  void disconnected();

  // Of any command, also of one that nobody waits for.
  void ended(const std::string& id, int exitCode);

 private:
  std::mutex mutex_;
  int streams_ = 0;
  std::map<std::string, Wait*> waits_;
};

}  // namespace holdfast::runtime
