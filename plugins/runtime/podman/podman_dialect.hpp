// SPDX-License-Identifier: Apache-2.0
// The libpod API of Podman, in the form of its version 4, which Podman 5 speaks as well.
#pragma once

#include "runtime/common/dialect.hpp"

namespace holdfast::podman {

// Versions are the major number of the libpod API that the engine offers: "4.3.1" is 4.
class PodmanDialect final : public runtime::Dialect {
 public:
  [[nodiscard]] std::string_view name() const override;
  [[nodiscard]] std::string_view permissionHint() const override;
  [[nodiscard]] runtime::PingVerdict judgePing(const support::HttpResponse& response,
                                               const std::string& where) const override;
  [[nodiscard]] std::string basePath(int version, bool pull) const override;
  [[nodiscard]] std::span<const runtime::ErrorRule> errorTable() const override;
  [[nodiscard]] std::string errorTextOf(const support::HttpResponse& response) const override;
  [[nodiscard]] std::string rootOf(std::string_view text) const override;
  [[nodiscard]] runtime::EngineFacts factsOf(const boost::json::value& info,
                                             int version) const override;

  [[nodiscard]] std::string refusalOf(const runtime::ContainerSpec& spec) const override;
  [[nodiscard]] std::string createPath(std::string_view name) const override;
  [[nodiscard]] boost::json::object createBody(const runtime::ContainerSpec& spec,
                                               int version) const override;
  [[nodiscard]] bool saysProcessVanished(const support::HttpResponse& response) const override;
  [[nodiscard]] bool saysNameTaken(const support::HttpResponse& response) const override;
  [[nodiscard]] sdk::ContainerState stateOf(std::string_view word) const override;
  [[nodiscard]] bool manages(const boost::json::object& labels) const override;
  [[nodiscard]] std::string_view graceQuery() const override;
  [[nodiscard]] bool updatesRestartPolicy() const override;
  [[nodiscard]] std::span<const std::string_view> listFilters() const override;
  [[nodiscard]] bool listTellsPlaces() const override;
  [[nodiscard]] std::optional<int> exitCodeOf(const boost::json::value& exec) const override;
  [[nodiscard]] bool saysNotRun(std::string_view output) const override;

  [[nodiscard]] const runtime::ObjectForm& networkForm() const override;
  [[nodiscard]] const runtime::ObjectForm& volumeForm() const override;
  [[nodiscard]] boost::json::object networkBody(std::string_view name,
                                                const runtime::NetworkSpec& spec) const override;
  [[nodiscard]] boost::json::object volumeBody(std::string_view name,
                                               const runtime::VolumeSpec& spec) const override;
  [[nodiscard]] std::string_view eventFilters() const override;
  [[nodiscard]] bool reportsExecEnds() const override;
  [[nodiscard]] bool reportsNetworks() const override;
  [[nodiscard]] runtime::PullEnd pullEnd() const override;
};

}  // namespace holdfast::podman
