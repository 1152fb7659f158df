// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/time.hpp"

namespace holdfast::engine::test {

// Both clocks move when a test says so; the wall clock may also jump.
class ManualClock final : public model::Clock {
 public:
  [[nodiscard]] model::Now now() const override { return now_; }
  void advance(model::Milliseconds by) {
    now_.boot += by;
    now_.wall += by;
  }
  void jumpWall(model::Milliseconds by) { now_.wall += by; }

 private:
  // 2025-10-24T10:15:00Z, an hour after boot.
  model::Now now_{model::BootTime(model::Milliseconds(3'600'000)),
                  model::WallTime(model::Milliseconds(1'761'300'900'000))};
};

}  // namespace holdfast::engine::test
