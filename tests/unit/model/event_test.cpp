// SPDX-License-Identifier: Apache-2.0
#include "model/event.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace holdfast::model {
namespace {

TEST(Event, Json) {
  const Event event{.id = 9,
                    .firstId = 4,
                    .what = {EventType::Warning, "BackOff", "1001", "nodered", "Back-off pulling"},
                    .count = 4,
                    .firstTimestamp = WallTime{Milliseconds{1761300930000}},
                    .lastTimestamp = WallTime{Milliseconds{1761300962114}}};
  EXPECT_EQ(boost::json::serialize(toJson(event)),
            R"({"id":9,"firstId":4,"type":"Warning","reason":"BackOff","app":"1001",)"
            R"("service":"nodered","message":"Back-off pulling","count":4,)"
            R"("firstTimestamp":"2025-10-24T10:15:30.000Z",)"
            R"("lastTimestamp":"2025-10-24T10:16:02.114Z"})");
  EXPECT_EQ(toJson(Event{}).at("type"), "Normal");
}

}  // namespace
}  // namespace holdfast::model
