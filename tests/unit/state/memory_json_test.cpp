// SPDX-License-Identifier: Apache-2.0
#include "state/memory_json.hpp"

#include "unit/state/store_fixture.hpp"

#include <gtest/gtest.h>

#include <string>

namespace holdfast::state {
namespace {

TEST(MemoryJson, KeepsEveryMember) {
  const engine::ServiceMemory full = memory("1001/a");
  EXPECT_EQ(memoryFromJson("1001/a", toJson(full)), full);
}

TEST(MemoryJson, LeavesDefaultsOut) {
  engine::ServiceMemory empty;
  empty.key = "1001/a";
  EXPECT_EQ(toJson(empty), "{}");
  EXPECT_EQ(memoryFromJson("1001/a", "{}"), empty);
}

TEST(MemoryJson, KeepsTextsThatAreNoUtf8) {
  engine::ServiceMemory odd = memory("1001/a");
  odd.lastState->reason = "\xff\xfe\"\n";
  EXPECT_EQ(memoryFromJson("1001/a", toJson(odd)), odd);
}

TEST(MemoryJson, IgnoresWhatItDoesNotKnow) {
  const auto read = memoryFromJson("k", R"({"restartCount": 2, "later": [1], "exitKind": 99})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->restartCount, 2);
  EXPECT_EQ(read->exitKind, engine::ExitKind::None);
}

TEST(MemoryJson, TakesAnUnknownClassOfACallForAnInternalOne) {
  for (const char* number : {"-1", "11"}) {
    const auto read =
        memoryFromJson("k", std::string(R"({"stepCall": {"call": "startContainer", "runtime": "r",
            "object": "o", "began": 1, "tookMs": 1, "message": "", "class": )") +
                                number + "}}");
    ASSERT_TRUE(read);
    ASSERT_TRUE(read->stepCall);
    EXPECT_EQ(read->stepCall->errorClass, sdk::ErrorClass::Internal) << number;
  }
}

TEST(MemoryJson, RefusesWhatDoesNotFit) {
  for (const char* text :
       {"", "[]", "null", "{", R"({"restartCount": "two"})", R"({"lastState": {}})",
        R"({"volumeNames": 1})", "[[[[[[[[[[[[[[[[[[[["}) {
    EXPECT_FALSE(memoryFromJson("k", text)) << text;
  }
}

}  // namespace
}  // namespace holdfast::state
