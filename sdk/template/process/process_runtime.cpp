// SPDX-License-Identifier: Apache-2.0
#include "process_runtime.hpp"

#include "console.hpp"
#include "observe.hpp"
#include "result.hpp"
#include "watch.hpp"

#include <dlfcn.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace process {
namespace {

namespace sdk = holdfast::sdk;
using sdk::ErrorClass;
using sdk::Status;

std::filesystem::path supervisorBesideThisLibrary() {
  static const char here = 0;
  Dl_info info{};
  if (::dladdr(&here, &info) == 0) {
    throw std::runtime_error("the plugin's own file is not known");
  }
  auto path = std::filesystem::path(info.dli_fname).replace_filename("process-supervisor");
  if (::access(path.c_str(), X_OK) != 0) {
    throw std::runtime_error(path.string() + ": " + std::strerror(errno) +
                             "; install it beside the plugin");
  }
  return path;
}

// The host has checked the schema; a test, or another host, may not have.
std::string required(const sdk::Host& host, const std::string& option) {
  std::string value(host.option(option));
  if (value.empty()) {
    throw std::invalid_argument("option " + option + " is missing; expected an absolute path");
  }
  return value;
}

// The words of GOARCH, which images and engines use.
std::string architectureOf(const std::string& machine) {
  if (machine == "x86_64") {
    return "amd64";
  }
  return machine == "aarch64" ? "arm64" : machine;
}

// No exception leaves a plugin. What the file system says by one is classified here, once.
template <class Work>
Status guarded(sdk::Call& call, Work work) {
  try {
    return work();
  } catch (const std::system_error& error) {
    const bool denied = error.code() == std::errc::permission_denied ||
                        error.code() == std::errc::operation_not_permitted;
    return fail(call, denied ? ErrorClass::Denied : ErrorClass::Transient, error.what());
  } catch (const std::exception& error) {
    return fail(call, ErrorClass::Internal, error.what());
  }
}

}  // namespace

ProcessRuntime::ProcessRuntime(sdk::Host& host)
    : ProcessRuntime(host, supervisorBesideThisLibrary()) {}

ProcessRuntime::ProcessRuntime(sdk::Host& host, std::filesystem::path supervisor)
    : state_(host.stateDirectory()),
      containers_(state_ / "containers"),
      images_(required(host, "images"), state_ / "images"),
      steps_(containers_, images_, std::move(supervisor)) {}

Status ProcessRuntime::start(sdk::Call& call) {
  return guarded(call, [&] {
    containers_.prepare();
    images_.prepare();
    return Status{};
  });
}

// The engine is the kernel and the state directory; only the second can be away.
Status ProcessRuntime::health(sdk::Call& call) {
  if (::access(containers_.folder().c_str(), W_OK | X_OK) == 0) {
    return {};
  }
  return guarded(call, [&] {
    return fail(call, ErrorClass::Unavailable,
                containers_.folder().string() + ": " + std::strerror(errno));
  });
}

Status ProcessRuntime::engineInfo(sdk::Call& call, sdk::EngineInfoSink& sink) {
  return guarded(call, [&] {
    utsname system{};
    ::uname(&system);
    const std::string architecture = architectureOf(system.machine);
    const std::string dataRoot = state_.string();
    sdk::EngineInfo info;
    info.name = "process";
    info.version = PROCESS_VERSION;
    info.apiVersion = PROCESS_VERSION;
    info.architecture = architecture;
    info.dataRoot = dataRoot;
    info.cpus = static_cast<std::int32_t>(::sysconf(_SC_NPROCESSORS_ONLN));
    info.memoryBytes = ::sysconf(_SC_PHYS_PAGES) * ::sysconf(_SC_PAGESIZE);
    sink.engineInfo(info);
    return Status{};
  });
}

Status ProcessRuntime::validate(std::string_view specJson, sdk::Call& call) {
  return guarded(call, [&] {
    std::string problem;
    return parseContainerSpec(specJson, problem) ? Status{}
                                                 : fail(call, ErrorClass::Invalid, problem);
  });
}

Status ProcessRuntime::observe(const sdk::ObserveRequest& request, sdk::Call& call,
                               sdk::ObservationSink& sink) {
  return guarded(call, [&] {
    reportContainers(containers_, sink);
    reportImages(images_, request, sink);
    return Status{};
  });
}

Status ProcessRuntime::execute(const sdk::Step& step, sdk::Call& call) {
  return guarded(call, [&] { return steps_.execute(step, call); });
}

Status ProcessRuntime::pull(const sdk::PullRequest& request, sdk::Call& call,
                            sdk::ProgressSink& sink) {
  return guarded(call, [&] { return images_.pull(request.reference, call, sink); });
}

Status ProcessRuntime::watch(sdk::Call& call, sdk::EventSink& sink) {
  return guarded(call, [&] { return watchContainers(containers_, call, sink); });
}

Status ProcessRuntime::logs(const sdk::LogRequest& request, sdk::Call& call,
                            sdk::OutputSink& sink) {
  return guarded(call, [&] { return readLogs(containers_, request, call, sink); });
}

Status ProcessRuntime::exec(const sdk::ExecRequest& request, sdk::Call& call, sdk::OutputSink& sink,
                            sdk::ExecResult& result) {
  return guarded(call, [&] { return runCommand(containers_, request, call, sink, result); });
}

}  // namespace process
