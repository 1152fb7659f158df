// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/look_cache.hpp"

namespace holdfast::runtime {
namespace {

bool isYoung(LookCache::TimePoint learnt, LookCache::TimePoint now) {
  return now - learnt < LookCache::kMaxAge;
}

}  // namespace

void LookCache::clear() {
  ++changes_;
  containers_.clear();
  images_.clear();
  networks_.reset();
  volumes_.reset();
}

void LookCache::connected() {
  const std::lock_guard lock(mutex_);
  ++streams_;
  clear();
}

void LookCache::disconnected() {
  const std::lock_guard lock(mutex_);
  --streams_;
  clear();
}

void LookCache::forgetContainer(std::string_view idOrName) {
  const std::lock_guard lock(mutex_);
  ++changes_;
  std::erase_if(containers_, [idOrName](const auto& entry) {
    return entry.first == idOrName || entry.second.value.name == idOrName;
  });
}

void LookCache::forgetImages() {
  const std::lock_guard lock(mutex_);
  ++changes_;
  images_.clear();
}

void LookCache::forgetNetworks() {
  const std::lock_guard lock(mutex_);
  ++changes_;
  networks_.reset();
}

void LookCache::forgetVolumes() {
  const std::lock_guard lock(mutex_);
  ++changes_;
  volumes_.reset();
}

LookCache::Ticket LookCache::ticket() const {
  const std::lock_guard lock(mutex_);
  return changes_;
}

std::optional<ContainerDetails> LookCache::container(const std::string& id, std::string_view state,
                                                     TimePoint now) const {
  const std::lock_guard lock(mutex_);
  const auto found = containers_.find(id);
  if (found == containers_.end() || found->second.value.state != state ||
      !isYoung(found->second.learnt, now)) {
    return std::nullopt;
  }
  return found->second.value.details;
}

void LookCache::keepContainer(Ticket ticket, const std::string& id, std::string_view name,
                              std::string_view state, ContainerDetails details, TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (keeps(ticket)) {
    containers_.insert_or_assign(
        id, Entry<Container>{{std::string(name), std::string(state), std::move(details)}, now});
  }
}

void LookCache::keepOnly(const std::function<bool(const std::string& id)>& exists) {
  const std::lock_guard lock(mutex_);
  std::erase_if(containers_, [&](const auto& entry) { return !exists(entry.first); });
}

std::optional<std::optional<ImageDetails>> LookCache::image(const std::string& reference,
                                                            TimePoint now) const {
  const std::lock_guard lock(mutex_);
  const auto found = images_.find(reference);
  if (found == images_.end() || !isYoung(found->second.learnt, now)) {
    return std::nullopt;
  }
  return found->second.value;
}

void LookCache::keepImage(Ticket ticket, const std::string& reference,
                          std::optional<ImageDetails> details, TimePoint now) {
  const std::lock_guard lock(mutex_);
  // References come from targets; those of former ones leave with the next image event or in time.
  constexpr std::size_t kMaxImages = 4096;
  if (keeps(ticket) && images_.size() < kMaxImages) {
    images_.insert_or_assign(reference,
                             Entry<std::optional<ImageDetails>>{std::move(details), now});
  }
}

std::optional<std::vector<NamedObject>> LookCache::networks(TimePoint now) const {
  const std::lock_guard lock(mutex_);
  if (!networks_ || !isYoung(networks_->learnt, now)) {
    return std::nullopt;
  }
  return networks_->value;
}

void LookCache::keepNetworks(Ticket ticket, std::vector<NamedObject> networks, TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (keeps(ticket)) {
    networks_ = Entry<std::vector<NamedObject>>{std::move(networks), now};
  }
}

std::optional<std::vector<NamedObject>> LookCache::volumes(TimePoint now) const {
  const std::lock_guard lock(mutex_);
  if (!volumes_ || !isYoung(volumes_->learnt, now)) {
    return std::nullopt;
  }
  return volumes_->value;
}

void LookCache::keepVolumes(Ticket ticket, std::vector<NamedObject> volumes, TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (keeps(ticket)) {
    volumes_ = Entry<std::vector<NamedObject>>{std::move(volumes), now};
  }
}

}  // namespace holdfast::runtime
