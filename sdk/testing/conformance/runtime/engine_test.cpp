// SPDX-License-Identifier: Apache-2.0
// What the engine is, and what happens when it is not there.

#include "conformance/runtime/fixture.hpp"

namespace holdfast::conformance {
namespace {

using ::testing::AnyOf;
using ::testing::IsEmpty;
using ::testing::Not;

class EngineTest : public RuntimeTest {};

TEST_F(EngineTest, TellsWhatItIs) {
  Info info;
  ASSERT_EQ(engine().info(info), ErrorClass::Ok);
  EXPECT_EQ(info.reports, 1);
  EXPECT_THAT(info.name, Not(IsEmpty()));
  EXPECT_THAT(info.version, Not(IsEmpty()));
  EXPECT_THAT(info.architecture, AnyOf("amd64", "arm64", "arm", "386", "riscv64", "ppc64le",
                                       "s390x", "loong64", "mips64le"));
  EXPECT_GT(info.cpus, 0);
  EXPECT_GT(info.memoryBytes, 0);
}

TEST_F(EngineTest, IsHealthy) {
  EXPECT_EQ(instance_->health(), ErrorClass::Ok);
}

TEST_F(EngineTest, IsUnavailableWhenItIsNotThere) {
  CONFORMANCE_FACT(unreachable, "unreachable");
  Instance away(Kit::override(unreachable));
  ASSERT_TRUE(away.created()) << away.reason();
  static_cast<void>(away.start());
  EXPECT_EQ(away.health(), ErrorClass::Unavailable);
  const Engine engine(away.runtime());
  Seen seen({});
  EXPECT_EQ(engine.observe(seen, {}), ErrorClass::Unavailable);
  EXPECT_EQ(engine.execute({StepKind::StopContainer, named("nobody")}), ErrorClass::Unavailable)
      << "what cannot be asked is not known to be absent";
  Events events;
  DeadlineCall call(10'000);
  EXPECT_EQ(engine.watch(call, events), ErrorClass::Unavailable);
  EXPECT_TRUE(events.events().empty()) << "not connected, and yet there are events";
}

class ErrorTest : public RuntimeTest {};

// Holds for every result that is not Ok; these stand for all of them.
TEST_F(ErrorTest, EachIsExplainedInOneLine) {
  Progress progress;
  const std::vector<Outcome> failures{
      engine().validate("{"),
      create(spec(named("explained"), {{"teleport", true}})),
      step(StepKind::StartContainer, named("nobody")),
      pull("Not A Reference", progress),
  };
  for (const Outcome& failure : failures) {
    EXPECT_FALSE(failure == ErrorClass::Ok);
    EXPECT_THAT(failure.message, Not(IsEmpty())) << nameOf(failure.code) << " without explain()";
    EXPECT_EQ(failure.message.find('\n'), std::string::npos) << failure.message;
  }
}

}  // namespace
}  // namespace holdfast::conformance
