// SPDX-License-Identifier: Apache-2.0
#include "metrics/process_families.hpp"

#include "metrics/exposition.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <fstream>

namespace holdfast::metrics {
namespace {

namespace fs = std::filesystem;

class ProcessFamilies : public ::testing::Test {
 protected:
  ProcessFamilies() { fs::create_directories(proc_ / "self" / "fd"); }
  ~ProcessFamilies() override { fs::remove_all(proc_); }

  void write(const std::string& name, const std::string& text) {
    std::ofstream(proc_ / name) << text;
  }
  std::string text() { return textOf(processFamilies(proc_)); }

  const fs::path proc_ =
      fs::temp_directory_path() / ("holdfast-proc-" + std::to_string(::getpid()));
};

TEST_F(ProcessFamilies, AreReadFromTheKernelsFiles) {
  ASSERT_EQ(::sysconf(_SC_CLK_TCK), 100);
  // A name that tries to be fields.
  write("self/stat",
        "42 (a) R 9 9 (b) S 1 42 42 0 -1 4194560 900 0 0 0 150 50 0 0 20 0 12 0 1000 "
        "123456789 2048 18446744073709551615 1 1 0\n");
  write("stat", "cpu  1 2 3\nbtime 1700000000\n");
  write("self/limits",
        "Limit                     Soft Limit           Hard Limit           Units     \n"
        "Max open files            1024                 524288               files     \n");
  write("self/fd/0", "");
  write("self/fd/1", "");
  const auto resident = std::to_string(2048 * ::sysconf(_SC_PAGESIZE));
  EXPECT_EQ(text(),
            "# HELP process_cpu_seconds_total Processor time used, in user and system mode.\n"
            "# TYPE process_cpu_seconds_total counter\n"
            "process_cpu_seconds_total 2\n"
            "# HELP process_resident_memory_bytes Memory in use.\n"
            "# TYPE process_resident_memory_bytes gauge\n"
            "process_resident_memory_bytes " +
                resident +
                "\n"
                "# HELP process_virtual_memory_bytes Address space in use.\n"
                "# TYPE process_virtual_memory_bytes gauge\n"
                "process_virtual_memory_bytes 123456789\n"
                "# HELP process_open_fds Open file descriptors.\n"
                "# TYPE process_open_fds gauge\n"
                "process_open_fds 2\n"
                "# HELP process_max_fds How many file descriptors may be open.\n"
                "# TYPE process_max_fds gauge\n"
                "process_max_fds 1024\n"
                "# HELP process_start_time_seconds When the process started, since 1970.\n"
                "# TYPE process_start_time_seconds gauge\n"
                "process_start_time_seconds 1700000010\n"
                "# HELP process_threads Threads.\n"
                "# TYPE process_threads gauge\n"
                "process_threads 12\n");
}

TEST_F(ProcessFamilies, AreAbsentWhereNothingCanBeRead) {
  fs::remove_all(proc_);
  EXPECT_EQ(text(), "");
}

TEST_F(ProcessFamilies, AreAbsentWhereNothingCanBeUnderstood) {
  write("self/stat", "42 (a");
  write("self/limits", "Max open files            unlimited            unlimited            files");
  write("stat", "btime\n");
  EXPECT_EQ(text(),
            "# HELP process_open_fds Open file descriptors.\n"
            "# TYPE process_open_fds gauge\n"
            "process_open_fds 0\n");
}

TEST_F(ProcessFamilies, OfThisProcessAreAllThere) {
  EXPECT_EQ(processFamilies().size(), 7U);
}

}  // namespace
}  // namespace holdfast::metrics
