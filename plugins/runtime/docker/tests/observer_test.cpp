// SPDX-License-Identifier: Apache-2.0
// A look at an engine that cannot tell of everything; tests/engines has looks at real ones.
#include "runtime/common/observer.hpp"

#include "fixtures/http/scripted_server.hpp"
#include "holdfast/testing/fake_call.hpp"
#include "runtime/docker/docker_dialect.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace holdfast::docker {
namespace {

using fixtures::httpAnswer;
using fixtures::ScriptedServer;
using runtime::EngineClient;
using sdk::ContainerState;
using sdk::ErrorClass;
using testing::FakeCall;

const DockerDialect kDialect;
const std::string kPing = httpAnswer("200 OK", "OK");
const std::string kNothing = httpAnswer("200 OK", "[]");
const std::string kNoVolumes = httpAnswer("200 OK", R"({"Volumes":null})");

std::string listed(const std::string& id, const std::string& state) {
  return R"({"Id":")" + id + R"(","Names":["/)" + id +
         R"("],"Image":"app:1","ImageID":"sha256:00",)" + R"("State":")" + state +
         R"(","Labels":{"io.holdfast.owner":"o"},)" +
         R"("Mounts":[{"Type":"volume","Name":"data","Destination":"/data"}]})";
}
const std::string kList = httpAnswer(
    "200 OK", "[" + listed("damaged", "exited") + "," + listed("sound", "running") + "]");
const std::string kSound = httpAnswer(
    "200 OK", R"({"Id":"sound","State":{"Status":"running","Pid":7},"Config":{"Image":"app:1"}})");
const std::string kImage = httpAnswer("200 OK", R"({"Id":"sha256:01","Size":5})");

std::string refusal(const std::string& message) {
  return httpAnswer("500 Internal Server Error", R"({"message":")" + message + "\"}");
}

class Seen final : public sdk::ObservationSink {
 public:
  struct Container {
    std::string id;
    std::string name;
    ContainerState state;
    std::string image;
    std::string engineError;
    std::size_t labels;
    std::size_t mounts;
    std::map<std::string, std::string> addresses;
  };
  virtual ~Seen() = default;
  void container(const sdk::ContainerRecord& record) noexcept override {
    std::map<std::string, std::string> addresses;
    for (const sdk::KeyValue& address : record.addresses) {
      addresses.emplace(address.key, address.value);
    }
    containers.push_back({std::string(record.id), std::string(record.name), record.state,
                          std::string(record.image), std::string(record.engineError),
                          record.labels.size(), record.mounts.size(), std::move(addresses)});
  }
  void image(const sdk::ImageRecord& record) noexcept override {
    images.emplace_back(record.reference);
  }
  void network(const sdk::NetworkRecord&) noexcept override {}
  void volume(const sdk::VolumeRecord&) noexcept override {}

  std::vector<Container> containers;
  std::vector<std::string> images;
};

class Observer : public ::testing::Test {
 protected:
  sdk::Status look(ScriptedServer& server, const std::vector<std::string_view>& images = {}) {
    support::HttpEndpoint endpoint;
    std::string problem;
    EXPECT_TRUE(support::parseEndpoint("unix://" + server.path(), false, endpoint, problem));
    EngineClient engine(kDialect, endpoint, -1);
    sdk::ObserveRequest request;
    request.images = images;
    return runtime::observeEngine(engine, cache_, request, call_, seen_);
  }

  runtime::LookCache cache_;
  FakeCall call_;
  Seen seen_;
};

// As dockerd says of containers that were being made when the power was cut.
TEST_F(Observer, OneContainerThatTheEngineCannotTellOfHidesNoOther) {
  ScriptedServer server({{kPing, kList, refusal("RWLayer of container damaged is unexpectedly nil"),
                          kSound, kNothing, kNothing, kNoVolumes}});
  ASSERT_EQ(look(server).code, ErrorClass::Ok) << call_.message();
  ASSERT_EQ(seen_.containers.size(), 2u);
  const Seen::Container& damaged = seen_.containers[0];
  EXPECT_EQ(damaged.id, "damaged");
  EXPECT_EQ(damaged.state, ContainerState::Changing);
  EXPECT_EQ(damaged.engineError, "RWLayer of container damaged is unexpectedly nil");
  EXPECT_EQ(damaged.image, "app:1");
  EXPECT_EQ(damaged.labels, 1u);
  EXPECT_EQ(damaged.mounts, 1u);
  const Seen::Container& sound = seen_.containers[1];
  EXPECT_EQ(sound.id, "sound");
  EXPECT_EQ(sound.state, ContainerState::Running);
  EXPECT_EQ(sound.engineError, "");
}

// As Docker lists one whose removal stopped half-way.
TEST_F(Observer, TellsTheIdOfAContainerWithoutAName) {
  ScriptedServer server({{kPing,
                          httpAnswer("200 OK", R"([{"Id":"sound","Names":null,)"
                                               R"("Labels":{"io.holdfast.owner":"o"}}])"),
                          kSound, kNothing, kNothing, kNoVolumes}});
  ASSERT_EQ(look(server).code, ErrorClass::Ok) << call_.message();
  ASSERT_EQ(seen_.containers.size(), 1u);
  EXPECT_EQ(seen_.containers[0].name, "sound");
}

TEST_F(Observer, TellsTheIpv4AddressAndWithoutOneTheIpv6Address) {
  const std::string networks = R"({"both":{"IPAddress":"10.0.0.2","GlobalIPv6Address":"fd00::2"},)"
                               R"("six":{"IPAddress":"","GlobalIPv6Address":"fd01::2"},)"
                               R"("none":{"IPAddress":"","GlobalIPv6Address":""}})";
  std::string entry = listed("sound", "running");
  entry.insert(entry.size() - 1, R"(,"NetworkSettings":{"Networks":)" + networks + "}");
  ScriptedServer server(
      {{kPing, httpAnswer("200 OK", "[" + entry + "]"), kSound, kNothing, kNothing, kNoVolumes}});
  ASSERT_EQ(look(server).code, ErrorClass::Ok) << call_.message();
  ASSERT_EQ(seen_.containers.size(), 1u);
  EXPECT_EQ(seen_.containers[0].addresses,
            (std::map<std::string, std::string>{{"both", "10.0.0.2"}, {"six", "fd01::2"}}));
}

TEST_F(Observer, AnImageThatTheEngineCannotTellOfIsAsIfItWereNotThere) {
  ScriptedServer server({{kPing, kNothing, kNothing, refusal("readlink overlay: invalid argument"),
                          kImage, kNothing, kNoVolumes}});
  ASSERT_EQ(look(server, {"damaged:1", "sound:1"}).code, ErrorClass::Ok) << call_.message();
  EXPECT_EQ(seen_.images, std::vector<std::string>{"sound:1"});
}

// While a stream of events is open all is kept that was learnt.
TEST_F(Observer, ARefusalIsNotKept) {
  cache_.connected();
  ScriptedServer server(
      {{kPing, kNothing, kNothing, refusal("database is locked"), kNothing, kNoVolumes},
       {kPing, kNothing, kNothing, kImage}});
  ASSERT_EQ(look(server, {"app:1"}).code, ErrorClass::Ok) << call_.message();
  EXPECT_TRUE(seen_.images.empty());
  ASSERT_EQ(look(server, {"app:1"}).code, ErrorClass::Ok) << call_.message();
  EXPECT_EQ(seen_.images, std::vector<std::string>{"app:1"});
}

TEST_F(Observer, AnEngineThatIsGoneEndsTheLook) {
  ScriptedServer server({{kPing, kList, ""}, {""}, {""}});
  EXPECT_EQ(look(server).code, ErrorClass::Unavailable);
}

TEST_F(Observer, ListsMustBeTold) {
  ScriptedServer server({{kPing, refusal("database is locked")}});
  EXPECT_EQ(look(server).code, ErrorClass::Transient);
  EXPECT_EQ(call_.message(), "database is locked");
}

}  // namespace
}  // namespace holdfast::docker
