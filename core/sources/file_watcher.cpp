// SPDX-License-Identifier: Apache-2.0
#include "sources/file_watcher.hpp"

#include "sources/path_trail.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <map>
#include <optional>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>

namespace holdfast::sources {
namespace {

using model::Milliseconds;
using Steady = std::chrono::steady_clock;

// A file that has just been created is usually still empty: its writer's close is what tells that
// it is complete. Hard links, though, are never closed, so wait no longer than this.
constexpr Milliseconds kSettle{100};

constexpr std::uint32_t kMask = IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM |
                                IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

// The kernel stamps files by the ticks of its timer, 1 to 10 ms apart: for so long a file can
// change once more and look the same. Twice that.
constexpr Milliseconds kTick{20};

// Equal for two looks at an unchanged file; absent when there is none.
using Fingerprint = std::optional<std::tuple<dev_t, ino_t, off_t, long, long, long, long, mode_t>>;

struct Look {
  Fingerprint fingerprint;
  bool settled = true;  // from now on every change makes another fingerprint
};

std::chrono::nanoseconds sinceEpoch(const timespec& time) {
  return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

Look lookAt(const std::string& path) {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return {};
  }
  return {std::tuple{status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec,
                     status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
                     status.st_mode},
          std::chrono::abs(sinceEpoch(now) - sinceEpoch(status.st_ctim)) > kTick};
}

class Descriptor {
 public:
  Descriptor(int fd, const char* what) : fd_(fd) {
    if (fd_ < 0) {
      throw std::system_error(errno, std::generic_category(), what);
    }
  }
  ~Descriptor() { ::close(fd_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

class FileWatcher::Impl {
 public:
  Impl(std::vector<WatchedFile> files, Milliseconds recheck) : recheck_(recheck) {
    for (auto& file : files) {
      watched_.push_back({std::move(file), std::nullopt});
    }
  }

  ~Impl() { stop(); }

  void start() {
    thread_ = std::thread([this] { run(); });
    ::pthread_setname_np(thread_.native_handle(), "hf-files");
  }

  void stop() {
    if (thread_.joinable()) {
      const std::uint64_t one = 1;
      static_cast<void>(!::write(stop_.get(), &one, sizeof one));  // cannot fail: counter of one
      thread_.join();
    }
  }

 private:
  // By watch: the names that matter in that directory, and whether each ends a trail.
  using Names = std::map<int, std::map<std::string, bool>>;

  struct Watched {
    WatchedFile file;
    std::optional<Look> last;
  };

  void run() {
    arm();
    look();
    for (;;) {
      std::array<pollfd, 2> fds{{{stop_.get(), POLLIN, 0}, {inotify_.get(), POLLIN, 0}}};
      const int ready = ::poll(fds.data(), fds.size(), patience());
      if ((fds[0].revents & POLLIN) != 0) {
        return;
      }
      const bool told = ready > 0 && (fds[1].revents & POLLIN) != 0;
      if (told && !drain()) {
        continue;  // about other names in the same directories, or a file still being written
      }
      settleUntil_.reset();
      arm();
      look();
    }
  }

  // Milliseconds for which there is nothing to do unless something happens.
  [[nodiscard]] int patience() const {
    const auto wait =
        settleUntil_ ? std::chrono::ceil<Milliseconds>(*settleUntil_ - Steady::now()) : recheck_;
    return static_cast<int>(std::max(wait, Milliseconds{0}).count());
  }

  // Reads what inotify has. True when something on a trail changed that should be looked at now.
  bool drain() {
    alignas(inotify_event) std::array<char, 16384> buffer{};
    bool now = false;
    ssize_t got = 0;
    while ((got = ::read(inotify_.get(), buffer.data(), buffer.size())) > 0) {
      for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
        inotify_event event{};
        std::memcpy(&event, buffer.data() + at, sizeof event);
        const char* name = event.len > 0 ? buffer.data() + at + sizeof event : "";
        now = weigh(event, name) || now;
        at += sizeof event + event.len;
      }
    }
    return now;
  }

  bool weigh(const inotify_event& event, const std::string& name) {
    if ((event.mask & (IN_Q_OVERFLOW | IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF)) != 0) {
      return true;
    }
    const auto names = names_.find(event.wd);
    if (names == names_.end()) {
      return false;
    }
    const auto found = names->second.find(name);
    if (found == names->second.end()) {
      return false;
    }
    if (event.mask == IN_CREATE && found->second) {
      settleUntil_ = settleUntil_.value_or(Steady::now() + kSettle);
      return patience() == 0;
    }
    return true;
  }

  // Puts a watch on every directory of every trail, and drops those no longer on any. Looks again
  // afterwards, since a trail that changed in between would go unwatched.
  void arm() {
    constexpr int kMaxRounds = 4;
    auto trails = allTrails();
    for (int round = 0; round < kMaxRounds; ++round) {
      watch(trails);
      auto again = allTrails();
      if (again == trails) {
        return;
      }
      trails = std::move(again);
    }
  }

  [[nodiscard]] std::vector<TrailEntry> allTrails() const {
    std::vector<TrailEntry> all;
    for (const auto& watched : watched_) {
      const auto trail = trailOf(watched.file.path);
      all.insert(all.end(), trail.begin(), trail.end());
    }
    return all;
  }

  void watch(const std::vector<TrailEntry>& trails) {
    Names wanted;
    for (const auto& entry : trails) {
      const int wd = ::inotify_add_watch(inotify_.get(), entry.directory.c_str(), kMask);
      if (wd >= 0) {
        auto& last = wanted[wd][entry.name];
        last = last || entry.last;
      }  // else: gone, or out of watches; the recheck is the net
    }
    for (const auto& [wd, names] : names_) {
      if (!wanted.contains(wd)) {
        ::inotify_rm_watch(inotify_.get(), wd);
      }
    }
    names_ = std::move(wanted);
  }

  void look() {
    for (auto& watched : watched_) {
      const auto now = lookAt(watched.file.path);
      const auto before = std::exchange(watched.last, now);
      if (!before || !before->settled || now.fingerprint != before->fingerprint) {
        watched.file.changed();
      }
    }
  }

  Milliseconds recheck_;
  std::vector<Watched> watched_;
  Descriptor inotify_{::inotify_init1(IN_CLOEXEC | IN_NONBLOCK), "inotify_init1"};
  Descriptor stop_{::eventfd(0, EFD_CLOEXEC), "eventfd"};
  Names names_;
  std::optional<Steady::time_point> settleUntil_;  // a file is being written
  std::thread thread_;
};

FileWatcher::FileWatcher(std::vector<WatchedFile> files, Milliseconds recheck)
    : impl_(std::make_unique<Impl>(std::move(files), recheck)) {}
FileWatcher::~FileWatcher() = default;
void FileWatcher::start() {
  impl_->start();
}
void FileWatcher::stop() {
  impl_->stop();
}

}  // namespace holdfast::sources
