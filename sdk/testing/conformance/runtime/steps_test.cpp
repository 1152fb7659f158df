// SPDX-License-Identifier: Apache-2.0
// Every step: twice, on what is absent, on what belongs to somebody else, and refused.

#include "conformance/runtime/fixture.hpp"

namespace holdfast::conformance {
namespace {

using ::testing::AnyOf;

class StepTest : public RuntimeTest {
 protected:
  [[nodiscard]] Outcome createObject(StepKind kind, const std::string& name) const {
    json::object spec{{"driver", ""},
                      {"options", json::object()},
                      {"labels", {{"io.holdfast.owner", owner()}, {"io.holdfast.app", "1001"}}}};
    if (kind == StepKind::CreateNetwork) {
      spec["internal"] = false;
    }
    return engine().execute({kind, name, {}, {}, json::serialize(spec)});
  }

  // The step twice: the second time there is nothing to do.
  void expectTwice(StepKind kind, const std::string& name) const {
    EXPECT_EQ(step(kind, name), ErrorClass::Ok);
    EXPECT_EQ(step(kind, name), ErrorClass::Ok)
        << "step " << static_cast<int>(kind) << ", the second time";
  }
};

TEST_F(StepTest, IsOkTheSecondTime) {
  const std::string name = named("twice");
  EXPECT_EQ(create(spec(name)), ErrorClass::Ok);
  const std::string id = look(name).id;
  EXPECT_EQ(create(spec(name)), ErrorClass::Ok) << "made already, from the same specification";
  EXPECT_EQ(look(name).id, id) << "it must stay the same container";
  expectTwice(StepKind::StartContainer, name);
  EXPECT_EQ(create(spec(name)), ErrorClass::Ok) << "made already, and running";
  EXPECT_EQ(look(name).state, ContainerState::Running);
  expectTwice(StepKind::StopContainer, name);
  EXPECT_EQ(step(StepKind::StartContainer, name), ErrorClass::Ok);
  EXPECT_EQ(look(name).id, id) << "a restart keeps the container";
  EXPECT_EQ(step(StepKind::StopContainer, name), ErrorClass::Ok);
  expectTwice(StepKind::RemoveContainer, name);
}

TEST_F(StepTest, PausesAndUnpausesTwice) {
  CONFORMANCE_NEEDS("pause");
  const std::string name = named("pauses");
  ASSERT_NO_FATAL_FAILURE(run(spec(name)));
  expectTwice(StepKind::PauseContainer, name);
  EXPECT_EQ(look(name).state, ContainerState::Paused);
  expectTwice(StepKind::UnpauseContainer, name);
  EXPECT_EQ(look(name).state, ContainerState::Running);
}

TEST_F(StepTest, MakesAndRemovesNetworksTwice) {
  CONFORMANCE_NEEDS("networks");
  const std::string name = named("net");
  EXPECT_EQ(createObject(StepKind::CreateNetwork, name), ErrorClass::Ok);
  EXPECT_EQ(createObject(StepKind::CreateNetwork, name), ErrorClass::Ok) << "the second time";
  const Seen seen = observe();
  ASSERT_TRUE(seen.networks.contains(name)) << "the network is not reported";
  EXPECT_EQ(seen.networks.at(name).at("io.holdfast.owner"), owner());
  expectTwice(StepKind::RemoveNetwork, name);
  EXPECT_FALSE(observe().networks.contains(name));
}

TEST_F(StepTest, MakesAndRemovesVolumesTwice) {
  CONFORMANCE_NEEDS("volumes");
  const std::string name = named("vol");
  EXPECT_EQ(createObject(StepKind::CreateVolume, name), ErrorClass::Ok);
  EXPECT_EQ(createObject(StepKind::CreateVolume, name), ErrorClass::Ok) << "the second time";
  const Seen seen = observe();
  ASSERT_TRUE(seen.volumes.contains(name)) << "the volume is not reported";
  EXPECT_EQ(seen.volumes.at(name).at("io.holdfast.owner"), owner());
  expectTwice(StepKind::RemoveVolume, name);
  EXPECT_FALSE(observe().volumes.contains(name));
}

TEST_F(StepTest, IsOkForWhatIsGoneAlready) {
  const std::string name = named("nobody");
  EXPECT_EQ(step(StepKind::StopContainer, name), ErrorClass::Ok);
  EXPECT_EQ(step(StepKind::RemoveContainer, name), ErrorClass::Ok);
  const std::string image = "conformance.invalid/nobody:1";
  EXPECT_EQ(engine().execute({StepKind::RemoveImage, image, {}, image, {}}), ErrorClass::Ok);
  if (kit().fact("networks").value) {
    EXPECT_EQ(step(StepKind::RemoveNetwork, name), ErrorClass::Ok);
  }
  if (kit().fact("volumes").value) {
    EXPECT_EQ(step(StepKind::RemoveVolume, name), ErrorClass::Ok);
  }
}

TEST_F(StepTest, CannotStartWhatIsAbsent) {
  EXPECT_EQ(step(StepKind::StartContainer, named("nobody")), ErrorClass::NotFound);
}

TEST_F(StepTest, RefusesASpecificationThatIsNone) {
  const std::string name = named("invalid");
  EXPECT_EQ(engine().execute({StepKind::CreateContainer, name, {}, image(), "{"}),
            ErrorClass::Invalid);
  EXPECT_EQ(create(spec(name, {{"teleport", true}})), ErrorClass::Invalid);
  EXPECT_EQ(observe().find(name), nullptr) << "left over from a refused creation";
}

TEST_F(StepTest, ANameOfAnotherAgentsContainerIsAConflict) {
  const std::string name = named("taken");
  json::object theirs = spec(name);
  theirs["labels"].as_object()["io.holdfast.owner"] = kOwnerOfAnother;
  ASSERT_EQ(create(theirs), ErrorClass::Ok);
  EXPECT_EQ(create(spec(name)), ErrorClass::Conflict);
  EXPECT_EQ(look(name).labels.at("io.holdfast.owner"), kOwnerOfAnother);
}

TEST_F(StepTest, AContainerThatNoAgentMadeIsLeftAlone) {
  CONFORMANCE_FACT(foreign, "foreign");
  EXPECT_EQ(create(spec(foreign)), ErrorClass::Conflict);
  for (const StepKind kind :
       {StepKind::StartContainer, StepKind::StopContainer, StepKind::RemoveContainer}) {
    EXPECT_EQ(step(kind, foreign), ErrorClass::Conflict) << "step " << static_cast<int>(kind);
  }
  if (kit().fact("pause").value) {
    EXPECT_EQ(step(StepKind::PauseContainer, foreign), ErrorClass::Conflict);
  }
}

TEST_F(StepTest, AnotherContainerOfTheSameNameIsAConflict) {
  const std::string name = named("replaced");
  ASSERT_NO_FATAL_FAILURE(run(spec(name)));
  const std::string other(64, 'a');
  for (const StepKind kind :
       {StepKind::StartContainer, StepKind::StopContainer, StepKind::RemoveContainer}) {
    EXPECT_EQ(step(kind, name, other), ErrorClass::Conflict) << "step " << static_cast<int>(kind);
  }
  const SeenContainer container = look(name);
  EXPECT_EQ(container.state, ContainerState::Running);
  EXPECT_EQ(step(StepKind::StopContainer, name, container.id), ErrorClass::Ok);
  EXPECT_EQ(step(StepKind::RemoveContainer, name, container.id), ErrorClass::Ok);
}

TEST_F(StepTest, ACreationDoesNotPull) {
  const std::string absent = "conformance.invalid/nobody:1";
  const std::string name = named("no-image");
  EXPECT_EQ(create(spec(name, {{"image", absent}})), ErrorClass::NotFound);
  EXPECT_EQ(observe().find(name), nullptr);
  CONFORMANCE_FACT(known, "image");
  if (engine().execute({StepKind::RemoveImage, known, {}, known, {}}) == ErrorClass::Ok &&
      !observe({known}).images.contains(known)) {
    EXPECT_EQ(create(spec(name)), ErrorClass::NotFound) << "the image is in its registry only";
  }
}

TEST_F(StepTest, AMissingCommandIsRejected) {
  const std::string name = named("no-command");
  const Outcome made =
      create(spec(name, {{"entrypoint", {"/no/such/program"}}, {"command", {"-x"}}}));
  if (made == ErrorClass::Ok) {
    EXPECT_EQ(step(StepKind::StartContainer, name), ErrorClass::Rejected);
    EXPECT_THAT(look(name).state, AnyOf(ContainerState::Created, ContainerState::Exited));
  } else {
    EXPECT_EQ(made, ErrorClass::Rejected);
  }
}

TEST_F(StepTest, AStopEndsWhatIgnoresTheSignal) {
  CONFORMANCE_NEEDS("shell");
  constexpr std::int64_t kGraceMs = 300;
  const std::string name = named("stubborn");
  ASSERT_NO_FATAL_FAILURE(run(shellSpec(name, "trap '' TERM; sleep 1000")));
  const Outcome outcome = stop(name, kGraceMs);
  EXPECT_EQ(outcome, ErrorClass::Ok);
  EXPECT_LE(outcome.took, 10s);
  EXPECT_EQ(look(name).state, ContainerState::Exited);
}

TEST_F(StepTest, AnImageInUseStays) {
  const std::string name = named("user");
  ASSERT_EQ(create(spec(name)), ErrorClass::Ok);
  EXPECT_EQ(engine().execute({StepKind::RemoveImage, image(), {}, image(), {}}), ErrorClass::Ok);
  EXPECT_TRUE(observe({image()}).images.contains(image())) << "removed although it is in use";
  EXPECT_NE(observe().find(name), nullptr) << "the image's container was removed";
}

TEST_F(StepTest, AnUnusedImageGoes) {
  EXPECT_EQ(engine().execute({StepKind::RemoveImage, image(), {}, image(), {}}), ErrorClass::Ok);
  EXPECT_FALSE(observe({image()}).images.contains(image()));
}

}  // namespace
}  // namespace holdfast::conformance
