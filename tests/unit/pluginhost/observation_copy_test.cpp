// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/observation_copy.hpp"

#include <gmock/gmock.h>

#include <array>

namespace holdfast::pluginhost {
namespace {

using ::testing::HasSubstr;

sdk::ContainerRecord container(std::string_view id) {
  sdk::ContainerRecord record;
  record.state = sdk::ContainerState::Exited;
  record.id = id;
  record.name = "app_web_1";
  return record;
}

// The problem after one container that `change` has spoilt.
template <class Change>
std::string problemWith(Change change) {
  ObservationCopy copy({}, {});
  auto record = container("1");
  change(record);
  copy.container(record);
  return copy.problem();
}

TEST(ObservationCopy, CopiesEveryField) {
  const std::array<sdk::KeyValue, 1> labels{{{"io.holdfast.owner", "uuid"}}};
  const std::array<sdk::KeyValue, 1> addresses{{{"net", "10.0.0.2"}}};
  const std::array<sdk::MountRecord, 1> mounts{{{"data", "", "/data"}}};
  auto record = container("abc");
  record.exitCode = 137;
  record.pid = 42;
  record.oomKilled = 1;
  record.createdAtMs = 1;
  record.startedAtMs = 2;
  record.image = "nginx:1";
  record.imageId = "sha256:1";
  record.engineError = "no\nsuch file";
  record.labels = labels;
  record.addresses = addresses;
  record.mounts = mounts;
  const model::Now at{model::BootTime(model::Milliseconds(5)), model::WallTime()};
  ObservationCopy copy(at, {"nginx:1"});
  copy.container(record);
  sdk::ImageRecord image;
  image.reference = "nginx:1";
  image.id = "sha256:1";
  image.digest = "sha256:2";
  image.sizeBytes = 9;
  const std::array<std::string_view, 2> check{"test", "-e"};
  image.healthArgv = check;
  image.healthIntervalMs = 5;
  image.healthTimeoutMs = INT64_MAX;
  image.healthStartPeriodMs = 7;
  image.healthRetries = INT32_MAX;
  copy.image(image);
  sdk::NetworkRecord network;
  network.name = "1_front";
  copy.network(network);
  sdk::VolumeRecord volume;
  volume.name = "1_data";
  copy.volume(volume);

  ASSERT_EQ(copy.problem(), "");
  const auto observation = copy.take();
  EXPECT_EQ(observation.at.boot, at.boot);
  ASSERT_EQ(observation.containers.size(), 1U);
  const auto& got = observation.containers[0];
  EXPECT_EQ(got.id, "abc");
  EXPECT_EQ(got.name, "app_web_1");
  EXPECT_EQ(got.image, "nginx:1");
  EXPECT_EQ(got.imageId, "sha256:1");
  EXPECT_EQ(got.state, sdk::ContainerState::Exited);
  EXPECT_EQ(got.exitCode, 137);
  EXPECT_EQ(got.pid, 42);
  EXPECT_TRUE(got.oomKilled);
  EXPECT_EQ(got.engineError, "no\nsuch file");
  EXPECT_EQ(got.createdAt, model::WallTime(model::Milliseconds(1)));
  EXPECT_EQ(got.startedAt, model::WallTime(model::Milliseconds(2)));
  EXPECT_EQ(got.finishedAt, std::nullopt);
  EXPECT_EQ(got.labels.at("io.holdfast.owner"), "uuid");
  EXPECT_EQ(got.addresses.at("net"), "10.0.0.2");
  ASSERT_EQ(got.mounts.size(), 1U);
  EXPECT_EQ(got.mounts[0].volume, "data");
  EXPECT_EQ(got.mounts[0].destination, "/data");
  EXPECT_EQ(observation.images.at("nginx:1").digest, "sha256:2");
  EXPECT_EQ(observation.images.at("nginx:1").sizeBytes, 9);
  ASSERT_TRUE(observation.images.at("nginx:1").check);
  const model::ImageCheck& told = *observation.images.at("nginx:1").check;
  EXPECT_EQ(told.command, (std::vector<std::string>{"test", "-e"}));
  EXPECT_EQ(told.interval, model::Milliseconds(5));
  EXPECT_EQ(told.timeout, std::chrono::hours(24)) << "bounded";
  EXPECT_EQ(told.startPeriod, model::Milliseconds(7));
  EXPECT_EQ(told.retries, 1'000) << "bounded";
  ASSERT_EQ(observation.networks.size(), 1U);
  EXPECT_EQ(observation.networks[0].name, "1_front");
  ASSERT_EQ(observation.volumes.size(), 1U);
  EXPECT_EQ(observation.volumes[0].name, "1_data");
}

TEST(ObservationCopy, TakesImpossibleInstantsForNone) {
  auto record = container("1");
  record.startedAtMs = -62'135'596'800'000;  // the year 1, Go's zero time
  record.finishedAtMs = INT64_MAX;
  ObservationCopy copy({}, {});
  copy.container(record);
  const auto observation = copy.take();
  EXPECT_EQ(observation.containers[0].startedAt, std::nullopt);
  EXPECT_EQ(observation.containers[0].finishedAt, std::nullopt);
}

// Whatever an image carries, and whoever made the object: the look is good, and who owns it is
// known.
TEST(ObservationCopy, LeavesOutLabelsThatDoNotFit) {
  const std::string huge(100'000, 'x');
  std::vector<std::string> keys;
  for (int i = 0; i < 1'500; ++i) {
    keys.push_back("of.an.image." + std::to_string(i));
  }
  std::vector<sdk::KeyValue> labels{{"build", huge}, {huge, "v"}, {"", "v"}};
  for (const std::string& key : keys) {
    labels.push_back({key, "v"});
  }
  labels.push_back({sdk::kOwnerLabel, "uuid"});
  labels.push_back({sdk::kLegacyServiceLabel, "2"});
  auto record = container("1");
  record.labels = labels;
  sdk::NetworkRecord network;
  network.name = "n";
  network.labels = labels;
  sdk::VolumeRecord volume;
  volume.name = "v";
  volume.labels = labels;
  ObservationCopy copy({}, {});
  copy.container(record);
  copy.network(network);
  copy.volume(volume);

  ASSERT_EQ(copy.problem(), "");
  const auto observation = copy.take();
  ASSERT_EQ(observation.containers.size(), 1U);
  ASSERT_EQ(observation.networks.size(), 1U);
  ASSERT_EQ(observation.volumes.size(), 1U);
  const auto& got = observation.containers[0].labels;
  EXPECT_EQ(got.size(), 1'002U);
  EXPECT_EQ(got.at("io.holdfast.owner"), "uuid");
  EXPECT_EQ(got.at("iotistic.service-id"), "2");
  EXPECT_EQ(got.at("of.an.image.0"), "v");
  EXPECT_EQ(got.count("build"), 0U);
  EXPECT_EQ(observation.networks[0].labels, got);
  EXPECT_EQ(observation.volumes[0].labels, got);
}

TEST(ObservationCopy, CutsTheErrorOfAnEngine) {
  const std::string huge(100'000, 'x');
  auto record = container("1");
  record.engineError = huge;
  ObservationCopy copy({}, {});
  copy.container(record);
  ASSERT_EQ(copy.problem(), "");
  EXPECT_LE(copy.take().containers[0].engineError.size(), 64U * 1024);
}

TEST(ObservationCopy, NoticesBreachesOfTheContract) {
  const std::vector<sdk::KeyValue> addresses(1'001, sdk::KeyValue{"k", "v"});
  const std::string huge(100'000, 'x');
  const std::array<sdk::MountRecord, 1> nowhere{{{"data", "", ""}}};
  EXPECT_EQ(problemWith([](auto&) {}), "");
  EXPECT_THAT(problemWith([](auto& record) { record.id = ""; }), HasSubstr("no id"));
  EXPECT_THAT(problemWith([](auto& record) { record.name = ""; }), HasSubstr("no name"));
  EXPECT_THAT(problemWith([&](auto& record) { record.name = huge; }), HasSubstr("over 4096"));
  EXPECT_THAT(problemWith([](auto& record) { record.structSize = 8; }), HasSubstr("8 bytes"));
  EXPECT_THAT(problemWith([](auto& record) { record.state = sdk::ContainerState{99}; }),
              HasSubstr("unknown state 99"));
  EXPECT_THAT(problemWith([&](auto& record) { record.addresses = addresses; }),
              HasSubstr("addresses"));
  EXPECT_THAT(problemWith([&](auto& record) { record.image = huge; }), HasSubstr("too long"));
  EXPECT_THAT(problemWith([&](auto& record) { record.mounts = nowhere; }), HasSubstr("mounts"));
}

TEST(ObservationCopy, NoticesWhatWasReportedTwiceOrUnasked) {
  ObservationCopy twice({}, {});
  twice.container(container("1"));
  twice.container(container("1"));
  EXPECT_THAT(twice.problem(), HasSubstr("reported twice"));

  ObservationCopy unasked({}, {"a"});
  sdk::ImageRecord image;
  image.reference = "b";
  image.id = "sha256:1";
  unasked.image(image);
  EXPECT_THAT(unasked.problem(), HasSubstr("\"b\" was not asked for"));
}

TEST(ObservationCopy, NoticesAnImpossibleCheckOfAnImage) {
  const std::vector<std::string_view> many(1'001, "x");
  const std::array<std::string_view, 1> nothing{""};
  const auto problem = [](auto change) {
    ObservationCopy copy({}, {"a"});
    sdk::ImageRecord image;
    image.reference = "a";
    image.id = "sha256:1";
    change(image);
    copy.image(image);
    return copy.problem();
  };
  EXPECT_EQ(problem([](auto&) {}), "");
  EXPECT_THAT(problem([&](auto& image) { image.healthArgv = many; }), HasSubstr("too many"));
  EXPECT_THAT(problem([&](auto& image) { image.healthArgv = nothing; }), HasSubstr("no program"));
  EXPECT_THAT(problem([](auto& image) { image.healthRetries = -1; }), HasSubstr("negative"));
}

TEST(ObservationCopy, IsBounded) {
  ObservationCopy copy({}, {});
  for (int i = 0; i < 10'001; ++i) {
    copy.container(container(std::to_string(i)));
  }
  EXPECT_THAT(copy.problem(), HasSubstr("more than 10000 containers"));
}

TEST(EngineInfoCopy, MakesTextsPrintable) {
  EngineInfoCopy copy;
  EXPECT_FALSE(copy.reported());
  sdk::EngineInfo info;
  info.name = "Doc\nker";
  info.cpus = 4;
  copy.engineInfo(info);
  ASSERT_TRUE(copy.reported());
  const auto taken = copy.take();
  EXPECT_EQ(taken.name, "Doc ker");
  EXPECT_EQ(taken.cpus, 4);
}

}  // namespace
}  // namespace holdfast::pluginhost
