// SPDX-License-Identifier: Apache-2.0
#include "engine/runtime_link.hpp"

#include "engine/keys.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::engine {

namespace {

// A hung engine accepts connections and keeps its streams open; only an unanswered ping shows it.
constexpr model::Milliseconds kPingInterval{10'000};
// Events that ask for nothing at once are gathered for this long.
constexpr model::Milliseconds kGather{100};
// Docker shows "exited" about 85 ms after the process ended; its event can come before.
constexpr model::Milliseconds kDyingRecheck{5};
constexpr model::Milliseconds kDyingPatience{1'000};
// A stream that breaks at once is not opened again faster than this.
constexpr model::Milliseconds kStreamInterval{1'000};
// The end of one that lasted for less says nothing about the engine: some proxies, and engines
// without a log of events, let none live.
constexpr model::Milliseconds kSteadyStream{10'000};
// Of the calls that the host lets an instance have at the same time (pluginhost/supervisor.hpp).
constexpr std::size_t kParallelValidations = 8;
// Less than the deadline of a call: when one is over, all that waited behind it have waited this
// long.
constexpr model::Milliseconds kValidationPatience{10'000};

}  // namespace

RuntimeLink::RuntimeLink(RuntimePort& port, retry::RetryManager& ledger, const model::Clock& clock,
                         Post post, Hooks hooks)
    : port_(port),
      ledger_(ledger),
      clock_(clock),
      post_(std::move(post)),
      hooks_(std::move(hooks)),
      ledgerKey_(engineKey(port.name())),
      lookDue_(clock.now().boot),
      pingDue_(clock.now().boot + kPingInterval),
      streamDue_(clock.now().boot) {}

RuntimeView RuntimeLink::view() const {
  return {observation_.get(), available_, problem_, info_.rootless};
}

RuntimeStatus RuntimeLink::status() const {
  RuntimeStatus status;
  status.name = name();
  status.available = available_;
  status.problem = available_ ? "" : problem_;
  status.info = info_;
  if (const auto* entry = ledger_.find(ledgerKey_))
    status.retry = *entry;
  if (observation_)
    status.observedAt = observation_->at.wall;
  return status;
}

bool RuntimeLink::takeGap() {
  return std::exchange(gap_, false);
}

void RuntimeLink::validate(std::string specJson, Validated done) {
  questions_.push_back({std::move(specJson), std::move(done), clock_.now().boot});
  showNext();
}

void RuntimeLink::showNext() {
  while (shown_ < kParallelValidations && !questions_.empty()) {
    Question next = std::move(questions_.front());
    questions_.pop_front();
    shown_ += 1;
    port_.validate(std::move(next.specJson),
                   [this, done = std::move(next.done), post = post_](CallResult result) {
                     post([this, done, result = std::move(result)] { validated(result, done); });
                   });
  }
}

// A runtime that answers nothing is not waited for thousands of times: what has been waiting for
// long shares the answer.
void RuntimeLink::validated(const CallResult& result, const Validated& done) {
  shown_ -= 1;
  done(result);
  const model::BootTime patient = clock_.now().boot - kValidationPatience;
  while (result.errorClass == sdk::ErrorClass::Unavailable && !questions_.empty() &&
         questions_.front().since <= patient) {
    const Question unasked = std::move(questions_.front());
    questions_.pop_front();
    unasked.done(result);
  }
  showNext();
}

void RuntimeLink::lookAt(model::BootTime at) {
  if (looking_) {
    lookAgain_ = lookAgain_ || at <= clock_.now().boot;
  }
  lookDue_ = std::min(lookDue_, at);
}

void RuntimeLink::suspect() {
  lookAt(clock_.now().boot);
}

void RuntimeLink::tick() {
  const model::BootTime now = clock_.now().boot;
  if (!ledger_.due(ledgerKey_, now))
    return;
  if (!streaming_ && streamDue_ <= now)
    openStream();
  if (!looking_ && lookDue_ <= now)
    look();
  if (available_ && !pinging_ && pingDue_ <= now)
    ping();
}

model::BootTime RuntimeLink::nextWake() const {
  const auto* entry = ledger_.find(ledgerKey_);
  if (entry != nullptr && entry->due && *entry->due > clock_.now().boot)
    return *entry->due;
  auto wake = looking_ ? model::BootTime::max() : lookDue_;
  if (available_ && !pinging_)
    wake = std::min(wake, pingDue_);
  if (!streaming_)
    wake = std::min(wake, streamDue_);
  return wake;
}

void RuntimeLink::look() {
  looking_ = true;
  lookAgain_ = false;
  lookDue_ = model::BootTime::max();
  const model::Now began = clock_.now();
  const std::vector<std::string> images = hooks_.images(name());
  port_.observe(images, [this, began, images, endings = hooks_.endings(), post = post_](
                            CallResult result, model::Observation observation) {
    observation.at = began;
    observation.imagesAskedFor.insert(images.begin(), images.end());
    post([this, endings, result = std::move(result),
          observation = std::move(observation)]() mutable {
      looked(result, std::move(observation), endings);
    });
  });
}

void RuntimeLink::looked(const CallResult& result, model::Observation observation,
                         std::uint64_t endings) {
  looking_ = false;
  const model::BootTime now = clock_.now().boot;
  if (!result.ok())
    return lost(result);
  lookDue_ = std::min(lookDue_, lookAgain_ ? now : now + resync_);
  observation_ = std::make_shared<const model::Observation>(std::move(observation));
  seenEndings_ = endings;
  if (dying()) {
    lookDue_ = now + kDyingRecheck;
  } else {
    dying_.clear();
  }
  if (!available_)
    found();
  if (!knowsEngine_ && !asking_)
    askEngine();
  hooks_.observed(*this);
}

void RuntimeLink::ping() {
  pinging_ = true;
  port_.health([this, post = post_](CallResult result) {
    post([this, ok = result.ok()] {
      pinging_ = false;
      pingDue_ = clock_.now().boot + kPingInterval;
      if (!ok)
        suspect();
    });
  });
}

void RuntimeLink::openStream() {
  streaming_ = true;
  streamDue_ = clock_.now().boot + kStreamInterval;
  const std::uint64_t number = ++streamNumber_;
  stream_ = port_.watch(
      [this, post = post_](EngineEvent event) {
        post([this, event = std::move(event)] { onEvent(event); });
      },
      [this, number, post = post_](CallResult) {
        post([this, number] {
          if (number != streamNumber_)
            return;
          streaming_ = false;
          // Either the engine ended, or the stream alone broke: the look tells, and what happened
          // in between is not known either way.
          const auto connected = std::exchange(connectedAt_, std::nullopt);
          if (available_ && connected && clock_.now().boot - *connected >= kSteadyStream)
            gap_ = true;
          suspect();
        });
      });
}

void RuntimeLink::onEvent(const EngineEvent& event) {
  const model::BootTime now = clock_.now().boot;
  switch (event.kind) {
    case sdk::EventKind::Connected:
      connectedAt_ = now;
      return lookAt(now);
    case sdk::EventKind::Died: {
      Dying dying{.run = {}, .until = now + kDyingPatience};
      if (observation_) {
        for (const auto& container : observation_->containers) {
          if (container.id == event.containerId)
            dying.run = runOf(container);
        }
      }
      if (!dying.run.empty())
        dying_[event.containerId] = std::move(dying);
      return lookAt(now);
    }
    case sdk::EventKind::Started:
    case sdk::EventKind::Changed:
      return lookAt(now + kGather);
  }
}

// Is there a container whose end was reported but is not shown yet?
bool RuntimeLink::dying() const {
  return std::any_of(
      observation_->containers.begin(), observation_->containers.end(), [&](const auto& container) {
        const auto reported = dying_.find(container.id);
        return reported != dying_.end() && reported->second.until > clock_.now().boot &&
               reported->second.run == runOf(container) &&
               container.state == model::ContainerState::Running;
      });
}

void RuntimeLink::lost(const CallResult& result) {
  const model::Now now = clock_.now();
  retry::Failure failure;
  // Whatever the reason, an engine is worth another try: Invalid would never get one.
  failure.errorClass = sdk::ErrorClass::Unavailable;
  failure.reason = "EngineUnavailable";
  failure.message = result.message;
  failure.raw = result.raw;
  failure.retryAfter = result.retryAfter;
  ledger_.recordFailure(ledgerKey_, std::move(failure), now.boot, now);
  lookDue_ = now.boot;  // as soon as the ladder allows
  const bool news = available_ || problem_ != result.message;
  if (available_)
    gap_ = true;
  available_ = false;
  problem_ = result.message;
  told_ = true;
  if (news)
    hooks_.changed(*this, false, problem_);
}

void RuntimeLink::found() {
  available_ = true;
  problem_.clear();
  ledger_.recordSuccess(ledgerKey_);
  pingDue_ = clock_.now().boot + kPingInterval;
  // The first answer is no news, unless its absence was.
  if (std::exchange(told_, false))
    hooks_.changed(*this, true, "");
  knowsEngine_ = false;  // it may be another one
}

// Without an answer it is asked again after the next look.
void RuntimeLink::askEngine() {
  asking_ = true;
  port_.engineInfo([this, post = post_](CallResult result, EngineInfo info) {
    post([this, ok = result.ok(), info = std::move(info)] {
      asking_ = false;
      if (!ok)
        return;
      knowsEngine_ = true;
      const bool elsewhere = info.rootless != info_.rootless;
      info_ = info;
      if (elsewhere)
        lookAt(clock_.now().boot);  // where probes go depends on it
    });
  });
}

}  // namespace holdfast::engine
