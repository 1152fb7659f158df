// SPDX-License-Identifier: Apache-2.0
// An instance whose calls do not return, under the real engine: what becomes of its services and of
// those beside it.
#include "engine/engine.hpp"
#include "pluginhost/unique_fd.hpp"
#include "registry_fixture.hpp"
#include "state/store.hpp"

#include <fcntl.h>

#include <condition_variable>

namespace holdfast::pluginhost {
namespace {

using namespace std::chrono_literals;

constexpr const char* kTarget = R"({"apps": {"1": {"appName": "demo", "services": [
    {"serviceId": 1, "serviceName": "shaky", "image": "a:1",
     "config": {"runtime": "scripted"}},
    {"serviceId": 2, "serviceName": "calm", "image": "a:1",
     "config": {"runtime": "steady"}}]}}})";

class StuckInstance : public RegistryTest {
 protected:
  void SetUp() override {
    ASSERT_EQ(::mkfifo(gate_.c_str(), 0600), 0);
    put("scripted_runtime", "scripted");
    put("steady_runtime", "steady");
    openGate();
    auto with = settings();
    with.deadlines.observe = 200ms;
    with.incidents = [this](const Incident& incident) {
      const std::lock_guard lock(mutex_);
      incidents_.push_back(incident);
      changed_.notify_all();
    };
    registry_ = std::make_unique<Registry>(std::move(with), clock_);
    registry_->load({{"scripted", {{"call", "hang"}, {"gate", gate_.string()}}}, {"steady", {}}});
    startEngine();
  }

  void TearDown() override {
    openGate();
    if (engine_) {
      engine_->stop(true);
    }
    EXPECT_TRUE(registry_->drain(30s));
  }

  void startEngine() {
    state::StoreOptions options;
    options.directory = state();
    options.bootId = model::bootId();
    store_ = std::make_unique<state::Store>(std::move(options));
    engine::EngineSettings with;
    with.defaultRuntime = "scripted";
    with.resyncInterval = 50ms;
    with.retry.engine.initial = 10ms;
    with.retry.engine.max = 10ms;
    engine::Observers observers;
    observers.snapshot = [this](auto snapshot) {
      const std::lock_guard lock(mutex_);
      snapshot_ = std::move(snapshot);
      changed_.notify_all();
    };
    engine_ = std::make_unique<engine::Engine>(with, registry_->runtimes(), *store_, clock_,
                                               std::move(observers));
    engine_->start();
    // Leniently: the fixture finds fault with every specification, which does not matter here.
    const auto taken =
        engine_->setTarget({.text = kTarget, .strictness = model::Strictness::Lenient}).get();
    ASSERT_EQ(taken.code, engine::CommandResult::Code::Done) << taken.message;
  }

  // While somebody has the FIFO open for writing, the calls of "scripted" return at once.
  void openGate() { writer_ = UniqueFd(::open(gate_.c_str(), O_RDWR | O_CLOEXEC)); }
  void closeGate() { writer_.reset(); }

  template <class Condition>
  bool eventually(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 30s, condition);
  }

  // Under the mutex.
  [[nodiscard]] bool stale(const std::string& service) const {
    const auto* view = snapshot_ ? snapshot_->find("1", service) : nullptr;
    return view == nullptr || view->status.stale;
  }
  [[nodiscard]] bool happened(Incident::Kind kind) const {
    return std::any_of(incidents_.begin(), incidents_.end(),
                       [kind](const auto& incident) { return incident.kind == kind; });
  }

  const std::filesystem::path gate_ = directory_.path() / "gate";
  std::condition_variable changed_;
  std::shared_ptr<const engine::Snapshot> snapshot_;
  UniqueFd writer_;
  std::unique_ptr<Registry> registry_;
  std::unique_ptr<state::Store> store_;
  std::unique_ptr<engine::Engine> engine_;
};

TEST_F(StuckInstance, IsQuarantinedAloneUntilItsCallsReturn) {
  ASSERT_TRUE(eventually([this] { return !stale("shaky") && !stale("calm"); }));

  closeGate();
  ASSERT_TRUE(eventually([this] { return happened(Incident::Kind::Quarantined); }));
  ASSERT_TRUE(eventually([this] { return stale("shaky") && !stale("calm"); }));
  EXPECT_TRUE(registry_->report()[0].health.quarantined);
  EXPECT_EQ(registry_->report()[0].health.stuckCalls, 3U);
  EXPECT_FALSE(registry_->report()[1].health.quarantined);
  {
    const std::lock_guard lock(mutex_);
    for (const auto& incident : incidents_) {
      EXPECT_EQ(incident.plugin, "scripted") << incident.text;
    }
  }

  openGate();
  ASSERT_TRUE(eventually([this] { return happened(Incident::Kind::Lifted); }));
  ASSERT_TRUE(eventually([this] { return !stale("shaky"); }));
  EXPECT_FALSE(registry_->report()[0].health.quarantined);
}

}  // namespace
}  // namespace holdfast::pluginhost
