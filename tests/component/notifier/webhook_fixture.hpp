// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fixtures/http/receiver.hpp"
#include "fixtures/lab/temp_dir.hpp"
#include "fixtures/lab/wait_until.hpp"
#include "fixtures/notifier/sample.hpp"
#include "holdfast/testing/fake_call.hpp"
#include "holdfast/testing/fake_host.hpp"
#include "notifier/webhook/webhook_notifier.hpp"

#include <gmock/gmock.h>

#include <sys/stat.h>

#include <string>

namespace holdfast::webhook {

using fixtures::answering;

// How a delivery ended.
struct Outcome {
  sdk::Status status;
  std::string message;
  std::string raw;
};

class WebhookTest : public ::testing::Test {
 protected:
  using Options = testing::FakeHost::Options;

  // The options that the host would fill in, then the test's.
  static Options optionsWith(const Options& configured) {
    Options options = {{"format", "standard"}, {"signature", "standard"},
                       {"proxy", "none"},      {"timeout", "10000"},
                       {"maxRedirects", "0"},  {"resendInterval", "60000"}};
    for (const auto& [name, value] : configured) {
      options[name] = value;
    }
    return options;
  }

  // One attempt of an instance made for it.
  static Outcome deliver(const Options& options,
                         fixtures::SampleNotification sample = fixtures::firingSample()) {
    testing::FakeCall call;
    return deliver(options, call, std::move(sample));
  }
  static Outcome deliver(const Options& options, testing::FakeCall& call,
                         fixtures::SampleNotification sample = fixtures::firingSample()) {
    testing::FakeHost host(optionsWith(options));
    WebhookNotifier notifier(host);
    EXPECT_TRUE(notifier.start(call).ok());
    const sdk::Status status = notifier.deliver(sample.view(), call);
    notifier.stop();
    for (const auto& line : host.lines()) {
      EXPECT_EQ(line.message.find("canary"), std::string::npos) << line.message;
    }
    return {status, call.message(), call.raw()};
  }

  std::string secret(const std::string& name, const std::string& content) {
    const std::string path = directory_.path() / name;
    fixtures::writeFile(path, content);
    ::chmod(path.c_str(), 0600);
    return path;
  }

  fixtures::TempDir directory_;
};

}  // namespace holdfast::webhook
