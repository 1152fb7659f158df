// SPDX-License-Identifier: Apache-2.0
#include "runtime/podman/options.hpp"

#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

namespace holdfast::podman {

Surroundings Surroundings::ofProcess() {
  const char* directory = std::getenv("XDG_RUNTIME_DIR");
  return {::geteuid() == 0, directory == nullptr ? std::string() : std::string(directory),
          [](const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }};
}

std::string resolveUrl(std::string_view configured, const Surroundings& surroundings) {
  constexpr std::string_view kScheme = "unix://";
  if (configured != kDefaultUrl || surroundings.runtimeDirectory.empty() ||
      surroundings.exists(std::string(kDefaultUrl.substr(kScheme.size())))) {
    return std::string(configured);
  }
  const std::string own = surroundings.runtimeDirectory + "/podman/podman.sock";
  return surroundings.exists(own) || !surroundings.root ? std::string(kScheme) + own
                                                        : std::string(configured);
}

Options readOptions(const sdk::Host& host, const Surroundings& surroundings) {
  Options options;
  options.engine = runtime::readEngineOptions(host, resolveUrl(host.option("url"), surroundings));
  options.autostart = host.option("autostart") == "true";
  if (options.autostart && options.engine.endpoint.socketPath.empty()) {
    throw std::invalid_argument("autostart needs a url of the form unix:///path, not '" +
                                std::string(host.option("url")) + "'");
  }
  return options;
}

}  // namespace holdfast::podman
