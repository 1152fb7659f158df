// SPDX-License-Identifier: Apache-2.0
// Plugins and hosts of different age (tests/fixtures/abi): of one minor version they work together,
// whichever is older; across a minor version each refuses the other by name.
#include "registry_fixture.hpp"

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <future>

namespace holdfast::pluginhost {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Ended {
  int status = -1;
  std::string output;
};

Ended oldHost(const std::string& plugin, const std::string& minor) {
  const std::string command =
      std::string(HOLDFAST_OLD_HOST) + " " HOLDFAST_FIXTURES "/" + plugin + ".so " + minor;
  FILE* const pipe = ::popen(command.c_str(), "r");
  Ended ended;
  std::array<char, 512> part{};
  while (std::fgets(part.data(), part.size(), pipe) != nullptr) {
    ended.output += part.data();
  }
  const int status = ::pclose(pipe);
  ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ended;
}

class Reader final : public OutputReader {
 public:
  bool output(const OutputChunk& chunk) override {
    chunks.push_back(chunk.bytes);
    return true;
  }
  bool present() override { return true; }
  std::vector<std::string> chunks;
};

class AbiVersions : public RegistryTest {
 protected:
  std::unique_ptr<Registry> loaded(const std::string& fixture) {
    put(fixture, "keepsake");
    return load({{"keepsake", {{"word", "spoken"}}}});
  }
};

// Makes a call that answers by `done`, and waits for the answer.
template <class Call>
engine::CallResult result(Call call) {
  std::promise<engine::CallResult> promise;
  call([&](engine::CallResult answer) { promise.set_value(std::move(answer)); });
  return promise.get_future().get();
}

void expectRecords(const model::Observation& seen) {
  ASSERT_EQ(seen.containers.size(), 1U);
  const auto& container = seen.containers.front();
  EXPECT_EQ(container.state, sdk::ContainerState::Exited);
  EXPECT_EQ(container.exitCode, 7);
  EXPECT_TRUE(container.oomKilled);
  EXPECT_EQ(container.createdAt, model::WallTime(model::Milliseconds(1000)));
  EXPECT_EQ(container.startedAt, model::WallTime(model::Milliseconds(2000)));
  EXPECT_EQ(container.finishedAt, model::WallTime(model::Milliseconds(3000)));
  EXPECT_EQ(container.id, "id");
  EXPECT_EQ(container.name, "name");
  EXPECT_EQ(container.image, "image");
  EXPECT_EQ(container.imageId, "sha256:1");
  EXPECT_EQ(container.engineError, "error");
  EXPECT_EQ(container.label("label"), "value");
  ASSERT_EQ(container.mounts.size(), 1U);
  EXPECT_EQ(container.mounts.front().destination, "/mount");
  EXPECT_EQ(container.addresses.at("net"), "10.0.0.1");
  ASSERT_EQ(seen.images.count("wanted"), 1U);
  EXPECT_EQ(seen.images.at("wanted").digest, "sha256:3");
  EXPECT_EQ(seen.images.at("wanted").sizeBytes, 5);
  ASSERT_TRUE(seen.images.at("wanted").check);
  const model::ImageCheck& check = *seen.images.at("wanted").check;
  EXPECT_EQ(check.command, (std::vector<std::string>{"check", "it"}));
  EXPECT_EQ(check.interval, model::Milliseconds(5000));
  EXPECT_EQ(check.timeout, model::Milliseconds(6000));
  EXPECT_EQ(check.startPeriod, model::Milliseconds(7000));
  EXPECT_EQ(check.retries, 8);
  ASSERT_EQ(seen.networks.size(), 1U);
  EXPECT_EQ(seen.networks.front().name, "network");
  ASSERT_EQ(seen.volumes.size(), 1U);
  EXPECT_EQ(seen.volumes.front().labels.at("label"), "value");
}

TEST_F(AbiVersions, AnOldPluginTellsThisAgentWhatIsThere) {
  const auto registry = loaded("keepsake_old");
  ASSERT_FALSE(registry->report()[0].refusal) << registry->report()[0].refusal->reason();
  auto& runtime = *registry->runtime("keepsake");

  const auto health = result([&](auto done) { runtime.health(done); });
  EXPECT_EQ(health.errorClass, sdk::ErrorClass::RateLimited);
  EXPECT_EQ(health.retryAfter, model::Milliseconds(1234));
  EXPECT_EQ(health.message, "spoken");
  EXPECT_EQ(health.raw, (state() / "plugins" / "keepsake").string());

  std::promise<engine::EngineInfo> info;
  runtime.engineInfo([&](auto, auto got) { info.set_value(std::move(got)); });
  const auto told = info.get_future().get();
  EXPECT_EQ(told.name + told.version + told.apiVersion + told.dataRoot, "Keepsake1.21.3/data");
  EXPECT_EQ(told.cpus, 3);
  EXPECT_EQ(told.memoryBytes, 4096);
  EXPECT_TRUE(told.rootless);

  std::promise<model::Observation> observation;
  runtime.observe({"wanted"}, [&](auto, auto got) { observation.set_value(std::move(got)); });
  expectRecords(observation.get_future().get());

  std::promise<engine::EngineEvent> event;
  std::promise<engine::CallResult> watched;
  const auto watch = runtime.watch([&](auto got) { event.set_value(std::move(got)); },
                                   [&](auto got) { watched.set_value(std::move(got)); });
  const auto happened = event.get_future().get();
  EXPECT_EQ(happened.kind, sdk::EventKind::Died);
  EXPECT_EQ(happened.containerId + happened.containerName + happened.action, "idnamedie");
  EXPECT_EQ(watched.get_future().get().errorClass, sdk::ErrorClass::Unavailable);
}

TEST_F(AbiVersions, AnOldPluginDoesWhatThisAgentAsks) {
  const auto registry = loaded("keepsake_old");
  ASSERT_FALSE(registry->report()[0].refusal) << registry->report()[0].refusal->reason();
  auto& runtime = *registry->runtime("keepsake");

  const auto validated = result([&](auto done) { runtime.validate("{}", done); });
  EXPECT_EQ(validated.errorClass, sdk::ErrorClass::Invalid);
  EXPECT_EQ(validated.message, "{}");
  const engine::StepCall step{.kind = sdk::StepKind::StopContainer,
                              .grace = model::Milliseconds(42),
                              .name = "name",
                              .containerId = "id",
                              .image = "image",
                              .specJson = "json"};
  const auto executed = result([&](auto done) { runtime.execute(step, done); });
  EXPECT_EQ(executed.errorClass, sdk::ErrorClass::Conflict);
  EXPECT_EQ(executed.message, "name");
  EXPECT_EQ(executed.raw, "json");

  std::promise<engine::PullProgress> progress;
  std::promise<engine::CallResult> pulled;
  const auto pull = runtime.pull(
      "ref", [&](auto got) { progress.set_value(std::move(got)); },
      [&](auto got) { pulled.set_value(std::move(got)); });
  const auto reported = progress.get_future().get();
  EXPECT_EQ(reported.doneBytes, 10);
  EXPECT_EQ(reported.totalBytes, 20);
  EXPECT_TRUE(reported.retrying);
  EXPECT_EQ(reported.phase, "ref");
  EXPECT_TRUE(pulled.get_future().get().ok());

  Reader lines;
  LogQuery query;
  query.containerId = "id";
  EXPECT_TRUE(registry->console("keepsake")->logs(query, lines).ok());
  EXPECT_THAT(lines.chunks, ElementsAre("id"));
  Reader output;
  const auto ran = registry->console("keepsake")->exec({"id", {"a", "b"}}, output);
  EXPECT_EQ(ran.exitCode, 9);
  EXPECT_THAT(output.chunks, ElementsAre("b"));
}

TEST_F(AbiVersions, AnOldHostWorksWithAPluginOfToday) {
  const auto ended = oldHost("keepsake_present", "2");
  EXPECT_EQ(ended.status, 0) << ended.output;
  EXPECT_EQ(ended.output, "");
}

TEST_F(AbiVersions, ThisAgentRefusesAnotherMinorVersionByName) {
  const auto registry = loaded("keepsake_next");
  const auto report = registry->report()[0];
  ASSERT_TRUE(report.refusal);
  EXPECT_EQ(report.refusal->stage(), Stage::Handshake);
  EXPECT_THAT(report.refusal->reason(),
              HasSubstr("built for runtime ABI 0.3, but agent 0.1.0 offers runtime ABI 0.2"));
}

TEST_F(AbiVersions, APluginRefusesAnotherMinorVersionByName) {
  for (const auto* plugin : {"keepsake_old", "keepsake_present"}) {
    const auto ended = oldHost(plugin, "3");
    EXPECT_EQ(ended.status, 1);
    EXPECT_EQ(ended.output,
              "refused: built for runtime ABI 0.2, which agent 0.1.0 with runtime ABI 0.3 does not "
              "offer\n");
  }
}

}  // namespace
}  // namespace holdfast::pluginhost
