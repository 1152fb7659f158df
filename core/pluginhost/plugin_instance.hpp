// SPDX-License-Identifier: Apache-2.0
// One instance of a plugin from its request to its end: options, create, start, supervision, and
// the port of its kind.
#pragma once

#include "pluginhost/crash_history.hpp"
#include "pluginhost/host_context.hpp"
#include "pluginhost/loaded_plugin.hpp"
#include "pluginhost/notifier_adapter.hpp"
#include "pluginhost/plugin_file.hpp"
#include "pluginhost/plugin_report.hpp"
#include "pluginhost/quarantined_ports.hpp"
#include "pluginhost/registry_settings.hpp"
#include "pluginhost/runtime_adapter.hpp"
#include "pluginhost/supervisor.hpp"
#include "pluginhost/uplink_adapter.hpp"
#include "pluginhost/uplink_words.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace holdfast::pluginhost {

// bringIn(), refuse() and end() do not run beside one another; the rest is thread-safe. What a
// quarantine keeps out at first comes in later by itself, on a thread of the lifecycle's.
class PluginInstance {
 public:
  PluginInstance(std::shared_ptr<HostContext> host, PluginRequest request,
                 std::shared_ptr<PluginFile> file);

  // All the way in, or to the first refusal, which is logged and reported. Blocks.
  void bringIn();
  void refuse(Refusal refusal);

  [[nodiscard]] PluginReport report() const;
  [[nodiscard]] const PluginRequest& request() const { return request_; }

  // nullptr when it was refused, or is of another kind. Of a quarantined one, what stands in its
  // place: the same for good, also once it is in.
  [[nodiscard]] engine::RuntimePort* runtime() const;
  [[nodiscard]] RuntimeConsole* console() const;
  [[nodiscard]] alerts::NotifierPort* notifier() const;
  [[nodiscard]] uplink::UplinkPort* uplink() const;

  // Refuses new calls and cancels those that run.
  void close();

  // close(), waits for the calls, then stops and destroys. False when something of it still runs
  // at `deadline`: then it stays where it is, for good. Blocks until then at most.
  [[nodiscard]] bool end(Alarm::Clock::time_point deadline);

 private:
  [[nodiscard]] std::optional<Refusal> tryToBringIn();
  [[nodiscard]] std::optional<Refusal> bringUp();
  [[nodiscard]] Refusal quarantine(const Quarantine& quarantine);
  void putStandIn();
  template <class Adapter>
  [[nodiscard]] Adapter* enter(const std::unique_ptr<Adapter>& adapter, std::string& why);
  void tryAgain();
  void endTry();
  [[nodiscard]] std::optional<Refusal> create(const LoadedPlugin& plugin);
  [[nodiscard]] std::optional<Refusal> start();
  [[nodiscard]] bool stop(Alarm::Clock::time_point deadline);
  void supervise();

  const std::shared_ptr<HostContext> host_;
  const PluginRequest request_;
  const std::string label_;
  const std::shared_ptr<PluginFile> file_;
  OptionValues options_;  // checked, until the instance has them
  std::unique_ptr<Instance> instance_;
  model::Milliseconds resendInterval_{0};  // of a notifier, as it asks for it
  std::shared_ptr<UplinkWords> words_;     // of an uplink
  std::unique_ptr<Supervisor> supervisor_;
  std::unique_ptr<RuntimeAdapter> runtime_;
  std::unique_ptr<NotifierAdapter> notifier_;
  std::unique_ptr<UplinkAdapter> uplink_;
  // In their places while it is, or was, in quarantine.
  std::unique_ptr<QuarantinedRuntime> runtimeStandIn_;
  std::unique_ptr<QuarantinedNotifier> notifierStandIn_;
  std::unique_ptr<QuarantinedUplink> uplinkStandIn_;

  // For what changes when the quarantine is over: the report, and the pointers above once in use.
  mutable std::mutex mutex_;
  std::condition_variable tried_;
  PluginReport report_;
  model::BootTime quarantinedUntil_;
  bool trying_ = false;
  bool closed_ = false;
};

}  // namespace holdfast::pluginhost
