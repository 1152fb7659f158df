// SPDX-License-Identifier: Apache-2.0
#include "engine/engine.hpp"

#include "engine/reconciler.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <deque>
#include <mutex>
#include <random>
#include <system_error>
#include <thread>
#include <utility>

namespace holdfast::engine {

namespace {

int checked(int fd, const char* what) {
  if (fd < 0)
    throw std::system_error(errno, std::generic_category(), what);
  return fd;
}

// Functions on their way to the engine thread. Outlives the engine in the hands of late calls,
// which it then drops.
class Inbox {
 public:
  Inbox() : fd_(checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")) {}
  ~Inbox() { ::close(fd_); }
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  // False when the engine has ended.
  bool post(std::function<void()> message) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_)
        return false;
      messages_.push_back(std::move(message));
      if (messages_.size() > 1)
        return true;  // whoever came first wakes the engine, or has, and it takes all that is there
    }
    // Without the lock, which the woken thread wants at once.
    const std::uint64_t one = 1;
    return ::write(fd_, &one, sizeof one) == sizeof one || errno == EAGAIN;
  }

  std::deque<std::function<void()>> take() {
    std::uint64_t count = 0;
    static_cast<void>(!::read(fd_, &count, sizeof count));
    const std::lock_guard lock(mutex_);
    return std::exchange(messages_, {});
  }

  void close() {
    std::deque<std::function<void()>> dropped;
    const std::lock_guard lock(mutex_);
    closed_ = true;
    dropped.swap(messages_);
  }

  [[nodiscard]] int fd() const { return fd_; }

 private:
  const int fd_;
  std::mutex mutex_;
  std::deque<std::function<void()>> messages_;
  bool closed_ = false;
};

// Wakes by CLOCK_BOOTTIME, so that a machine that slept is not late.
class BootTimer {
 public:
  BootTimer()
      : fd_(checked(::timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK),
                    "timerfd_create")) {}
  ~BootTimer() { ::close(fd_); }
  BootTimer(const BootTimer&) = delete;
  BootTimer& operator=(const BootTimer&) = delete;

  void set(model::BootTime at) {
    itimerspec when{};
    if (at != model::BootTime::max()) {
      // Zero would disarm: an instant in the past is the first nanosecond after boot.
      const auto ms = std::max<model::Milliseconds::rep>(0, at.time_since_epoch().count());
      when.it_value.tv_sec = ms / 1000;
      when.it_value.tv_nsec = (ms % 1000) * 1'000'000 + 1;
    }
    ::timerfd_settime(fd_, TFD_TIMER_ABSTIME, &when, nullptr);
  }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  const int fd_;
};

double randomUnit() {
  thread_local std::mt19937_64 generator{std::random_device{}()};
  return std::uniform_real_distribution<double>(0.0, 1.0)(generator);
}

}  // namespace

class Engine::Impl {
 public:
  Impl(EngineSettings settings, const std::vector<RuntimePort*>& runtimes, StorePort& store,
       const model::Clock& clock, Observers observers, std::vector<Companion*> companions,
       ProbePort* probes)
      : store_(store),
        clock_(clock),
        companions_(std::move(companions)),
        inbox_(std::make_shared<Inbox>()) {
    observers.snapshot =
        [this, outer = std::move(observers.snapshot)](std::shared_ptr<const Snapshot> snapshot) {
          {
            const std::lock_guard lock(snapshotMutex_);
            snapshot_ = snapshot;
          }
          if (outer)
            outer(std::move(snapshot));
        };
    reconciler_ = std::make_unique<Reconciler>(
        std::move(settings), runtimes, store, clock,
        [inbox = inbox_](std::function<void()> message) { inbox->post(std::move(message)); },
        randomUnit, std::move(observers), probes);
    beat();
  }

  ~Impl() { stop(false); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void start() {
    reconciler_->load();
    for (Companion* companion : companions_) {
      companion->begin(reconciler_->ledger(), [inbox = inbox_](std::function<void()> message) {
        inbox->post(std::move(message));
      });
    }
    thread_ = std::thread([this] { run(); });
    ::pthread_setname_np(thread_.native_handle(), "engine");
  }

  void stop(bool orderly) {
    if (!thread_.joinable())
      return;
    inbox_->post([this] { stopping_ = true; });
    thread_.join();
    inbox_->close();
    if (orderly)
      store_.closeOrderly();
  }

  // A command that was still in the inbox when the engine ended breaks its promise: the future
  // throws, and the API says that the agent is stopping.
  template <typename Result>
  std::future<Result> ask(std::function<void(std::shared_ptr<std::promise<Result>>)> work) {
    auto promise = std::make_shared<std::promise<Result>>();
    auto future = promise->get_future();
    inbox_->post([work = std::move(work), promise = std::move(promise)] { work(promise); });
    return future;
  }

  std::future<CommandResult> command(std::function<CommandResult(Reconciler&)> work) {
    return ask<CommandResult>(
        [this, work = std::move(work)](auto promise) { promise->set_value(work(*reconciler_)); });
  }

  [[nodiscard]] std::shared_ptr<const Snapshot> snapshot() const {
    const std::lock_guard lock(snapshotMutex_);
    return snapshot_;
  }

  [[nodiscard]] model::Milliseconds sinceHeartbeat() const {
    inbox_->post([] {});
    return clock_.now().boot - model::BootTime(model::Milliseconds(heartbeat_.load()));
  }

  Reconciler& reconciler() { return *reconciler_; }
  void post(std::function<void()> message) { inbox_->post(std::move(message)); }

 private:
  void run() {
    BootTimer timer;
    while (!stopping_) {
      beat();
      for (Companion* companion : companions_)
        companion->tick();
      if (!companions_.empty())
        reconciler_->commit();  // what they did to the ledger
      reconciler_->tick();
      model::BootTime wake = reconciler_->nextWake();
      for (const Companion* companion : companions_)
        wake = std::min(wake, companion->nextWake());
      timer.set(wake);
      pollfd waits[] = {{inbox_->fd(), POLLIN, 0}, {timer.fd(), POLLIN, 0}};
      ::poll(waits, 2, -1);
      for (auto& message : inbox_->take())
        message();
    }
  }

  void beat() { heartbeat_ = clock_.now().boot.time_since_epoch().count(); }

  StorePort& store_;
  const model::Clock& clock_;
  const std::vector<Companion*> companions_;
  std::shared_ptr<Inbox> inbox_;
  std::unique_ptr<Reconciler> reconciler_;
  std::thread thread_;
  bool stopping_ = false;  // engine thread only
  std::atomic<model::Milliseconds::rep> heartbeat_{0};
  mutable std::mutex snapshotMutex_;
  std::shared_ptr<const Snapshot> snapshot_ = std::make_shared<Snapshot>();
};

Engine::Engine(EngineSettings settings, std::vector<RuntimePort*> runtimes, StorePort& store,
               const model::Clock& clock, Observers observers, std::vector<Companion*> companions,
               ProbePort* probes)
    : impl_(std::make_unique<Impl>(std::move(settings), runtimes, store, clock,
                                   std::move(observers), std::move(companions), probes)) {}

Engine::~Engine() = default;

void Engine::start() {
  impl_->start();
}
void Engine::stop(bool orderly) {
  impl_->stop(orderly);
}

std::shared_ptr<const Snapshot> Engine::snapshot() const {
  return impl_->snapshot();
}
model::Milliseconds Engine::sinceHeartbeat() const {
  return impl_->sinceHeartbeat();
}

std::future<CommandResult> Engine::setTarget(TargetRequest request) {
  return impl_->ask<CommandResult>([this, request = std::move(request)](auto promise) {
    impl_->reconciler().setTarget(
        request, [promise](CommandResult result) { promise->set_value(std::move(result)); });
  });
}

void Engine::setTarget(TargetRequest request, std::function<void(CommandResult)> done) {
  impl_->post([this, request = std::move(request), done = std::move(done)] {
    impl_->reconciler().setTarget(request, done);
  });
}

std::future<DryRun> Engine::plan(std::optional<TargetRequest> request) {
  return impl_->ask<DryRun>([this, request = std::move(request)](auto promise) {
    impl_->reconciler().planTarget(request,
                                   [promise](DryRun run) { promise->set_value(std::move(run)); });
  });
}

std::future<CommandResult> Engine::retry(std::string app, std::string service) {
  return impl_->command([=](Reconciler& core) { return core.retryService(app, service); });
}

std::future<CommandResult> Engine::retryAll() {
  return impl_->command([](Reconciler& core) { return core.retryAll(); });
}

std::future<CommandResult> Engine::restartService(std::string app, std::string service) {
  return impl_->command([=](Reconciler& core) { return core.restartService(app, service); });
}

std::future<CommandResult> Engine::stopService(std::string app, std::string service) {
  return impl_->command([=](Reconciler& core) { return core.stopService(app, service); });
}

std::future<CommandResult> Engine::startService(std::string app, std::string service) {
  return impl_->command([=](Reconciler& core) { return core.startService(app, service); });
}

std::future<CommandResult> Engine::purgeApp(std::string app) {
  return impl_->command([=](Reconciler& core) { return core.purgeApp(app); });
}

std::future<CommandResult> Engine::adopt(std::string uuid) {
  return impl_->command([=](Reconciler& core) { return core.adopt(uuid); });
}

void Engine::reconfigure(EngineSettings settings) {
  impl_->post(
      [this, settings = std::move(settings)] { impl_->reconciler().reconfigure(settings); });
}

void Engine::overrideResync(std::optional<model::Milliseconds> interval) {
  impl_->post([this, interval] { impl_->reconciler().overrideResync(interval); });
}

void Engine::credentialsChanged() {
  impl_->post([this] { impl_->reconciler().credentialsChanged(); });
}

void Engine::report(model::EventDraft event) {
  impl_->post([this, event = std::move(event)] { impl_->reconciler().report(event); });
}

}  // namespace holdfast::engine
