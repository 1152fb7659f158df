// SPDX-License-Identifier: Apache-2.0
// Pulls on a real engine: what succeeds, what a registry may do, and how one ends early.

#include "engines/plugin_fixture.hpp"
#include "fixtures/lab/temp_dir.hpp"

#include <algorithm>
#include <fstream>

namespace holdfast::plugin_test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class PluginPull : public EnginePlugin {
 protected:
  static std::string faulty(const std::string& name) { return Lab::faultyImage(name); }

  // A plugin with an agent's file of credentials.
  Outcome pullWith(const std::string& authFile, const std::string& reference) {
    const testing::FakeHost host(
        {{"url", "unix://" + lab_.socket(engine_.engine()).string()}, {"authFile", authFile}});
    const auto plugin = engine_.plugin(const_cast<testing::FakeHost&>(host));
    FakeCall call;
    Progress progress;
    sdk::PullRequest request;
    request.reference = reference;
    const sdk::Status status = plugin->pull(request, call, progress);
    logged_ = host.lines();
    return {status.code, call.message(), call.raw()};
  }

  std::vector<testing::FakeHost::LogLine> logged_;
};

TEST_F(PluginPull, MakesAnImageAvailableAndTellsItsProgress) {
  const std::string reference = Lab::image("big:1.0");
  static_cast<void>(view_.call("DELETE", "/images/" + reference));
  FakeCall call;
  Progress progress;
  sdk::PullRequest request;
  request.reference = reference;
  ASSERT_EQ(plugin_->pull(request, call, progress).code, ErrorClass::Ok) << call.message();
  EXPECT_TRUE(view_.hasImage(reference));
  const std::vector<Progress::Line> lines = progress.lines();
  ASSERT_GT(lines.size(), 2u);
  EXPECT_EQ(lines.front().phase, "resolving");
  for (const std::string& phase : engine_.pullPhases()) {
    EXPECT_TRUE(progress.sawPhase(phase)) << phase;
  }
  EXPECT_EQ(lines.back().phase, engine_.pullPhases().back());
  const auto most = std::max_element(
      lines.begin(), lines.end(),
      [](const Progress::Line& one, const Progress::Line& other) { return one.done < other.done; });
  EXPECT_GE(most->done, engine_.bytesTold());
  EXPECT_GE(most->total, most->done);
  for (std::size_t at = 1; at < lines.size(); ++at) {
    EXPECT_GT(lines[at].sequence, lines[at - 1].sequence);
  }
  EXPECT_EQ(pull(reference), ErrorClass::Ok) << "what is up to date is pulled as well";
}

TEST_F(PluginPull, TakesADigestAloneOrBesideATag) {
  ASSERT_EQ(pull(Lab::image("sleeper:1.0")), ErrorClass::Ok);
  const std::string digest =
      observe({Lab::image("sleeper:1.0")}).images.at(Lab::image("sleeper:1.0")).digest;
  ASSERT_THAT(digest, StartsWith("sha256:"));
  const std::string repository = Lab::image("sleeper");
  const std::vector<std::string> references = {repository + "@" + digest,
                                               repository + ":1.0@" + digest};
  for (const std::string& reference : references) {
    EXPECT_EQ(pull(reference), ErrorClass::Ok) << reference;
  }
  const Seen seen = observe(references);
  for (const std::string& reference : references) {
    ASSERT_EQ(seen.images.count(reference), 1u) << reference;
    EXPECT_EQ(seen.images.at(reference).digest, digest);
  }
}

TEST_F(PluginPull, PullsOneTagWhenNoneIsGiven) {
  ASSERT_EQ(pull(Lab::image("sleeper")), ErrorClass::Ok);
  EXPECT_EQ(observe({Lab::image("sleeper")}).images.size(), 1u);
}

TEST_F(PluginPull, RefusalsHaveTheirClassAndRootCause) {
  std::vector<PullRefusal> rows = {
      {Lab::image("sleeper:absent"), ErrorClass::NotFound, "manifest unknown"},
      {Lab::image("nobody:1.0"), ErrorClass::NotFound, "manifest unknown"},
      {Lab::image("sleeper@sha256:" + std::string(64, '0')), ErrorClass::NotFound,
       "manifest unknown"},
      {faulty("500/app:1"), ErrorClass::Transient, "received unexpected HTTP status: 500 Internal"},
      {faulty("503/app:1"), ErrorClass::Transient, "received unexpected HTTP status: 503 Service"},
      {faulty("401/app:1"), ErrorClass::Denied, "unauthorized"},
      {faulty("403/app:1"), ErrorClass::Denied, "denied"},
      {"127.0.0.1:1/app:1", ErrorClass::Transient,
       "dial tcp 127.0.0.1:1: connect: connection refused"},
      {"192.0.2.1:5000/app:1", ErrorClass::Transient, "dial tcp 192.0.2.1:5000: connect: network"},
      {"bad reference", ErrorClass::Invalid, "invalid reference format"},
      {Lab::image("Upper:1.0"), ErrorClass::Invalid, "invalid reference format"},
      {"", ErrorClass::Invalid, "invalid reference format"},
  };
  for (PullRefusal& own : engine_.pullRefusals()) {
    rows.push_back(std::move(own));
  }
  for (const PullRefusal& row : rows) {
    const Outcome outcome = pull(row.reference);
    EXPECT_EQ(outcome, row.errorClass) << row.reference;
    EXPECT_THAT(outcome.message, StartsWith(row.message)) << row.reference;
  }
  EXPECT_EQ(pull(Lab::image("sleeper:absent")).message, "manifest unknown");
  EXPECT_THAT(pull(Lab::image("sleeper:absent")).raw, StartsWith(engine_.absentTagAnswer()));
}

TEST_F(PluginPull, EndsAtOnceWhenItIsCancelled) {
  FakeCall call;
  Progress progress;
  sdk::PullRequest request;
  const std::string reference = faulty("stall-blobs/cancel:1.0");
  request.reference = reference;
  auto result =
      std::async(std::launch::async, [&] { return plugin_->pull(request, call, progress); });
  ASSERT_TRUE(waitUntil([&] { return faults_.open("/cancel/blobs/") >= 3; }, kSoon));
  call.cancel();
  ASSERT_EQ(result.wait_for(1s), std::future_status::ready);
  EXPECT_EQ(result.get().code, ErrorClass::Cancelled);
  // An engine fetches so many layers at once: this one needs the places of those given up.
  EXPECT_EQ(pull(faulty("ok/after-cancel:1.0")), ErrorClass::Ok);
}

TEST_F(PluginPull, EndsWhenThePluginIsStopped) {
  FakeCall call;
  Progress progress;
  sdk::PullRequest request;
  const std::string reference = faulty("blackhole/stop:1.0");
  request.reference = reference;
  auto result =
      std::async(std::launch::async, [&] { return plugin_->pull(request, call, progress); });
  ASSERT_TRUE(waitUntil([&] { return faults_.open("/stop/manifests/") == 1; }, kSoon));
  plugin_->stop();
  ASSERT_EQ(result.wait_for(1s), std::future_status::ready);
  EXPECT_EQ(result.get().code, ErrorClass::Cancelled);
}

TEST_F(PluginPull, UsesTheAgentsFileOfCredentials) {
  const fixtures::TempDir directory("hf-auth-");
  const std::string file = directory.path() / "auth.json";
  const std::string reference = std::string(Lab::kAuthRegistry) + "/priv/sleeper:1.0";
  std::ofstream(file) << R"({"auths":{"127.0.0.1:5056":{"auth":"YWxpY2U6czNjcmV0"}}})";
  EXPECT_EQ(pullWith(file, reference), ErrorClass::Ok);
  std::ofstream(file) << R"({"auths":{"127.0.0.1:5056":{"auth":"YWxpY2U6d3Jvbmc="}}})";
  const Outcome wrong = pullWith(file, reference);
  EXPECT_EQ(wrong, ErrorClass::Denied);
  EXPECT_EQ(wrong.message, "unauthorized: authentication required");
  std::ofstream(file) << "{ not json";
  EXPECT_EQ(pullWith(file, reference), ErrorClass::Denied);
  ASSERT_EQ(logged_.size(), 1u);
  EXPECT_EQ(logged_[0].level, sdk::LogLevel::Warning);
  EXPECT_THAT(logged_[0].message, HasSubstr(file));
}

}  // namespace
}  // namespace holdfast::plugin_test
