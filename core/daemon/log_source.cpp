// SPDX-License-Identifier: Apache-2.0
#include "daemon/log_source.hpp"

#include <pthread.h>

#include <system_error>

namespace holdfast::daemon {

// Destroying it ends the call.
class LogSource::Handle final : public engine::RunningCall {
 public:
  explicit Handle(std::shared_ptr<Call> call) : call_(std::move(call)) {}
  ~Handle() override { call_->wanted = false; }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  void cancel() override { call_->wanted = false; }

 private:
  const std::shared_ptr<Call> call_;
};

class LogSource::Reader final : public pluginhost::OutputReader {
 public:
  Reader(const Call& call, const std::function<void(Line)>& line) : call_(call), line_(line) {}

  bool output(const pluginhost::OutputChunk& chunk) override {
    if (!call_.wanted)
      return false;
    line_({.at = chunk.at,
           .isStderr = chunk.stream == sdk::OutputStream::Stderr,
           .text = chunk.bytes});
    return true;
  }
  bool present() override { return call_.wanted; }

 private:
  const Call& call_;
  const std::function<void(Line)>& line_;
};

LogSource::~LogSource() {
  stop();
}

std::unique_ptr<engine::RunningCall> LogSource::follow(
    uplink::FollowRequest request, std::function<void(Line)> line,
    std::function<void(engine::CallResult)> done) {
  auto call = std::make_shared<Call>();
  const std::lock_guard lock(mutex_);
  reap();
  auto* console = consoles_(request.runtime);
  if (console == nullptr || stopped_) {
    done({.errorClass = sdk::ErrorClass::Unavailable,
          .message = "runtime '" + request.runtime + "' is not loaded"});
    return std::make_unique<Handle>(std::move(call));
  }
  const auto work = [console, call, request = std::move(request), line = std::move(line), done] {
    Reader reader(*call, line);
    pluginhost::LogQuery query;
    query.containerId = request.containerId;
    query.since = request.since;
    query.follow = true;
    const auto result = console->logs(query, reader);
    done(result);
    call->over = true;
  };
  try {
    std::thread thread(work);
    ::pthread_setname_np(thread.native_handle(), "logs");
    followers_.push_back({call, std::move(thread)});
  } catch (const std::system_error& error) {
    done({.errorClass = sdk::ErrorClass::Unavailable,
          .message = std::string("no thread to follow a container's output: ") + error.what()});
  }
  return std::make_unique<Handle>(std::move(call));
}

// Those that have ended.
void LogSource::reap() {
  for (auto at = followers_.begin(); at != followers_.end();) {
    if (!at->call->over) {
      ++at;
      continue;
    }
    at->thread.join();
    at = followers_.erase(at);
  }
}

void LogSource::stop() {
  std::list<Follower> all;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    all.swap(followers_);
  }
  for (Follower& follower : all)
    follower.call->wanted = false;
  for (Follower& follower : all)
    follower.thread.join();
}

}  // namespace holdfast::daemon
