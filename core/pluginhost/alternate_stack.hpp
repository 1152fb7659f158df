// SPDX-License-Identifier: Apache-2.0
// A second stack for the calling thread, so that a crash handler still has room when the crash is
// an overflow of the first.
#pragma once

#include <signal.h>

#include <cstddef>

namespace holdfast::pluginhost {

class AlternateStack {
 public:
  // Does nothing where the thread has one already (sanitizers give one to each) or there is no
  // memory for it. Destroyed by the same thread.
  AlternateStack() noexcept;
  ~AlternateStack();
  AlternateStack(const AlternateStack&) = delete;
  AlternateStack& operator=(const AlternateStack&) = delete;

 private:
  void* memory_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace holdfast::pluginhost
