// SPDX-License-Identifier: Apache-2.0
#include "daemon/host_name.hpp"

#include <unistd.h>

namespace holdfast::daemon {

std::string deviceNameOr(const std::string& configured) {
  if (!configured.empty()) {
    return configured;
  }
  constexpr std::size_t kMost = 256;
  std::string name(kMost, '\0');
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.c_str() : std::string{};
}

}  // namespace holdfast::daemon
