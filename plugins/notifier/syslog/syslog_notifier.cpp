// SPDX-License-Identifier: Apache-2.0
#include "notifier/syslog/syslog_notifier.hpp"

#include "notifier/syslog/local_transport.hpp"
#include "notifier/syslog/record.hpp"
#include "notifier/syslog/stream_transport.hpp"
#include "notifier/syslog/udp_transport.hpp"

namespace holdfast::syslog {
namespace {

std::unique_ptr<Transport> makeTransport(const Options& options) {
  switch (options.way) {
    case Way::Local:
      return std::make_unique<LocalTransport>(options.sender);
    case Way::Udp:
      return std::make_unique<UdpTransport>(options.sender, options.target.host,
                                            options.target.port);
    case Way::Stream:
      return std::make_unique<StreamTransport>(options.sender, options.target);
  }
  return nullptr;
}

}  // namespace

SyslogNotifier::SyslogNotifier(sdk::Host& host)
    : target_(host.option("target")),
      options_(readOptions(host)),
      transport_(makeTransport(options_)) {}

sdk::Status SyslogNotifier::start(sdk::Call& /*call*/) {
  return {};
}

sdk::Status SyslogNotifier::health(sdk::Call& call) {
  return told(transport_->check(limitsOf(call, options_.timeoutMs, stopSignal_.descriptor())),
              call);
}

void SyslogNotifier::stop() noexcept {
  stopSignal_.raise();
  transport_->close();
}

sdk::Status SyslogNotifier::deliver(const sdk::Notification& notification, sdk::Call& call) {
  std::string problem;
  const std::optional<notifier::Message> message = notifier::readMessage(notification, problem);
  if (!message) {
    call.explain(problem, {});
    return {sdk::ErrorClass::Invalid};
  }
  return told(transport_->send(recordsOf(*message),
                               limitsOf(call, options_.timeoutMs, stopSignal_.descriptor())),
              call);
}

sdk::Status SyslogNotifier::told(const Result& result, sdk::Call& call) const {
  if (!result.ok()) {
    call.explain(target_ + ": " + result.problem, {});
  }
  return {result.code};
}

}  // namespace holdfast::syslog
