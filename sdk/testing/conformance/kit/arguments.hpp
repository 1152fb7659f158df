// SPDX-License-Identifier: Apache-2.0
// The arguments of one call, in memory of their own that nobody may look at once the call is over.
//
// A plugin that keeps a view finds it overwritten, and the kit notices the look: the first access
// to a page faults, is counted, and reads the poison. The bytes beside a text are never NUL, so
// that a view taken for a C string shows as well.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace holdfast::conformance {

// Not thread-safe; one for each call, destroyed after it has returned.
class Arguments {
 public:
  // Throws std::system_error when there is no memory to map.
  Arguments();
  // Overwrites everything and closes it to all access, for the rest of the process.
  ~Arguments();
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;

  // Copies, valid until the destructor.
  [[nodiscard]] std::string_view text(std::string_view text);
  [[nodiscard]] std::span<const std::string_view> texts(const std::vector<std::string>& texts);
  template <class Value>
  [[nodiscard]] const Value& value(const Value& value) {
    static_assert(std::is_trivially_copyable_v<Value>);
    return *new (take(sizeof(Value), alignof(Value))) Value(value);
  }
  template <class Value>
  [[nodiscard]] std::span<const Value> values(const std::vector<Value>& values) {
    static_assert(std::is_trivially_copyable_v<Value>);
    auto* const array = static_cast<Value*>(take(values.size() * sizeof(Value), alignof(Value)));
    std::uninitialized_copy(values.begin(), values.end(), array);
    return {array, values.size()};
  }

 private:
  [[nodiscard]] void* take(std::size_t size, std::size_t alignment);

  std::byte* begin_ = nullptr;
  std::size_t used_ = 0;
};

// How many pages of ended calls were looked at since the program began.
[[nodiscard]] std::size_t lateLooks() noexcept;

// Begins to count: takes SIGSEGV for faults in such memory. Others end the program as before.
void watchLateLooks();

}  // namespace holdfast::conformance
