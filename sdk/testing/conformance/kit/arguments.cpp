// SPDX-License-Identifier: Apache-2.0
#include "conformance/kit/arguments.hpp"

#include <signal.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <stdexcept>
#include <system_error>

namespace holdfast::conformance {
namespace {

// Room for the largest thing that a plugin is handed, the 1 MiB of a report; untouched pages cost
// addresses only.
constexpr std::size_t kArenaBytes = std::size_t{2} << 20;
// The largest page of any Linux: what is a multiple of it is one of the machine's own.
constexpr std::size_t kPageBytes = std::size_t{64} * 1024;
constexpr int kGap = '#';
constexpr int kPoison = '!';

// The arenas are parts of one reservation, so that the signal handler needs no list of them. When
// it is used up the oldest are used again.
constexpr std::size_t kArenas = sizeof(void*) == 8 ? 4096 : 64;

std::atomic<std::byte*> reservation{nullptr};
std::atomic<std::size_t> nextArena{0};
std::atomic<std::size_t> looks{0};
struct sigaction former {};

std::byte* reserved() {
  static std::byte* const memory = [] {
    void* const place = ::mmap(nullptr, kArenas * kArenaBytes, PROT_NONE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (place == MAP_FAILED) {
      throw std::system_error(errno, std::generic_category(), "mmap");
    }
    reservation = static_cast<std::byte*>(place);
    return static_cast<std::byte*>(place);
  }();
  return memory;
}

// Async-signal-safe. The poison is in the page already: make it readable, and the access goes on.
void onFault(int number, siginfo_t* info, void* context) {
  auto* const address = static_cast<std::byte*>(info->si_addr);
  std::byte* const memory = reservation;
  if (memory != nullptr && address >= memory && address < memory + kArenas * kArenaBytes) {
    ++looks;
    const auto offset = static_cast<std::size_t>(address - memory) / kPageBytes * kPageBytes;
    if (::mprotect(memory + offset, kPageBytes, PROT_READ | PROT_WRITE) == 0) {
      return;
    }
  }
  if ((former.sa_flags & SA_SIGINFO) != 0 && former.sa_sigaction != nullptr) {
    former.sa_sigaction(number, info, context);
    return;
  }
  ::signal(number, SIG_DFL);  // the access is repeated and ends the program
}

}  // namespace

Arguments::Arguments() : begin_(reserved() + (nextArena++ % kArenas) * kArenaBytes) {
  if (::mprotect(begin_, kArenaBytes, PROT_READ | PROT_WRITE) != 0) {
    throw std::system_error(errno, std::generic_category(), "mprotect");
  }
}

Arguments::~Arguments() {
  std::memset(begin_, kPoison, used_);
  ::mprotect(begin_, kArenaBytes, PROT_NONE);
}

void* Arguments::take(std::size_t size, std::size_t alignment) {
  const std::size_t at = (used_ + alignment) / alignment * alignment;
  if (at + size + 1 > kArenaBytes) {
    throw std::length_error("the arguments of a call do not fit into 2 MiB");
  }
  std::memset(begin_ + used_, kGap, at + size + 1 - used_);
  used_ = at + size + 1;
  return begin_ + at;
}

std::string_view Arguments::text(std::string_view text) {
  auto* const copy = static_cast<char*>(take(text.size(), 1));
  std::copy(text.begin(), text.end(), copy);
  return {copy, text.size()};
}

std::span<const std::string_view> Arguments::texts(const std::vector<std::string>& texts) {
  std::vector<std::string_view> views;
  for (const std::string& one : texts) {
    views.push_back(text(one));
  }
  return values(views);
}

std::size_t lateLooks() noexcept {
  return looks;
}

void watchLateLooks() {
  struct sigaction action {};
  action.sa_sigaction = &onFault;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGSEGV, &action, &former);
}

}  // namespace holdfast::conformance
