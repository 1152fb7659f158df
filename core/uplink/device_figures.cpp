// SPDX-License-Identifier: Apache-2.0
#include "uplink/device_figures.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <iterator>
#include <memory>
#include <sstream>
#include <utility>

namespace holdfast::uplink {
namespace {

namespace fs = std::filesystem;
using model::Milliseconds;

constexpr std::size_t kMaxInterfaces = 32;
constexpr std::size_t kMaxAddresses = 16;  // of one interface
constexpr std::size_t kMaxProcesses = 4096;
constexpr std::size_t kTopProcesses = 10;
constexpr Milliseconds kProcessesEvery{60'000};
constexpr std::size_t kMaxFile = 256u * 1024;

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc() && read.ptr != text.data() ? std::optional(value) : std::nullopt;
}

std::vector<std::string> words(const std::string& line) {
  std::istringstream in(line);
  return {std::istream_iterator<std::string>(in), {}};
}

// Names of processes are whatever these gave themselves.
std::string printable(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

std::string firstLine(const std::string& text) {
  return printable(text.substr(0, text.find('\n')));
}

// "MemTotal:       2048000 kB" of /proc/meminfo, in bytes.
std::optional<std::int64_t> memoryLine(const std::string& text, std::string_view name) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(name))
      continue;
    const auto parts = words(line);
    const auto kilobytes = parts.size() > 1 ? number(parts[1]) : std::nullopt;
    return kilobytes ? std::optional(*kilobytes * 1024) : std::nullopt;
  }
  return std::nullopt;
}

std::string addressText(const sockaddr* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address == nullptr)
    return {};
  if (address->sa_family == AF_INET) {
    const auto* four = reinterpret_cast<const sockaddr_in*>(address);
    if (::inet_ntop(AF_INET, &four->sin_addr, text.data(), text.size()) == nullptr)
      return {};
  } else if (address->sa_family == AF_INET6) {
    const auto* six = reinterpret_cast<const sockaddr_in6*>(address);
    if (IN6_IS_ADDR_LINKLOCAL(&six->sin6_addr) ||
        ::inet_ntop(AF_INET6, &six->sin6_addr, text.data(), text.size()) == nullptr)
      return {};
  }
  return text.data();
}

NetworkInterface& interfaceNamed(std::vector<NetworkInterface>& all, const std::string& name) {
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const auto& interface) { return interface.name == name; });
  if (found != all.end())
    return *found;
  return all.emplace_back(NetworkInterface{.name = name});
}

// /proc/<pid>/stat. The name stands in parentheses and may have any character, these too.
struct ProcessStat {
  std::string name;
  std::uint64_t ticks = 0;
  std::int64_t pages = 0;
};

std::optional<ProcessStat> statOf(const std::string& text) {
  constexpr std::size_t kUserTime = 11;  // counted from the word behind the name
  constexpr std::size_t kSystemTime = 12;
  constexpr std::size_t kResident = 21;
  const auto open = text.find('(');
  const auto close = text.rfind(')');
  if (open == std::string::npos || close == std::string::npos || close < open)
    return std::nullopt;
  const auto rest = words(text.substr(close + 1));
  if (rest.size() <= kResident)
    return std::nullopt;
  const auto user = number(rest[kUserTime]);
  const auto system = number(rest[kSystemTime]);
  const auto pages = number(rest[kResident]);
  if (!user || !system || !pages || *user < 0 || *system < 0)
    return std::nullopt;
  return ProcessStat{.name = printable(text.substr(open + 1, close - open - 1)),
                     .ticks = static_cast<std::uint64_t>(*user + *system),
                     .pages = *pages};
}

}  // namespace

std::string goArchitecture(std::string_view machine) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kWords{{
      {"x86_64", "amd64"},
      {"aarch64", "arm64"},
      {"armv7l", "arm"},
      {"armv6l", "arm"},
      {"i386", "386"},
      {"i686", "386"},
      {"riscv64", "riscv64"},
      {"ppc64le", "ppc64le"},
  }};
  const auto* found = std::find_if(kWords.begin(), kWords.end(),
                                   [&](const auto& pair) { return pair.first == machine; });
  return std::string(found != kWords.end() ? found->second : machine);
}

std::vector<NetworkInterface> systemInterfaces() {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0)
    return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> guard(first, ::freeifaddrs);
  std::vector<NetworkInterface> all;
  for (const ifaddrs* entry = first; entry != nullptr; entry = entry->ifa_next) {
    if ((entry->ifa_flags & IFF_LOOPBACK) != 0)
      continue;
    NetworkInterface& interface = interfaceNamed(all, entry->ifa_name);
    interface.up = (entry->ifa_flags & IFF_UP) != 0;
    std::string address = addressText(entry->ifa_addr);
    if (!address.empty() && interface.addresses.size() < kMaxAddresses)
      interface.addresses.push_back(std::move(address));
  }
  return all;
}

FigureReader::FigureReader(std::string root, std::string storagePath, Interfaces interfaces)
    : root_(std::move(root)),
      storagePath_(std::move(storagePath)),
      interfaces_(std::move(interfaces)) {}

DeviceFigures FigureReader::read(const model::Now& now) {
  DeviceFigures figures;
  figures.osVersion = osVersion();
  utsname system{};
  if (::uname(&system) == 0)
    figures.architecture = goArchitecture(system.machine);
  figures.uptimeSeconds = number(text("/proc/uptime"));
  figures.cpuPercent = cpuPercent();
  figures.cpuTemperatureCelsius = temperature();
  readMemory(figures);
  readStorage(figures);
  readNetwork(figures);
  if (!processesAt_ || now.boot - *processesAt_ >= kProcessesEvery)
    readProcesses(now);
  figures.topProcesses = processes_;
  return figures;
}

// Empty when it cannot be read.
std::string FigureReader::text(const std::string& path) const {
  const int file = ::open((root_ + path).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0)
    return {};
  std::string content;
  std::array<char, 4096> piece{};
  ssize_t size = 0;
  while (content.size() < kMaxFile && (size = ::read(file, piece.data(), piece.size())) > 0)
    content.append(piece.data(), static_cast<std::size_t>(size));
  ::close(file);
  return content;
}

std::string FigureReader::osVersion() const {
  std::string release = text("/etc/os-release");
  if (release.empty())
    release = text("/usr/lib/os-release");
  std::istringstream lines(release);
  constexpr std::string_view kName = "PRETTY_NAME=";
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(kName))
      continue;
    std::string name = line.substr(kName.size());
    std::erase(name, '"');
    return printable(name);
  }
  return {};
}

std::optional<double> FigureReader::cpuPercent() {
  constexpr std::size_t kIdle = 4;     // "cpu user nice system idle iowait irq softirq steal ..."
  constexpr std::size_t kWaits = 5;    // for a disk: the CPU is free
  constexpr std::size_t kCounted = 9;  // guest times behind are in those of users already
  const std::string stat = text("/proc/stat");
  const auto parts = words(stat.substr(0, stat.find('\n')));
  if (parts.size() < kCounted || parts.front() != "cpu")
    return std::nullopt;
  CpuTimes times;
  for (std::size_t i = 1; i < kCounted; ++i) {
    const auto ticks =
        static_cast<std::uint64_t>(std::max<std::int64_t>(number(parts[i]).value_or(0), 0));
    times.all += ticks;
    if (i != kIdle && i != kWaits)
      times.busy += ticks;
  }
  const auto before = std::exchange(cpu_, times);
  // The kernel may take back some ticks of waiting.
  if (!before || times.all <= before->all || times.busy < before->busy)
    return std::nullopt;
  return 100.0 * static_cast<double>(times.busy - before->busy) /
         static_cast<double>(times.all - before->all);
}

// Of the zone that names the processor; else of the first.
std::optional<double> FigureReader::temperature() const {
  constexpr std::array<std::string_view, 4> kProcessor{"cpu", "x86_pkg_temp", "soc", "core"};
  constexpr int kMaxZones = 32;
  constexpr std::int64_t kLeast = -60'000;  // beyond these it is no reading
  constexpr std::int64_t kMost = 200'000;
  std::optional<double> first;
  for (int zone = 0; zone < kMaxZones; ++zone) {
    const std::string place = "/sys/class/thermal/thermal_zone" + std::to_string(zone);
    const auto thousandths = number(text(place + "/temp"));
    if (!thousandths || *thousandths < kLeast || *thousandths > kMost)
      continue;
    const double celsius = static_cast<double>(*thousandths) / 1000.0;
    const std::string type = text(place + "/type");
    const bool processor = std::any_of(kProcessor.begin(), kProcessor.end(), [&](auto word) {
      return type.find(word) != std::string::npos;
    });
    if (processor)
      return celsius;
    if (!first)
      first = celsius;
  }
  return first;
}

void FigureReader::readMemory(DeviceFigures& figures) const {
  const std::string memory = text("/proc/meminfo");
  const auto total = memoryLine(memory, "MemTotal:");
  const auto available = memoryLine(memory, "MemAvailable:");
  figures.memoryTotalBytes = total;
  if (total && available)
    figures.memoryUsedBytes = *total - *available;
}

void FigureReader::readStorage(DeviceFigures& figures) const {
  struct statvfs room {};
  if (storagePath_.empty() || ::statvfs(storagePath_.c_str(), &room) != 0)
    return;
  const auto block = static_cast<std::int64_t>(room.f_frsize);
  figures.storageTotalBytes = static_cast<std::int64_t>(room.f_blocks) * block;
  figures.storageUsedBytes = static_cast<std::int64_t>(room.f_blocks - room.f_bfree) * block;
}

// The one that packets for anywhere go out by; empty without any.
std::string FigureReader::defaultInterface() const {
  constexpr std::size_t kColumns = 8;  // Iface Destination Gateway Flags RefCnt Use Metric Mask
  constexpr std::size_t kMetric = 6;
  std::string best;
  std::int64_t bestMetric = 0;
  std::istringstream routes(text("/proc/net/route"));
  for (std::string line; std::getline(routes, line);) {
    const auto parts = words(line);
    if (parts.size() < kColumns || parts[1] != "00000000" || parts[kColumns - 1] != "00000000")
      continue;
    const std::int64_t metric = number(parts[kMetric]).value_or(0);
    if (best.empty() || metric < bestMetric) {
      best = parts[0];
      bestMetric = metric;
    }
  }
  if (!best.empty())
    return best;
  const std::string kAnywhere(32, '0');
  std::istringstream routes6(text("/proc/net/ipv6_route"));
  for (std::string line; std::getline(routes6, line);) {
    const auto parts = words(line);
    if (parts.size() == 10 && parts[0] == kAnywhere && parts[1] == "00" && parts.back() != "lo")
      return parts.back();
  }
  return {};
}

void FigureReader::readNetwork(DeviceFigures& figures) const {
  figures.interfaces = interfaces_();
  const std::string outward = defaultInterface();
  for (NetworkInterface& interface : figures.interfaces) {
    // A name is one step of a path: the kernel allows no slash in it.
    interface.macAddress = firstLine(text("/sys/class/net/" + interface.name + "/address"));
    if (interface.macAddress == "00:00:00:00:00:00")
      interface.macAddress.clear();
    if (interface.name == outward) {
      figures.macAddress = interface.macAddress;
      figures.localIp = interface.addresses.empty() ? "" : interface.addresses.front();
    }
  }
  // Hosts with many containers have an interface for each: those with an address first.
  std::stable_partition(figures.interfaces.begin(), figures.interfaces.end(),
                        [](const auto& interface) { return !interface.addresses.empty(); });
  if (figures.interfaces.size() > kMaxInterfaces)
    figures.interfaces.resize(kMaxInterfaces);
}

void FigureReader::readProcesses(const model::Now& now) {
  const auto passed = processesAt_ ? now.boot - *processesAt_ : Milliseconds{0};
  const double ticksPerSecond = static_cast<double>(::sysconf(_SC_CLK_TCK));
  const double ticks = ticksPerSecond * static_cast<double>(passed.count()) / 1000.0;
  const std::int64_t page = ::sysconf(_SC_PAGESIZE);
  std::map<std::int64_t, std::uint64_t> ticksNow;
  std::vector<std::pair<std::uint64_t, ProcessFigures>> all;
  std::error_code failed;
  for (fs::directory_iterator at(root_ + "/proc", failed), end;
       !failed && at != end && all.size() < kMaxProcesses; at.increment(failed)) {
    const std::string name = at->path().filename().string();
    const auto pid = number(name);
    if (!pid)
      continue;
    const auto stat = statOf(text("/proc/" + name + "/stat"));
    if (!stat)
      continue;  // it ended meanwhile
    ticksNow.emplace(*pid, stat->ticks);
    const auto before = processTicks_.find(*pid);
    const bool known = before != processTicks_.end() && before->second <= stat->ticks;
    const std::uint64_t used = known ? stat->ticks - before->second : 0;
    all.push_back({used,
                   {.pid = *pid,
                    .name = stat->name,
                    .cpuPercent = ticks > 0 ? 100.0 * static_cast<double>(used) / ticks : 0,
                    .memoryBytes = stat->pages * page}});
  }
  const auto top = all.begin() + static_cast<std::ptrdiff_t>(std::min(kTopProcesses, all.size()));
  std::partial_sort(all.begin(), top, all.end(), [](const auto& left, const auto& right) {
    return std::pair(left.first, left.second.memoryBytes) >
           std::pair(right.first, right.second.memoryBytes);
  });
  processes_.clear();
  for (auto at = all.begin(); at != top; ++at)
    processes_.push_back(std::move(at->second));
  processTicks_ = std::move(ticksNow);
  processesAt_ = now.boot;
}

}  // namespace holdfast::uplink
