// SPDX-License-Identifier: Apache-2.0
// --daemon: the process that was started stays until its child is ready, so that whoever started it
// knows how that went.
#pragma once

namespace holdfast::daemon {

class Detachment {
 public:
  // Forks: comes back in the child alone, in a session of its own. The parent waits and exits: 0
  // once ready() was called, else with the child's exit code. Must come before the first thread.
  // Throws std::system_error when there can be no child. A process that `isDetached` already, since
  // it restarted itself, goes on as it is: without a fork, and nobody waits for it.
  explicit Detachment(bool isDetached);
  ~Detachment();
  Detachment(const Detachment&) = delete;
  Detachment& operator=(const Detachment&) = delete;

  // Lets go of the terminal (standard streams become /dev/null) and of the working directory, and
  // releases the parent.
  void ready();

 private:
  int parent_ = -1;  // none waits
};

}  // namespace holdfast::daemon
