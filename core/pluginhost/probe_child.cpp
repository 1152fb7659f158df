// SPDX-License-Identifier: Apache-2.0
#include "holdfast/sdk/toolchain.hpp"
#include "model/text.hpp"
#include "pluginhost/handshake.hpp"
#include "pluginhost/library.hpp"
#include "pluginhost/probe.hpp"
#include "pluginhost/probe_report.hpp"

#include <boost/system/system_error.hpp>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <string_view>

namespace holdfast::pluginhost {
namespace {

constexpr std::size_t kMaxReason = 1'024;

void limit(int resource, rlim_t value) {
  struct rlimit current {};
  ::getrlimit(resource, &current);
  current.rlim_cur = std::min(value, current.rlim_max);
  current.rlim_max = current.rlim_cur;
  ::setrlimit(resource, &current);
}

void limitResources() {
  limit(RLIMIT_CPU, 2);
  limit(RLIMIT_CORE, 0);
  // A sanitizer reserves terabytes of addresses for its shadow memory.
  if constexpr (std::string_view(HOLDFAST_TAG_SANITIZER) == "none") {
    limit(RLIMIT_AS, rlim_t{1} << 30);
  }
}

// Keeps the real standard output for the report; what the plugin prints goes to standard error.
int claimStandardOutput() {
  const int report = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  return report;
}

std::string exportProblem(const std::vector<std::string>& symbols) {
  if (std::find(symbols.begin(), symbols.end(), HOLDFAST_PLUGIN_SYMBOL_NAME) == symbols.end()) {
    return "not a Holdfast plugin: it does not export " HOLDFAST_PLUGIN_SYMBOL_NAME;
  }
  if (symbols.size() > 1) {
    const auto other = std::find_if(symbols.begin(), symbols.end(), [](const std::string& symbol) {
      return symbol != HOLDFAST_PLUGIN_SYMBOL_NAME;
    });
    return "it exports " + std::to_string(symbols.size()) + " symbols (" + *other +
           " for one), expected " HOLDFAST_PLUGIN_SYMBOL_NAME
           " alone; link it with the SDK's version script (holdfast_add_plugin)";
  }
  return {};
}

// Never destroyed: the process ends first. nullptr, and a failure in the report, when it cannot be.
const Library* load(const std::filesystem::path& file, ProbeReport& report) {
  // Whether a static initialiser's exception comes through dlopen or ends the process depends on
  // the compiler.
  constexpr std::string_view kThrew =
      "threw while it was loaded: a static initialiser let an exception escape";
  try {
    return new Library(file);
  } catch (const boost::system::system_error& failure) {
    report.failure = model::oneLine(failure.what(), kMaxReason);
  } catch (const std::exception& failure) {
    report.failure =
        std::string(kThrew) + "; it said: " + model::oneLine(failure.what(), kMaxReason);
  } catch (...) {
    report.failure = kThrew;
  }
  return nullptr;
}

ProbeReport look(const std::filesystem::path& file, const HostIdentity& host) {
  ProbeReport report;
  try {
    report.failure = exportProblem(exportedSymbols(file));
    if (!report.failure.empty()) {
      return report;
    }
    const Library* library = load(file, report);
    if (library == nullptr) {
      return report;
    }
    const holdfast_plugin_descriptor& descriptor = library->descriptor();
    report.identity = readIdentity(descriptor);
    if (!handshakeProblem(report.identity, host)) {
      holdfast_error error{};
      const holdfast_host_info info = hostInfo(host, report.identity.kind);
      if (descriptor.accepts(&info, &error) == 0) {
        error.text[sizeof(error.text) - 1] = '\0';
        report.refusal = error.text[0] == '\0' ? "it gave no reason" : error.text;
      }
    }
  } catch (const std::exception& failure) {
    report.failure = model::oneLine(failure.what(), kMaxReason);
  }
  return report;
}

void writeAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno != EINTR) {
      return;
    }
    text.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
}

}  // namespace

void runProbe(const std::filesystem::path& file, const HostIdentity& host) {
  // Whoever waits for this probe may die; nobody would end it then.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  limitResources();
  const int report = claimStandardOutput();
  writeAll(report, writeProbeReport(look(file, host)));
  ::_exit(0);
}

}  // namespace holdfast::pluginhost
