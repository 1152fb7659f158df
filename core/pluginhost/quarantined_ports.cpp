// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/quarantined_ports.hpp"

#include <utility>

namespace holdfast::pluginhost {
namespace {

engine::CallResult unavailable(std::string why) {
  engine::CallResult result;
  result.errorClass = sdk::ErrorClass::Unavailable;
  result.message = std::move(why);
  return result;
}

// Of a call that has ended already.
class NoCall final : public engine::RunningCall {
 public:
  void cancel() override {}
};

}  // namespace

QuarantinedRuntime::QuarantinedRuntime(std::string name, Entrance<RuntimeAdapter> entrance)
    : name_(std::move(name)), entrance_(std::move(entrance)) {}

void QuarantinedRuntime::health(std::function<void(engine::CallResult)> done) {
  std::string why;
  if (auto* runtime = entrance_(why)) {
    runtime->health(std::move(done));
  } else {
    done(unavailable(std::move(why)));
  }
}

void QuarantinedRuntime::engineInfo(
    std::function<void(engine::CallResult, engine::EngineInfo)> done) {
  std::string why;
  if (auto* runtime = entrance_(why)) {
    runtime->engineInfo(std::move(done));
  } else {
    done(unavailable(std::move(why)), {});
  }
}

void QuarantinedRuntime::validate(std::string specJson,
                                  std::function<void(engine::CallResult)> done) {
  std::string why;
  if (auto* runtime = entrance_(why)) {
    runtime->validate(std::move(specJson), std::move(done));
  } else {
    done(unavailable(std::move(why)));
  }
}

void QuarantinedRuntime::observe(std::vector<std::string> images,
                                 std::function<void(engine::CallResult, model::Observation)> done) {
  std::string why;
  if (auto* runtime = entrance_(why)) {
    runtime->observe(std::move(images), std::move(done));
  } else {
    done(unavailable(std::move(why)), {});
  }
}

void QuarantinedRuntime::execute(engine::StepCall step,
                                 std::function<void(engine::CallResult)> done) {
  std::string why;
  if (auto* runtime = entrance_(why)) {
    runtime->execute(std::move(step), std::move(done));
  } else {
    done(unavailable(std::move(why)));
  }
}

std::unique_ptr<engine::RunningCall> QuarantinedRuntime::pull(
    std::string reference, std::function<void(engine::PullProgress)> progress,
    std::function<void(engine::CallResult)> done) {
  std::string why;
  if (auto* runtime = entrance_(why)) {
    return runtime->pull(std::move(reference), std::move(progress), std::move(done));
  }
  done(unavailable(std::move(why)));
  return std::make_unique<NoCall>();
}

std::unique_ptr<engine::RunningCall> QuarantinedRuntime::watch(
    std::function<void(engine::EngineEvent)> event, std::function<void(engine::CallResult)> done) {
  std::string why;
  if (auto* runtime = entrance_(why)) {
    return runtime->watch(std::move(event), std::move(done));
  }
  done(unavailable(std::move(why)));
  return std::make_unique<NoCall>();
}

std::unique_ptr<engine::RunningCall> QuarantinedRuntime::exec(
    engine::ExecCall call, std::function<void(engine::CallResult, engine::ExecEnd)> done) {
  std::string why;
  if (auto* runtime = entrance_(why)) {
    return runtime->exec(std::move(call), std::move(done));
  }
  done(unavailable(std::move(why)), {});
  return std::make_unique<NoCall>();
}

engine::CallResult QuarantinedRuntime::logs(const LogQuery& query, OutputReader& reader) {
  std::string why;
  auto* runtime = entrance_(why);
  return runtime != nullptr ? runtime->logs(query, reader) : unavailable(std::move(why));
}

ExecOutcome QuarantinedRuntime::exec(const ExecQuery& query, OutputReader& reader) {
  std::string why;
  auto* runtime = entrance_(why);
  return runtime != nullptr ? runtime->exec(query, reader)
                            : ExecOutcome{.result = unavailable(std::move(why))};
}

QuarantinedNotifier::QuarantinedNotifier(std::string name, Entrance<NotifierAdapter> entrance)
    : name_(std::move(name)), entrance_(std::move(entrance)) {}

model::Milliseconds QuarantinedNotifier::resendInterval() const {
  std::string why;
  const auto* notifier = entrance_(why);
  return notifier != nullptr ? notifier->resendInterval() : model::Milliseconds(0);
}

void QuarantinedNotifier::deliver(alerts::Message message, int attempt,
                                  std::function<void(engine::CallResult)> done) {
  std::string why;
  if (auto* notifier = entrance_(why)) {
    notifier->deliver(std::move(message), attempt, std::move(done));
  } else {
    done(unavailable(std::move(why)));
  }
}

QuarantinedUplink::QuarantinedUplink(std::string name, Entrance<UplinkAdapter> entrance)
    : name_(std::move(name)), entrance_(std::move(entrance)) {}

sdk::EnrolmentStep QuarantinedUplink::enrolment() const {
  std::string why;
  const auto* uplink = entrance_(why);
  return uplink != nullptr ? uplink->enrolment() : sdk::EnrolmentStep::None;
}

void QuarantinedUplink::enrol(uplink::Device device, std::function<void(engine::CallResult)> done) {
  std::string why;
  if (auto* uplink = entrance_(why)) {
    uplink->enrol(std::move(device), std::move(done));
  } else {
    done(unavailable(std::move(why)));
  }
}

void QuarantinedUplink::fetchTarget(
    std::string etag,
    std::function<void(engine::CallResult, std::optional<uplink::FetchedTarget>)> done) {
  std::string why;
  if (auto* uplink = entrance_(why)) {
    uplink->fetchTarget(std::move(etag), std::move(done));
  } else {
    done(unavailable(std::move(why)), std::nullopt);
  }
}

void QuarantinedUplink::deliverReport(std::int64_t sequence, std::string contentJson,
                                      std::function<void(engine::CallResult)> done) {
  std::string why;
  if (auto* uplink = entrance_(why)) {
    uplink->deliverReport(sequence, std::move(contentJson), std::move(done));
  } else {
    done(unavailable(std::move(why)));
  }
}

void QuarantinedUplink::deliverLogs(std::vector<uplink::LogLine> lines,
                                    std::function<void(engine::CallResult)> done) {
  std::string why;
  if (auto* uplink = entrance_(why)) {
    uplink->deliverLogs(std::move(lines), std::move(done));
  } else {
    done(unavailable(std::move(why)));
  }
}

std::vector<uplink::Fact> QuarantinedUplink::facts() const {
  std::string why;
  const auto* uplink = entrance_(why);
  return uplink != nullptr ? uplink->facts() : std::vector<uplink::Fact>();
}

}  // namespace holdfast::pluginhost
