// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/refusals.hpp"

#include "runtime/common/image_reference.hpp"

#include <cstdint>

namespace holdfast::runtime {
namespace {

// Below it runc cannot even begin: its own process counts into the limit.
constexpr std::int64_t kMinMemoryBytes = 6ll * 1024 * 1024;
// The kernel's smallest quota, 1 ms in a period of 100 ms.
constexpr std::int64_t kMinNanoCpus = 10'000'000;

}  // namespace

std::string commonRefusalOf(const ContainerSpec& spec) {
  if (!parseImageReference(spec.image)) {
    return "image: invalid reference format";
  }
  if (spec.resources.memoryBytes > 0 && spec.resources.memoryBytes < kMinMemoryBytes) {
    return "resources.limits.memory: a container needs at least 6 MiB to start";
  }
  if (spec.resources.nanoCpus > 0 && spec.resources.nanoCpus < kMinNanoCpus) {
    return "resources.limits.cpu: at least 0.01 is possible";
  }
  for (const auto& [name, value] : spec.sysctls) {
    if (spec.networkMode == "host" && name.starts_with("net.")) {
      return "sysctls." + name + ": not possible with networkMode host";
    }
  }
  return {};
}

}  // namespace holdfast::runtime
