// SPDX-License-Identifier: Apache-2.0
// One instance of a plugin from its request to its end: options, create, start, supervision, and
// the port of its kind.
#pragma once

#include "pluginhost/host_context.hpp"
#include "pluginhost/loaded_plugin.hpp"
#include "pluginhost/notifier_adapter.hpp"
#include "pluginhost/plugin_file.hpp"
#include "pluginhost/plugin_report.hpp"
#include "pluginhost/registry_settings.hpp"
#include "pluginhost/runtime_adapter.hpp"
#include "pluginhost/supervisor.hpp"

#include <memory>
#include <optional>
#include <string>

namespace holdfast::pluginhost {

// Written by bringIn(), refuse() and end(), which do not run beside anything; the rest is
// thread-safe.
class PluginInstance {
 public:
  PluginInstance(std::shared_ptr<HostContext> host, PluginRequest request,
                 std::shared_ptr<PluginFile> file);

  // All the way in, or to the first refusal, which is logged and reported. Blocks.
  void bringIn();
  void refuse(Refusal refusal);

  [[nodiscard]] PluginReport report() const;
  [[nodiscard]] const PluginRequest& request() const { return request_; }

  // nullptr when it was refused, or is of another kind.
  [[nodiscard]] RuntimeAdapter* runtime() const { return runtime_.get(); }
  [[nodiscard]] NotifierAdapter* notifier() const { return notifier_.get(); }

  // Refuses new calls and cancels those that run.
  void close();

  // close(), waits for the calls, then stops and destroys. False when something of it still runs
  // after `limit`: then it stays where it is, for good.
  [[nodiscard]] bool end(model::Milliseconds limit);

 private:
  [[nodiscard]] std::optional<Refusal> tryToBringIn();
  [[nodiscard]] std::optional<Refusal> create(const LoadedPlugin& plugin, OptionValues options);
  [[nodiscard]] std::optional<Refusal> start();
  [[nodiscard]] bool stop();
  void supervise();

  const std::shared_ptr<HostContext> host_;
  const PluginRequest request_;
  const std::string label_;
  const std::shared_ptr<PluginFile> file_;
  PluginReport report_;
  std::unique_ptr<Instance> instance_;
  model::Milliseconds resendInterval_{0};  // of a notifier, as it asks for it
  std::unique_ptr<Supervisor> supervisor_;
  std::unique_ptr<RuntimeAdapter> runtime_;
  std::unique_ptr<NotifierAdapter> notifier_;
};

}  // namespace holdfast::pluginhost
