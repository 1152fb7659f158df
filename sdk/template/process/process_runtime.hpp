// SPDX-License-Identifier: Apache-2.0
// The runtime `process`: images are executable files, containers are supervised processes of the
// host. README.md says what that gives, and what not.
#pragma once

#include "container_store.hpp"
#include "image_store.hpp"
#include "steps.hpp"
#include <holdfast/sdk/runtime.hpp>

#include <filesystem>

namespace process {

// "properties" are what people configure as runtime.process.<name>.
inline constexpr char kOptions[] = R"({"properties": {
  "images": {"type": "path", "required": true,
             "description": "folder with the images, one executable file each"}}})";

class ProcessRuntime final : public holdfast::sdk::RuntimePlugin {
 public:
  // As the host makes it: the supervisor is the file process-supervisor beside the plugin. Throws
  // std::runtime_error when there is none.
  explicit ProcessRuntime(holdfast::sdk::Host& host);
  // With a supervisor from elsewhere.
  ProcessRuntime(holdfast::sdk::Host& host, std::filesystem::path supervisor);

  holdfast::sdk::Status start(holdfast::sdk::Call& call) override;
  holdfast::sdk::Status health(holdfast::sdk::Call& call) override;
  void stop() noexcept override {}  // there is nothing that lives longer than a call
  holdfast::sdk::Status engineInfo(holdfast::sdk::Call& call,
                                   holdfast::sdk::EngineInfoSink& sink) override;
  holdfast::sdk::Status validate(std::string_view specJson, holdfast::sdk::Call& call) override;
  holdfast::sdk::Status observe(const holdfast::sdk::ObserveRequest& request,
                                holdfast::sdk::Call& call,
                                holdfast::sdk::ObservationSink& sink) override;
  holdfast::sdk::Status execute(const holdfast::sdk::Step& step,
                                holdfast::sdk::Call& call) override;
  holdfast::sdk::Status pull(const holdfast::sdk::PullRequest& request, holdfast::sdk::Call& call,
                             holdfast::sdk::ProgressSink& sink) override;
  holdfast::sdk::Status watch(holdfast::sdk::Call& call, holdfast::sdk::EventSink& sink) override;
  holdfast::sdk::Status logs(const holdfast::sdk::LogRequest& request, holdfast::sdk::Call& call,
                             holdfast::sdk::OutputSink& sink) override;
  holdfast::sdk::Status exec(const holdfast::sdk::ExecRequest& request, holdfast::sdk::Call& call,
                             holdfast::sdk::OutputSink& sink,
                             holdfast::sdk::ExecResult& result) override;

 private:
  const std::filesystem::path state_;
  ContainerStore containers_;
  ImageStore images_;
  Steps steps_;
};

}  // namespace process
