// SPDX-License-Identifier: Apache-2.0
// What was learnt of the engine's objects and still holds, so that a look at fifty unchanged
// containers is one request instead of a hundred.
#pragma once

#include <boost/json/value.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::runtime {

// What only an inspection tells of a container.
struct ContainerDetails {
  std::string image;  // reference that it was made from
  std::string error;  // of a failed start
  std::int64_t createdAtMs = 0;
  std::int64_t startedAtMs = 0;
  std::int64_t finishedAtMs = 0;
  int exitCode = 0;
  int pid = 0;
  bool oomKilled = false;
  // Mounts and addresses, where only an inspection tells them: a part of it. Else null.
  boost::json::value places = nullptr;
};

// An image's own check of its containers; sdk::ImageRecord says what the members mean.
struct ImageCheck {
  std::vector<std::string> argv;
  std::int64_t intervalMs = 0;
  std::int64_t timeoutMs = 0;
  std::int64_t startPeriodMs = 0;
  std::int32_t retries = 0;
};

struct ImageDetails {
  std::string id;
  std::string digest;
  std::int64_t sizeBytes = 0;
  ImageCheck check;
};

struct NamedObject {
  std::string id;  // empty for volumes
  std::string name;
  std::vector<std::pair<std::string, std::string>> labels;
};

// Entries hold only while a stream of events is open, because only then does a change reach
// forget...(); they end by themselves after kMaxAge, should an event have been lost: dockerd drops
// what a slow reader does not take. Thread-safe.
//
// An answer that was asked for before something was forgotten may be older than the change.
// Therefore a look takes a ticket before it asks, and what it learnt is kept only if nothing was
// forgotten since.
class LookCache {
 public:
  static constexpr std::chrono::minutes kMaxAge{5};
  using Ticket = std::uint64_t;
  using TimePoint = std::chrono::steady_clock::time_point;

  void connected();
  void disconnected();

  void forgetContainer(std::string_view idOrName);
  void forgetImages();
  void forgetNetworks();
  void forgetVolumes();

  [[nodiscard]] Ticket ticket() const;

  // `state` is what the list says of the state: another one than that of the entry is a change.
  [[nodiscard]] std::optional<ContainerDetails> container(const std::string& id,
                                                          std::string_view state,
                                                          TimePoint now) const;
  void keepContainer(Ticket ticket, const std::string& id, std::string_view name,
                     std::string_view state, ContainerDetails details, TimePoint now);
  // Drops the entries of containers that are not there any more.
  void keepOnly(const std::function<bool(const std::string& id)>& exists);

  // The outer optional: is it known? The inner one: is there such an image?
  [[nodiscard]] std::optional<std::optional<ImageDetails>> image(const std::string& reference,
                                                                 TimePoint now) const;
  void keepImage(Ticket ticket, const std::string& reference, std::optional<ImageDetails> details,
                 TimePoint now);

  [[nodiscard]] std::optional<std::vector<NamedObject>> networks(TimePoint now) const;
  void keepNetworks(Ticket ticket, std::vector<NamedObject> networks, TimePoint now);
  [[nodiscard]] std::optional<std::vector<NamedObject>> volumes(TimePoint now) const;
  void keepVolumes(Ticket ticket, std::vector<NamedObject> volumes, TimePoint now);

 private:
  template <typename Value>
  struct Entry {
    Value value;
    TimePoint learnt;
  };
  struct Container {
    std::string name;
    std::string state;
    ContainerDetails details;
  };

  void clear();
  [[nodiscard]] bool keeps(Ticket ticket) const { return streams_ > 0 && ticket == changes_; }

  mutable std::mutex mutex_;
  int streams_ = 0;
  Ticket changes_ = 0;
  std::map<std::string, Entry<Container>, std::less<>> containers_;
  std::map<std::string, Entry<std::optional<ImageDetails>>> images_;
  std::optional<Entry<std::vector<NamedObject>>> networks_;
  std::optional<Entry<std::vector<NamedObject>>> volumes_;
};

}  // namespace holdfast::runtime
