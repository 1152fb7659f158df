// SPDX-License-Identifier: Apache-2.0
// The kernel's files as a folder of the test's own.
#include "uplink/device_figures.hpp"

#include "unit/uplink/samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace holdfast::uplink {
namespace {

namespace fs = std::filesystem;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

class DeviceFiguresTest : public ::testing::Test {
 protected:
  DeviceFiguresTest() {
    std::string pattern = (fs::temp_directory_path() / "figures-XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
    reader_ = std::make_unique<FigureReader>(root_, root_, [this] { return interfaces_; });
  }
  ~DeviceFiguresTest() override { fs::remove_all(root_); }

  void put(const std::string& path, const std::string& content) const {
    const fs::path file = root_ + path;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << content;
  }

  // As a process with so many ticks and pages would look.
  void putProcess(int pid, const std::string& name, int ticks, int pages) const {
    put("/proc/" + std::to_string(pid) + "/stat",
        std::to_string(pid) + " (" + name + ") S 1 1 1 0 -1 4194560 1 0 0 0 " +
            std::to_string(ticks) + " 0 0 0 20 0 1 0 100 1000000 " + std::to_string(pages) +
            " 18446744073709551615\n");
  }

  DeviceFigures read() { return reader_->read(clock_.now()); }

  std::string root_;
  ManualClock clock_;
  std::vector<NetworkInterface> interfaces_;
  std::unique_ptr<FigureReader> reader_;
};

TEST_F(DeviceFiguresTest, WhatCannotBeReadIsAbsent) {
  const auto figures = read();
  EXPECT_EQ(figures.osVersion, "");
  EXPECT_FALSE(figures.cpuPercent);
  EXPECT_FALSE(figures.cpuTemperatureCelsius);
  EXPECT_FALSE(figures.memoryTotalBytes);
  EXPECT_FALSE(figures.uptimeSeconds);
  EXPECT_THAT(figures.topProcesses, IsEmpty());
}

TEST_F(DeviceFiguresTest, NameTheSystem) {
  put("/etc/os-release", "NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
  put("/proc/uptime", "86400.53 1000.00\n");
  const auto figures = read();
  EXPECT_EQ(figures.osVersion, "Debian GNU/Linux 12 (bookworm)");
  EXPECT_THAT(figures.uptimeSeconds, Optional(86400));
  EXPECT_NE(figures.architecture, "");
  EXPECT_NE(figures.architecture, "x86_64");
}

TEST_F(DeviceFiguresTest, MemoryIsWhatProgramsCannotHave) {
  put("/proc/meminfo", "MemTotal:  2000000 kB\nMemFree:  100 kB\nMemAvailable: 1500000 kB\n");
  const auto figures = read();
  EXPECT_THAT(figures.memoryTotalBytes, Optional(2'048'000'000));
  EXPECT_THAT(figures.memoryUsedBytes, Optional(512'000'000));
}

TEST_F(DeviceFiguresTest, StorageIsThatOfThePath) {
  const auto figures = read();
  ASSERT_TRUE(figures.storageTotalBytes);
  EXPECT_GT(*figures.storageTotalBytes, 0);
  EXPECT_LE(*figures.storageUsedBytes, *figures.storageTotalBytes);
}

TEST_F(DeviceFiguresTest, CpuNeedsTwoReadings) {
  put("/proc/stat", "cpu  100 0 100 700 100 0 0 0 50 0\ncpu0 1 1 1 1\n");
  EXPECT_FALSE(read().cpuPercent);
  put("/proc/stat", "cpu  130 0 120 820 130 0 0 0 90 0\n");
  EXPECT_THAT(read().cpuPercent, Optional(DoubleNear(25.0, 0.01)));
}

TEST_F(DeviceFiguresTest, CountersThatWentBackSayNothing) {
  put("/proc/stat", "cpu  100 0 100 700 100 0 0 0 0 0\n");
  static_cast<void>(read());
  put("/proc/stat", "cpu  90 0 100 800 100 0 0 0 0 0\n");
  EXPECT_FALSE(read().cpuPercent);
}

TEST_F(DeviceFiguresTest, TheProcessorsTemperatureGoesBeforeOthers) {
  put("/sys/class/thermal/thermal_zone0/type", "acpitz\n");
  put("/sys/class/thermal/thermal_zone0/temp", "27800\n");
  EXPECT_THAT(read().cpuTemperatureCelsius, Optional(DoubleNear(27.8, 0.001)));
  put("/sys/class/thermal/thermal_zone1/type", "x86_pkg_temp\n");
  put("/sys/class/thermal/thermal_zone1/temp", "51000\n");
  EXPECT_THAT(read().cpuTemperatureCelsius, Optional(DoubleNear(51.0, 0.001)));
  put("/sys/class/thermal/thermal_zone1/temp", "-274000\n");
  EXPECT_THAT(read().cpuTemperatureCelsius, Optional(DoubleNear(27.8, 0.001)));
}

TEST_F(DeviceFiguresTest, TheAddressIsThatOfTheDefaultRoute) {
  put("/proc/net/route",
      "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
      "wlan0\t00000000\t010200C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
      "eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
      "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n");
  put("/sys/class/net/eth0/address", "02:42:ac:11:00:02\n");
  interfaces_ = {{.name = "wlan0", .up = true, .addresses = {"198.51.100.4"}},
                 {.name = "eth0", .up = true, .addresses = {"192.0.2.17", "2001:db8::17"}}};
  const auto figures = read();
  EXPECT_EQ(figures.localIp, "192.0.2.17");
  EXPECT_EQ(figures.macAddress, "02:42:ac:11:00:02");
  EXPECT_EQ(figures.interfaces[1].macAddress, "02:42:ac:11:00:02");
  EXPECT_EQ(figures.interfaces[0].macAddress, "");
}

TEST_F(DeviceFiguresTest, WithoutIpv4TheOtherDefaultRouteCounts) {
  const std::string zero(32, '0');
  put("/proc/net/ipv6_route", zero + " 00 " + zero + " 00 " + zero +
                                  " ffffffff 00000001 00000000 00200200       lo\n" + zero +
                                  " 00 " + zero +
                                  " 00 fe80000000000000 00000400 00000001 "
                                  "00000000 00000003     eth0\n");
  interfaces_ = {{.name = "eth0", .up = true, .addresses = {"2001:db8::17"}}};
  EXPECT_EQ(read().localIp, "2001:db8::17");
}

TEST_F(DeviceFiguresTest, ManyInterfacesAreCutToThoseWithAddresses) {
  for (int i = 0; i < 40; ++i)
    interfaces_.push_back({.name = "veth" + std::to_string(i), .up = true});
  interfaces_.push_back({.name = "eth0", .up = true, .addresses = {"192.0.2.17"}});
  const auto figures = read();
  EXPECT_EQ(figures.interfaces.size(), 32U);
  EXPECT_EQ(figures.interfaces.front().name, "eth0");
}

TEST_F(DeviceFiguresTest, TopProcessesAreThoseThatWorkedSinceTheLastLook) {
  putProcess(10, "busy once", 100'000, 10);
  putProcess(20, "od)d (name", 0, 20);
  static_cast<void>(read());
  putProcess(20, "od)d (name", 600, 20);
  clock_.pass(60s);
  const auto figures = read();
  ASSERT_EQ(figures.topProcesses.size(), 2U);
  EXPECT_EQ(figures.topProcesses[0].pid, 20);
  EXPECT_EQ(figures.topProcesses[0].name, "od)d (name");
  EXPECT_EQ(figures.topProcesses[0].memoryBytes, 20 * ::sysconf(_SC_PAGESIZE));
  const double share = 100.0 * 600.0 / (60.0 * static_cast<double>(::sysconf(_SC_CLK_TCK)));
  EXPECT_NEAR(figures.topProcesses[0].cpuPercent, share, 0.01);
  EXPECT_EQ(figures.topProcesses[1].cpuPercent, 0.0);
}

TEST_F(DeviceFiguresTest, ProcessesAreLookedAtOnceAMinute) {
  putProcess(10, "first", 1, 10);
  EXPECT_EQ(read().topProcesses.size(), 1U);
  putProcess(20, "second", 1, 10);
  clock_.pass(59s);
  EXPECT_EQ(read().topProcesses.size(), 1U);
  clock_.pass(1s);
  EXPECT_EQ(read().topProcesses.size(), 2U);
}

TEST_F(DeviceFiguresTest, NamesThatAreNoTextAreMadeText) {
  putProcess(10, "a\xff\nb", 1, 10);
  EXPECT_EQ(read().topProcesses.at(0).name, "a??b");
}

TEST_F(DeviceFiguresTest, OnlyTheFirstTenAreTold) {
  for (int pid = 1; pid <= 30; ++pid)
    putProcess(pid, "p", 0, pid);
  const auto figures = read();
  ASSERT_EQ(figures.topProcesses.size(), 10U);
  EXPECT_EQ(figures.topProcesses.front().pid, 30);
}

TEST(ThisMachine, HasFigures) {
  FigureReader reader("", "/");
  ManualClock clock;
  const auto figures = reader.read(clock.now());
  EXPECT_GT(figures.memoryTotalBytes.value_or(0), 0);
  EXPECT_GT(figures.uptimeSeconds.value_or(0), 0);
  EXPECT_THAT(figures.topProcesses, ::testing::Not(IsEmpty()));
  for (const auto& interface : figures.interfaces)
    EXPECT_NE(interface.name, "lo");
}

TEST(GoArchitecture, HasItsOwnWords) {
  EXPECT_EQ(goArchitecture("x86_64"), "amd64");
  EXPECT_EQ(goArchitecture("aarch64"), "arm64");
  EXPECT_EQ(goArchitecture("armv7l"), "arm");
  EXPECT_EQ(goArchitecture("s390x"), "s390x");
}

}  // namespace
}  // namespace holdfast::uplink
