// SPDX-License-Identifier: Apache-2.0
// Alerts that one receiver is told of together: what it knows of each, and what there is to tell.
//
// Not thread-safe. Which alerts flap is an argument, since it is the same for all receivers.
#pragma once

#include "alerts/flap_book.hpp"
#include "alerts/notice.hpp"
#include "alerts/tracker.hpp"
#include "model/alert.hpp"

#include <map>
#include <optional>
#include <string>

namespace holdfast::alerts {

class AlertGroup {
 public:
  // What there is to tell at the moment.
  struct News {
    bool fresh = false;
    bool raised = false;
    bool ended = false;
    bool flaps = false;
    bool allOver = true;
    [[nodiscard]] bool any() const { return fresh || raised || ended || flaps; }
  };

  // An alert that the receiver is to be told of.
  void add(const std::string& id, const model::Alert& alert);
  // One that it was told of in the last run, with that severity, and that is over now or goes on.
  void restore(const std::string& id, const model::Alert& alert, sdk::Severity told, bool over);

  // What became of a member. Of alerts that are none nothing is taken in.
  void fire(const std::string& id, const model::Alert& alert, bool muted);
  void end(const std::string& id, const model::Alert& alert, const FlapBook& flaps);
  // It flaps no more: what it settled to is news again.
  void settle(const std::string& id);
  // For receivers that want no ends told. They are forgotten all the same: the next time it fires
  // is news.
  void forgetEnded(const FlapBook& flaps);

  // Hands over to `other` what the receiver does not know of yet.
  void moveUntold(AlertGroup& other);
  [[nodiscard]] bool hasUntold() const;

  // Fills in reason, state and alerts of a notice with all that there is to tell. It counts as
  // told.
  void tell(Notice& notice, const FlapBook& flaps);

  [[nodiscard]] bool empty() const { return members_.empty(); }
  [[nodiscard]] bool has(const std::string& id) const { return members_.count(id) > 0; }
  [[nodiscard]] News news(const FlapBook& flaps) const;
  // Whether the receiver knows of one that goes on and is not muted: it can be reminded.
  [[nodiscard]] bool remindable() const;
  [[nodiscard]] sdk::Severity urgency() const;
  // What it was told and not taken back yet, and those of them that ended.
  [[nodiscard]] std::map<std::string, sdk::Severity> told() const;
  [[nodiscard]] AlertMap toldEnded() const;

 private:
  struct Member {
    model::Alert alert;
    std::optional<sdk::Severity> told;  // as firing, with this severity
    bool over = false;
    bool muted = false;
    bool flapTold = false;
  };

  [[nodiscard]] static bool unknown(const Member& member);
  [[nodiscard]] static bool listed(const Member& member, bool flaps);
  void markTold(const FlapBook& flaps);

  std::map<std::string, Member> members_;
};

}  // namespace holdfast::alerts
