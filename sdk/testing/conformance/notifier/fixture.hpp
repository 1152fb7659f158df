// SPDX-License-Identifier: Apache-2.0
// What the tests of a notifier plugin stand on: an instance, and a receiver that keeps what comes.
#pragma once

#include "conformance/kit/arguments.hpp"
#include "conformance/kit/http_receiver.hpp"
#include "conformance/kit/instance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace holdfast::conformance {

// What stands behind @secret@.
inline constexpr const char* kSecret = "c0nf0rmance-S3cret-Marker";

// Makes the receivers of the run, and sets the placeholders that lead to them.
void prepareReceivers(Kit& kit);

// A notification by value.
struct Message {
  std::string id = "note-0001";
  std::string group = "group-0001";
  std::string title = "Service web of app shop cannot be started";
  std::string text = "web: the image cannot be pulled";
  std::string contentJson = R"({"id": "note-0001", "alerts": [{"name": "ImagePullFailed"}]})";
  sdk::NotificationState state = sdk::NotificationState::Firing;
  sdk::Severity severity = sdk::Severity::Error;
  int attempt = 1;
};

class NotifierTest : public ::testing::Test {
 protected:
  // Creates and starts an instance whose receiver answers "200 OK".
  void SetUp() override;

  [[nodiscard]] Outcome deliver(const Message& message, std::int64_t limitMs = 10'000) const;
  [[nodiscard]] static Outcome deliver(const Instance& instance, const Message& message,
                                       DeadlineCall& call);

  // What the receiver was told since the test began; of a file, its lines.
  [[nodiscard]] static std::string told();
  // What the plugin must keep to itself and the receiver.
  [[nodiscard]] static std::vector<std::string> secrets();
  // Only where conformance.receiver is http.
  [[nodiscard]] static HttpReceiver& receiver();

  std::unique_ptr<Instance> instance_;
};

}  // namespace holdfast::conformance
