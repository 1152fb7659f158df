// SPDX-License-Identifier: Apache-2.0
// Looking at the engine, and making images available.

#include "conformance/runtime/fixture.hpp"

#include <algorithm>

namespace holdfast::conformance {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::int64_t kYear2020Ms = 1'577'836'800'000;

class ObserveTest : public RuntimeTest {};

TEST_F(ObserveTest, FollowsAContainerThroughItsStates) {
  const std::string name = named("states");
  ASSERT_EQ(create(spec(name)), ErrorClass::Ok);
  EXPECT_EQ(look(name).state, ContainerState::Created);
  EXPECT_EQ(look(name).pid, 0);
  ASSERT_EQ(step(StepKind::StartContainer, name), ErrorClass::Ok);
  EXPECT_EQ(look(name).state, ContainerState::Running);
  ASSERT_EQ(stop(name), ErrorClass::Ok);
  EXPECT_EQ(look(name).state, ContainerState::Exited);
  ASSERT_EQ(step(StepKind::RemoveContainer, name), ErrorClass::Ok);
  EXPECT_EQ(observe().find(name), nullptr);
}

TEST_F(ObserveTest, TellsPausedFromRunning) {
  CONFORMANCE_NEEDS("pause");
  const std::string name = named("paused");
  ASSERT_NO_FATAL_FAILURE(run(spec(name)));
  ASSERT_EQ(step(StepKind::PauseContainer, name), ErrorClass::Ok);
  EXPECT_EQ(look(name).state, ContainerState::Paused);
  ASSERT_EQ(step(StepKind::UnpauseContainer, name), ErrorClass::Ok);
  EXPECT_EQ(look(name).state, ContainerState::Running);
}

TEST_F(ObserveTest, TellsTheExitCode) {
  CONFORMANCE_NEEDS("shell");
  const std::string name = named("exits");
  ASSERT_NO_FATAL_FAILURE(run(shellSpec(name, "exit 7")));
  awaitEnd(name);
  EXPECT_EQ(look(name).exitCode, 7);
}

TEST_F(ObserveTest, TellsWhenAContainerWasMadeRanAndEnded) {
  const std::string name = named("times");
  ASSERT_NO_FATAL_FAILURE(run(spec(name)));
  const SeenContainer running = look(name);
  EXPECT_GT(running.createdAtMs, kYear2020Ms);
  EXPECT_GE(running.startedAtMs, running.createdAtMs);
  ASSERT_EQ(stop(name), ErrorClass::Ok);
  const SeenContainer ended = look(name);
  EXPECT_EQ(ended.createdAtMs, running.createdAtMs);
  EXPECT_EQ(ended.startedAtMs, running.startedAtMs);
  EXPECT_GE(ended.finishedAtMs, ended.startedAtMs);
}

TEST_F(ObserveTest, TellsNameImageAndLabelsAsTheyWereGiven) {
  const std::string name = named("As.Given-1");
  json::object wanted = spec(name);
  wanted["labels"].as_object()["org.example.note"] = "a \"quoted\" text, with = and ,";
  ASSERT_EQ(create(wanted), ErrorClass::Ok);
  const SeenContainer container = look(name);
  EXPECT_THAT(container.imageId, Not(IsEmpty()));
  EXPECT_THAT(container.image, Not(IsEmpty()));
  for (const auto& [key, value] : wanted.at("labels").as_object()) {
    const auto found = container.labels.find(std::string(key));
    ASSERT_NE(found, container.labels.end()) << "label " << key << " is not reported";
    EXPECT_EQ(found->second, std::string(value.as_string()));
  }
}

TEST_F(ObserveTest, ReportsWhatBelongsToOtherAgents) {
  const std::string name = named("others");
  json::object theirs = spec(name);
  theirs["labels"].as_object()["io.holdfast.owner"] = kOwnerOfAnother;
  ASSERT_EQ(create(theirs), ErrorClass::Ok);
  const Seen seen = observe();
  EXPECT_NE(seen.find(name), nullptr) << "the agent decides what is its own";
}

TEST_F(ObserveTest, LeavesOutWhatNoAgentMade) {
  CONFORMANCE_FACT(foreign, "foreign");
  EXPECT_EQ(observe().find(foreign), nullptr);
}

TEST_F(ObserveTest, ReportsTheImagesThatWereAskedForAlone) {
  EXPECT_THAT(observe().images, IsEmpty()) << "none was asked for";
  const std::string absent = "conformance.invalid/nobody:1";
  const Seen seen = observe({image(), absent});
  EXPECT_EQ(seen.images.size(), 1u);
  EXPECT_TRUE(seen.images.contains(image()));
}

TEST_F(ObserveTest, TellsAnImagesOwnCheck) {
  CONFORMANCE_FACT(checked, "imageChecked");
  CONFORMANCE_FACT(check, "check");
  Progress progress;
  ASSERT_EQ(pull(checked, progress), ErrorClass::Ok);
  const Seen seen = observe({checked, image()});
  ASSERT_TRUE(seen.checks.contains(checked));
  std::string words;
  for (const std::string& word : seen.checks.at(checked)) {
    words += (words.empty() ? "" : " ") + word;
  }
  EXPECT_EQ(words, check);
  EXPECT_THAT(seen.checks.at(image()), IsEmpty()) << "the image has none";
}

TEST_F(ObserveTest, KeepsTheContractInEveryRecord) {
  const std::string made = named("record-made");
  const std::string runs = named("record-runs");
  ASSERT_EQ(create(spec(made)), ErrorClass::Ok);
  ASSERT_NO_FATAL_FAILURE(run(spec(runs)));
  for (const std::string& breach : observe({image()}).breaches) {
    ADD_FAILURE() << breach;
  }
  ASSERT_EQ(stop(runs), ErrorClass::Ok);
  for (const std::string& breach : observe({image()}).breaches) {
    ADD_FAILURE() << breach;
  }
}

class PullTest : public RuntimeTest {};

TEST_F(PullTest, MakesAnImageAvailable) {
  static_cast<void>(engine().execute({StepKind::RemoveImage, image(), {}, image(), {}}));
  Progress progress;
  EXPECT_EQ(pull(image(), progress), ErrorClass::Ok);
  EXPECT_TRUE(observe({image()}).images.contains(image()));
  EXPECT_EQ(pull(image(), progress), ErrorClass::Ok) << "what is there already is pulled as well";
}

TEST_F(PullTest, TellsProgressThatOnlyGrows) {
  static_cast<void>(engine().execute({StepKind::RemoveImage, image(), {}, image(), {}}));
  Progress progress;
  ASSERT_EQ(pull(image(), progress), ErrorClass::Ok);
  const std::vector<Progress::Line> lines = progress.lines();
  ASSERT_FALSE(lines.empty()) << "a pull without progress counts as stalled";
  for (std::size_t at = 0; at < lines.size(); ++at) {
    EXPECT_THAT(lines[at].phase, Not(IsEmpty()));
    EXPECT_GE(lines[at].doneBytes, 0);
    EXPECT_GE(lines[at].totalBytes, 0);
    if (at > 0) {
      EXPECT_GT(lines[at].sequence, lines[at - 1].sequence) << "sequence, line " << at;
    }
  }
}

TEST_F(PullTest, AnAbsentImageIsNotFound) {
  CONFORMANCE_FACT(absent, "imageAbsent");
  Progress progress;
  EXPECT_EQ(pull(absent, progress), ErrorClass::NotFound);
}

TEST_F(PullTest, AReferenceThatDoesNotParseIsInvalid) {
  Progress progress;
  for (const char* const reference : {"", "Not A Reference", "UPPER/case:1"}) {
    EXPECT_EQ(pull(reference, progress), ErrorClass::Invalid) << '"' << reference << '"';
  }
}

class ValidateTest : public RuntimeTest {};

TEST_F(ValidateTest, TakesAPlainContainer) {
  EXPECT_EQ(engine().validate(json::serialize(spec(named("plain")))), ErrorClass::Ok);
}

TEST_F(ValidateTest, RefusesAnUnknownMemberByItsName) {
  const Outcome outcome =
      engine().validate(json::serialize(spec(named("unknown"), {{"teleport", true}})));
  EXPECT_EQ(outcome, ErrorClass::Invalid);
  EXPECT_THAT(outcome.message, HasSubstr("teleport"));
}

TEST_F(ValidateTest, RefusesWhatIsNoSpecification) {
  for (const char* const text :
       {"", "{", "[]", "17", R"({"name": 1, "image": "a", "labels": {}})"}) {
    EXPECT_EQ(engine().validate(text), ErrorClass::Invalid) << text;
  }
}

}  // namespace
}  // namespace holdfast::conformance
