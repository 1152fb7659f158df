// SPDX-License-Identifier: Apache-2.0
// Looks at a plugin in a child process first. Loading a library runs its static initialisers, and
// one that throws, exits, crashes or hangs takes the process with it: nothing inside the process
// contains that.
#pragma once

#include "pluginhost/identity.hpp"
#include "pluginhost/refusal.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace holdfast::pluginhost {

// The child's command line without the plugin's path, which is appended: for the agent
// {"/proc/self/exe", "--probe-plugin"}. The program calls runProbe() with that path.
struct ProbeCommand {
  std::vector<std::string> arguments;
};

// Wall time, generous: a device that boots from a slow card has better things to do than to load a
// plugin, and one refused then stays so. What only burns time has 2 s of the processor.
inline constexpr std::chrono::milliseconds kProbeTime{10'000};

// Loads the file in a child and returns its descriptor. Blocks until the child ended, `limit` at
// most; then the child is killed. Refuses at Probe (it could not be loaded, and how that ended) or
// at Handshake (it loaded, but may not be called; `accepts` included). Trust in the file is checked
// before this.
[[nodiscard]] Outcome<PluginIdentity> probePlugin(const ProbeCommand& command,
                                                  const std::filesystem::path& file,
                                                  const HostIdentity& host,
                                                  std::chrono::milliseconds limit = kProbeTime);

// The child's half: loads the plugin under resource limits, writes one line of JSON with its
// descriptor, or with what is wrong, to standard output and ends the process without running
// destructors or exit handlers. The plugin's own standard output goes to standard error.
[[noreturn]] void runProbe(const std::filesystem::path& file, const HostIdentity& host);

}  // namespace holdfast::pluginhost
