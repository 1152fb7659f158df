// SPDX-License-Identifier: Apache-2.0
#include "conformance/notifier/fixture.hpp"

#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>

namespace holdfast::conformance {
namespace {

std::unique_ptr<HttpReceiver> httpReceiver;
std::string secretContent;

std::filesystem::path receiverFile() {
  return kit().directory() / "received";
}

std::int64_t nowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

void writeSecret(const std::filesystem::path& file, const std::string& content) {
  std::ofstream(file) << content;
  std::filesystem::permissions(file, std::filesystem::perms::owner_read);
}

}  // namespace

void prepareReceivers(Kit& run) {
  httpReceiver = std::make_unique<HttpReceiver>();
  run.setPlaceholder("receiverAddress", httpReceiver->address());
  run.setPlaceholder("receiverUrl", "http://" + httpReceiver->address() + "/hook");
  run.setPlaceholder("receiverFile", run.directory() / "received");
  run.setPlaceholder("secret", kSecret);
  const Fact secret = run.fact("secret");
  const std::filesystem::path file = run.directory() / "secret";
  // The fallback is no part of the options, and has its placeholder still.
  secretContent = secret.value == "@secret@" ? kSecret : secret.value.value_or("");
  writeSecret(file, secretContent);
  run.setPlaceholder("secretFile", file);
}

void NotifierTest::SetUp() {
  httpReceiver->script([](const ReceivedRequest&) { return Answer{}; });
  std::filesystem::remove(receiverFile());
  instance_ = std::make_unique<Instance>();
  ASSERT_TRUE(instance_->created()) << instance_->reason();
  ASSERT_EQ(instance_->start(), ErrorClass::Ok);
}

std::vector<std::string> NotifierTest::secrets() {
  std::vector<std::string> secrets{kSecret};
  if (!secretContent.empty()) {
    secrets.push_back(secretContent);
  }
  return secrets;
}

HttpReceiver& NotifierTest::receiver() {
  return *httpReceiver;
}

std::string NotifierTest::told() {
  std::ifstream in(receiverFile());
  std::string text{std::istreambuf_iterator<char>(in), {}};
  for (const ReceivedRequest& request : httpReceiver->requests()) {
    text += request.all();
  }
  return text;
}

Outcome NotifierTest::deliver(const Instance& instance, const Message& message,
                              DeadlineCall& call) {
  Arguments arguments;
  sdk::Notification notification;
  notification.attempt = message.attempt;
  notification.state = message.state;
  notification.severity = message.severity;
  notification.createdAtMs = nowMs();
  notification.id = arguments.text(message.id);
  notification.group = arguments.text(message.group);
  notification.title = arguments.text(message.title);
  notification.text = arguments.text(message.text);
  notification.contentJson = arguments.text(message.contentJson);
  return perform(call, "deliver",
                 [&] { return instance.notifier().deliver(arguments.value(notification), call); });
}

Outcome NotifierTest::deliver(const Message& message, std::int64_t limitMs) const {
  DeadlineCall call(limitMs);
  return deliver(*instance_, message, call);
}

}  // namespace holdfast::conformance
