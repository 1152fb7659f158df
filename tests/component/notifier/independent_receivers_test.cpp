// SPDX-License-Identifier: Apache-2.0
// Deliveries to a receiver that others wrote: signatures are verified, and events parsed, by
// implementations that share nothing with the plugin (tests/npm/receiver.mjs).
#include "fixtures/lab/process.hpp"
#include "holdfast/support/json.hpp"
#include "webhook_fixture.hpp"

#include <memory>
#include <sstream>

namespace holdfast::webhook {
namespace {

using fixtures::Certificates;
using sdk::ErrorClass;
using support::jsonText;
using ::testing::HasSubstr;

constexpr const char* kOldKey = "whsec_b2xkIGtleSBvZiB0aGUgcmVjZWl2ZXIgY2FuYXJ5\n";
constexpr const char* kNewKey = "whsec_bmV3IGtleSBvZiB0aGUgcmVjZWl2ZXIgY2FuYXJ5\n";
constexpr const char* kOtherKey = "whsec_a2V5IG9mIHNvbWVib2R5IGVsc2UgY2FuYXJ5Cg==\n";

class IndependentReceiver : public WebhookTest {
 protected:
  // Its key 0 is the old one, 1 the new one.
  IndependentReceiver() {
    fixtures::writeFile(directory_.path() / "keys", std::string(kOldKey) + kNewKey);
    process_ = std::make_unique<fixtures::Process>(std::vector<std::string>{
        "node", HOLDFAST_NPM_DIR "/receiver.mjs", certificates_.server().certFile,
        certificates_.server().keyFile, directory_.path() / "keys"});
    const bool listens = fixtures::waitUntil(
        [this] { return process_->standardOutput().starts_with("listening ") && lines() > 0; },
        std::chrono::seconds(30));
    EXPECT_TRUE(listens) << process_->standardError();
    std::istringstream(process_->standardOutput().substr(10)) >> port_;
  }

  std::string url(const std::string& path, int key) const {
    return "https://127.0.0.1:" + std::to_string(port_) + path + "?key=" + std::to_string(key);
  }

  Outcome send(const std::string& format, int receiversKey, const std::string& ourKeys,
               fixtures::SampleNotification sample = fixtures::firingSample()) {
    return deliver({{"url", url("/" + format, receiversKey)},
                    {"format", format},
                    {"secretFile", secret("ours", ourKeys)},
                    {"caFile", certificates_.caFile()}},
                   std::move(sample));
  }

  // The events that it has taken, as it read them: it had written each before it answered.
  std::vector<boost::json::value> taken() const {
    std::vector<boost::json::value> events;
    std::istringstream text(process_->standardOutput());
    std::string line;
    for (std::getline(text, line); std::getline(text, line);) {
      events.push_back(boost::json::parse(line));
    }
    return events;
  }

  Certificates certificates_;
  std::unique_ptr<fixtures::Process> process_;
  int port_ = 0;

 private:
  std::ptrdiff_t lines() const {
    const auto text = process_->standardOutput();
    return std::count(text.begin(), text.end(), '\n');
  }
};

// The same trouble, told in every letter that a signature could stumble over.
fixtures::SampleNotification unicodeSample() {
  auto sample = fixtures::firingSample();
  sample.alerts()[0].as_object()["message"] = "Süd \"7\"\\ \u2028 \U0001F525 \x7f </script>";
  return sample;
}

TEST_F(IndependentReceiver, VerifiesEveryKindOfMessage) {
  for (const auto& sample : {fixtures::firingSample(), fixtures::resolvedSample(),
                             fixtures::testSample(), unicodeSample()}) {
    const Outcome outcome = send("standard", 0, kOldKey, sample);
    EXPECT_EQ(outcome.status.code, ErrorClass::Ok) << outcome.message;
  }
  const auto events = taken();
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(jsonText(events[0], {"type"}), "service.image_pull_failed.firing");
  EXPECT_EQ(jsonText(events[1], {"type"}), "service.image_pull_failed.resolved");
  EXPECT_EQ(jsonText(events[2], {"type"}), "device.test.informational");
  EXPECT_EQ(jsonText(events[3], {"data", "message"}),
            jsonText(unicodeSample().alerts()[0], {"message"}));
}

TEST_F(IndependentReceiver, RefusesTheSignatureOfAnotherKey) {
  const Outcome outcome = send("standard", 0, kOtherKey);
  EXPECT_EQ(outcome.status.code, ErrorClass::Invalid);
  EXPECT_THAT(outcome.message, HasSubstr("No matching signature found"));
  EXPECT_TRUE(taken().empty());
}

TEST_F(IndependentReceiver, KnowsTheOldOrTheNewKeyWhileTheyChange) {
  const std::string both = std::string(kNewKey) + kOldKey;
  EXPECT_EQ(send("standard", 0, both).status.code, ErrorClass::Ok);
  EXPECT_EQ(send("standard", 1, both).status.code, ErrorClass::Ok);
  EXPECT_EQ(send("standard", 1, kNewKey).status.code, ErrorClass::Ok);
  EXPECT_EQ(send("standard", 0, kNewKey).status.code, ErrorClass::Invalid);
}

TEST_F(IndependentReceiver, TakesEveryKindOfMessageAsACloudEvent) {
  for (const auto& sample : {fixtures::firingSample(), fixtures::resolvedSample(),
                             fixtures::testSample(), unicodeSample()}) {
    const Outcome outcome = send("cloudevents", 0, kOldKey, sample);
    EXPECT_EQ(outcome.status.code, ErrorClass::Ok) << outcome.message;
  }
  const auto events = taken();
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(jsonText(events[0], {"specversion"}), "1.0");
  EXPECT_EQ(jsonText(events[0], {"id"}), "01J0SAMPLE");
  EXPECT_EQ(jsonText(events[0], {"source"}), "/devices/dev-42");
  EXPECT_EQ(jsonText(events[0], {"type"}), "io.holdfast.service.image_pull_failed.firing");
  EXPECT_EQ(jsonText(events[0], {"time"}), "2025-10-24T10:15:30.000Z");
  EXPECT_EQ(jsonText(events[0], {"subject"}), "monitoring/nodered");
  EXPECT_EQ(jsonText(events[0], {"datacontenttype"}), "application/json");
  EXPECT_EQ(jsonText(events[0], {"data", "image"}), "nodered/node-red:invalid");
  EXPECT_EQ(jsonText(events[1], {"data", "endsAt"}), "2025-10-24T10:16:30.000Z");
  EXPECT_EQ(jsonText(events[2], {"type"}), "io.holdfast.device.test.informational");
  EXPECT_EQ(jsonText(events[3], {"data", "message"}),
            jsonText(unicodeSample().alerts()[0], {"message"}));
}

}  // namespace
}  // namespace holdfast::webhook
