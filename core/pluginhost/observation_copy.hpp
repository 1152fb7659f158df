// SPDX-License-Identifier: Apache-2.0
// Takes what a runtime plugin reports and makes values of it, with bounds. What breaks the contract
// is remembered: a look with a hole in it is no look.
#pragma once

#include "engine/ports.hpp"
#include "holdfast/sdk/runtime.hpp"
#include "model/observation.hpp"

#include <set>
#include <string>
#include <vector>

namespace holdfast::pluginhost {

// Used by one call, from any of its threads one at a time.
class ObservationCopy final : public sdk::ObservationSink {
 public:
  // `images` are the references that were asked for; others are a breach of contract.
  ObservationCopy(model::Now at, const std::vector<std::string>& images);
  virtual ~ObservationCopy() = default;

  void container(const sdk::ContainerRecord& record) noexcept override;
  void image(const sdk::ImageRecord& record) noexcept override;
  void network(const sdk::NetworkRecord& record) noexcept override;
  void volume(const sdk::VolumeRecord& record) noexcept override;

  // The first breach of contract; empty when there was none.
  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] model::Observation take() { return std::move(observation_); }

 private:
  template <class Add>
  void guarded(Add add) noexcept;
  void breach(const std::string& what);

  model::Observation observation_;
  std::set<std::string, std::less<>> asked_;
  std::set<std::string, std::less<>> containerIds_;
  std::string problem_;
};

// The engine's description, bounded and printable.
class EngineInfoCopy final : public sdk::EngineInfoSink {
 public:
  virtual ~EngineInfoCopy() = default;
  void engineInfo(const sdk::EngineInfo& info) noexcept override;
  [[nodiscard]] bool reported() const { return reported_; }
  [[nodiscard]] engine::EngineInfo take() { return std::move(info_); }

 private:
  engine::EngineInfo info_;
  bool reported_ = false;
};

}  // namespace holdfast::pluginhost
