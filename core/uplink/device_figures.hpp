// SPDX-License-Identifier: Apache-2.0
// What the machine says of itself, for reports.
#pragma once

#include "model/time.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::uplink {

struct NetworkInterface {
  std::string name;
  bool up = false;
  std::string macAddress;              // empty: none
  std::vector<std::string> addresses;  // as texts, without prefix lengths
};

struct ProcessFigures {
  std::int64_t pid = 0;
  std::string name;
  double cpuPercent = 0;  // of one CPU, over the time since the reading before
  std::int64_t memoryBytes = 0;
};

// Absent or empty: could not be found out.
struct DeviceFigures {
  std::string osVersion;
  std::string architecture;  // GOARCH words
  std::string localIp;       // of the interface of the default route
  std::string macAddress;    // likewise
  std::optional<std::int64_t> uptimeSeconds;
  std::optional<double> cpuPercent;  // of all CPUs, over the time since the reading before
  std::optional<double> cpuTemperatureCelsius;
  std::optional<std::int64_t> memoryUsedBytes;
  std::optional<std::int64_t> memoryTotalBytes;
  std::optional<std::int64_t> storageUsedBytes;
  std::optional<std::int64_t> storageTotalBytes;
  std::vector<NetworkInterface> interfaces;  // without loopback, at most 32
  std::vector<ProcessFigures> topProcesses;  // at most 10, those with the most CPU time first
};

// "x86_64" -> "amd64"; a machine without a word of its own keeps its name.
[[nodiscard]] std::string goArchitecture(std::string_view machine);

// Those of this machine, by getifaddrs().
[[nodiscard]] std::vector<NetworkInterface> systemInterfaces();

// Not thread-safe.
class FigureReader {
 public:
  using Interfaces = std::function<std::vector<NetworkInterface>()>;

  // `root` goes before /proc, /sys and /etc; empty is this machine. `storagePath` is on the file
  // system whose room counts.
  FigureReader(std::string root, std::string storagePath, Interfaces interfaces = systemInterfaces);

  // Reads small files of the kernel's. Processes, of which there may be hundreds, are looked at
  // once a minute at most; what they use counts from one look to the next.
  [[nodiscard]] DeviceFigures read(const model::Now& now);

 private:
  struct CpuTimes {
    std::uint64_t busy = 0;  // in ticks, as /proc/stat counts
    std::uint64_t all = 0;
  };

  [[nodiscard]] std::optional<double> cpuPercent();
  void readMemory(DeviceFigures& figures) const;
  void readStorage(DeviceFigures& figures) const;
  void readNetwork(DeviceFigures& figures) const;
  void readProcesses(const model::Now& now);
  [[nodiscard]] std::string defaultInterface() const;
  [[nodiscard]] std::optional<double> temperature() const;
  [[nodiscard]] std::string osVersion() const;
  [[nodiscard]] std::string text(const std::string& path) const;

  const std::string root_;
  const std::string storagePath_;
  const Interfaces interfaces_;
  std::optional<CpuTimes> cpu_;
  std::optional<model::BootTime> processesAt_;
  std::map<std::int64_t, std::uint64_t> processTicks_;  // by pid
  std::vector<ProcessFigures> processes_;
};

}  // namespace holdfast::uplink
