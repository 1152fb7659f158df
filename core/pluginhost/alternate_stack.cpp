// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/alternate_stack.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

namespace holdfast::pluginhost {
namespace {

// The handler needs little; what the kernel itself puts there depends on the processor.
std::size_t wantedSize() {
  constexpr long kLeast = 16L * 1024;
  return static_cast<std::size_t>(std::max(kLeast, ::sysconf(_SC_SIGSTKSZ)));
}

}  // namespace

AlternateStack::AlternateStack() noexcept {
  stack_t present{};
  if (::sigaltstack(nullptr, &present) != 0 || (present.ss_flags & SS_DISABLE) == 0) {
    return;
  }
  const std::size_t size = wantedSize();
  // Untouched pages cost nothing.
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    return;
  }
  stack_t stack{};
  stack.ss_sp = memory;
  stack.ss_size = size;
  if (::sigaltstack(&stack, nullptr) != 0) {
    ::munmap(memory, size);
    return;
  }
  memory_ = memory;
  size_ = size;
}

AlternateStack::~AlternateStack() {
  if (memory_ != nullptr) {
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    ::sigaltstack(&none, nullptr);
    ::munmap(memory_, size_);
  }
}

}  // namespace holdfast::pluginhost
