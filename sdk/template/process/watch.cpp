// SPDX-License-Identifier: Apache-2.0
#include "watch.hpp"

#include "files.hpp"
#include "result.hpp"
#include "waiting.hpp"

#include <sys/inotify.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <exception>
#include <optional>
#include <string>

namespace process {
namespace {

namespace sdk = holdfast::sdk;

struct Happening {
  sdk::EventKind kind;
  const char* action;
};

std::optional<Happening> happeningOf(const std::string& suffix, std::uint32_t mask) {
  const bool removed = (mask & IN_DELETE) != 0;
  if (suffix == ".json") {
    return Happening{sdk::EventKind::Changed, removed ? "remove" : "create"};
  }
  if (suffix == ".run" && !removed) {
    return Happening{sdk::EventKind::Started, "start"};
  }
  if (suffix == ".exit" && !removed) {
    return Happening{sdk::EventKind::Died, "die"};
  }
  return std::nullopt;
}

// Empty when the container is gone, or its file damaged, which observe() reports.
std::string idOf(const ContainerStore& containers, const std::string& name) {
  try {
    const auto container = containers.find(name);
    return container ? container->id : "";
  } catch (const std::exception&) {
    return "";
  }
}

void tell(const ContainerStore& containers, const std::filesystem::path& file, std::uint32_t mask,
          sdk::EventSink& sink) {
  const auto happening = happeningOf(file.extension().string(), mask);
  if (!happening) {
    return;
  }
  const std::string name = file.stem().string();
  const std::string id = idOf(containers, name);
  sdk::EngineEvent event;
  event.kind = happening->kind;
  event.timeMs = nowMs();
  event.containerId = id;
  event.containerName = name;
  event.action = happening->action;
  sink.event(event);
}

}  // namespace

sdk::Status watchContainers(const ContainerStore& containers, sdk::Call& call,
                            sdk::EventSink& sink) {
  const Fd watch(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  const auto& folder = containers.folder();
  if (!watch || ::inotify_add_watch(watch.get(), folder.c_str(),
                                    IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF | IN_ONLYDIR) < 0) {
    return fail(call, sdk::ErrorClass::Unavailable, folder.string() + ": " + std::strerror(errno));
  }
  sdk::EngineEvent connected;
  connected.kind = sdk::EventKind::Connected;
  connected.timeMs = nowMs();
  sink.event(connected);
  alignas(inotify_event) std::array<char, 16 * 1024> buffer{};
  while (await(watch, call, INT64_MAX) == Wait::Ready) {
    const ssize_t got = ::read(watch.get(), buffer.data(), buffer.size());
    for (ssize_t at = 0; at < got;) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof(event));
      if ((event.mask & (IN_Q_OVERFLOW | IN_IGNORED)) != 0) {
        // Something was missed: the host looks at everything when it opens the next stream.
        return fail(call, sdk::ErrorClass::Unavailable, "events were lost");
      }
      const char* const name = buffer.data() + at + sizeof(event);
      tell(containers, std::string(name, ::strnlen(name, event.len)), event.mask, sink);
      at += static_cast<ssize_t>(sizeof(event) + event.len);
    }
  }
  return fail(call, sdk::ErrorClass::Cancelled, "cancelled");
}

}  // namespace process
