// SPDX-License-Identifier: Apache-2.0
// Deadlines, cancellation, threads and exceptions: what the agent relies on to stay in charge.

#include "conformance/runtime/fixture.hpp"

#include <thread>

namespace holdfast::conformance {
namespace {

using ::testing::AnyOf;

constexpr std::int64_t kShortMs = 300;
constexpr std::int64_t kLongMs = 10'000;

struct Blocking {
  std::string label;
  std::function<Outcome(const Engine&, DeadlineCall&)> call;
};

// Every call that talks to the engine.
std::vector<Blocking> blockingCalls(const std::string& image) {
  return {
      {"health", [](const Engine& engine, DeadlineCall& call) { return engine.health(call); }},
      {"engineInfo",
       [](const Engine& engine, DeadlineCall& call) {
         Info info;
         return engine.info(call, info);
       }},
      {"observe",
       [](const Engine& engine, DeadlineCall& call) {
         Seen seen({});
         return engine.observe(call, seen, {});
       }},
      {"execute",
       [](const Engine& engine, DeadlineCall& call) {
         return engine.execute(call, {StepKind::StartContainer, "conformance-nobody"});
       }},
      {"pull",
       [image](const Engine& engine, DeadlineCall& call) {
         Progress progress;
         return engine.pull(call, image, progress);
       }},
      {"watch",
       [](const Engine& engine, DeadlineCall& call) {
         Events events;
         return engine.watch(call, events);
       }},
      {"logs",
       [](const Engine& engine, DeadlineCall& call) {
         Output output;
         return engine.logs(call, {"conformance-nobody"}, output);
       }},
      {"exec",
       [](const Engine& engine, DeadlineCall& call) {
         Output output;
         sdk::ExecResult result;
         return engine.exec(call, "conformance-nobody", {"true"}, kLongMs, output, result);
       }},
  };
}

class CallTest : public RuntimeTest {
 protected:
  // An instance whose engine takes connections and never answers.
  static std::unique_ptr<Instance> hangingInstance(const std::string& fact) {
    auto instance = std::make_unique<Instance>(Kit::override(fact));
    EXPECT_TRUE(instance->created()) << instance->reason();
    if (instance->created()) {
      EXPECT_EQ(instance->start(), ErrorClass::Ok);
    }
    return instance;
  }

  // All of them at once, on an instance and calls that outlive them.
  static std::vector<std::unique_ptr<Background>> begin(const Instance& instance,
                                                        const std::vector<Blocking>& blocking,
                                                        std::int64_t limitMs) {
    std::vector<std::unique_ptr<Background>> calls;
    for (const Blocking& one : blocking) {
      calls.push_back(std::make_unique<Background>(
          one.label, [&](DeadlineCall& call) { return one.call(Engine(instance.runtime()), call); },
          limitMs));
    }
    return calls;
  }
};

TEST_F(CallTest, EndAtTheirDeadline) {
  CONFORMANCE_FACT(hanging, "hanging");
  const auto instance = hangingInstance(hanging);
  ASSERT_TRUE(instance->created());
  const std::vector<Blocking> blocking = blockingCalls(image());
  for (const auto& call : begin(*instance, blocking, kShortMs)) {
    const Outcome outcome = call->result();
    EXPECT_LE(outcome.took, std::chrono::milliseconds(kShortMs) + kSlack) << call->label();
    EXPECT_THAT(outcome.code,
                AnyOf(ErrorClass::Unavailable, ErrorClass::Transient, ErrorClass::Cancelled))
        << call->label() << ": " << outcome;
  }
  kit().silent().drop();
}

TEST_F(CallTest, EndSoonAfterTheyAreCancelled) {
  CONFORMANCE_FACT(hanging, "hanging");
  const auto instance = hangingInstance(hanging);
  ASSERT_TRUE(instance->created());
  kit().silent().drop();
  const std::vector<Blocking> blocking = blockingCalls(image());
  const auto calls = begin(*instance, blocking, kLongMs);
  // An engine that is no peer of the kit's is given the time that a connection takes.
  for (std::size_t connected = 0; connected < calls.size(); ++connected) {
    if (!kit().silent().awaitConnection(200ms)) {
      break;
    }
  }
  for (const auto& call : calls) {
    call->cancel();
    EXPECT_TRUE(call->ended(kSlack)) << call->label() << " goes on 1 s after its cancellation";
    EXPECT_EQ(call->result(), ErrorClass::Cancelled) << call->label();
  }
  kit().silent().drop();
}

TEST_F(CallTest, RunSideBySide) {
  constexpr int kThreads = 8;
  std::vector<std::future<void>> threads;
  for (int number = 0; number < kThreads; ++number) {
    threads.push_back(std::async(std::launch::async, [this, number] {
      const std::string name = named("parallel" + std::to_string(number));
      ASSERT_EQ(create(spec(name)), ErrorClass::Ok);
      EXPECT_EQ(step(StepKind::StartContainer, name), ErrorClass::Ok);
      EXPECT_EQ(look(name).state, ContainerState::Running);
      EXPECT_EQ(engine().validate(json::serialize(spec(name))), ErrorClass::Ok);
      EXPECT_EQ(stop(name), ErrorClass::Ok);
      EXPECT_EQ(look(name).state, ContainerState::Exited);
      EXPECT_EQ(step(StepKind::RemoveContainer, name), ErrorClass::Ok);
      EXPECT_EQ(observe().find(name), nullptr);
    }));
  }
  for (std::future<void>& thread : threads) {
    thread.get();
  }
}

TEST_F(CallTest, LetNoExceptionEscape) {
  const std::string deep = std::string(10'000, '[');
  const std::string odd = "\x01\xff\"'\\ /../%00";
  Seen seen({});
  Output output;
  sdk::ExecResult result;
  Progress progress;
  DeadlineCall call(30'000);
  std::vector<Outcome> outcomes{
      engine().validate(""),
      engine().validate(deep),
      engine().validate("[]"),
      engine().validate(R"({"name": 1, "image": [], "labels": null})"),
      engine().observe(seen, {"", odd}),
      engine().pull(call, odd, progress),
      engine().logs(call, {odd}, output),
      engine().exec(call, odd, {}, 1'000, output, result),
      engine().exec(call, odd, {""}, -1, output, result),
      engine().execute({static_cast<StepKind>(99), named("unknown")}),
  };
  for (int kind = 1; kind <= static_cast<int>(StepKind::RemoveImage); ++kind) {
    for (const std::string& hostile : {std::string(), odd}) {
      outcomes.push_back(
          engine().execute({static_cast<StepKind>(kind), hostile, hostile, hostile, hostile, -1}));
    }
  }
  for (const Outcome& outcome : outcomes) {
    EXPECT_FALSE(outcome.threw) << outcome.message;
  }
  EXPECT_FALSE(outcomes[9] == ErrorClass::Ok) << "a step of an unknown kind was not refused";
}

}  // namespace
}  // namespace holdfast::conformance
