// SPDX-License-Identifier: Apache-2.0
// What the cloud has after an hour in which it could not be reached, and in which the agent was
// killed. The hour is the clock's of the test; what waits lies in a database on disk.
#include "plugin_link_fixture.hpp"
#include "state/store.hpp"

#include <gmock/gmock.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::uplink {
namespace {

namespace json = boost::json;
using ::testing::ElementsAre;
using ::testing::SizeIs;

std::string textAt(const json::value& object, std::string_view name) {
  return json::value_to<std::string>(object.at(name));
}

// Calls `see` with each service of the report as the cloud shows it.
template <typename See>
void forEachService(const json::object& report, const See& see) {
  for (const auto& app : report.at("apps").as_object()) {
    for (const auto& service : app.value().at("services").as_array())
      see(service);
  }
}

// "db running, web error: cause 7"
std::string stateIn(const json::object& report) {
  std::set<std::string> services;
  forEachService(report, [&](const json::value& service) {
    const auto* error = service.as_object().if_contains("error");
    services.insert(textAt(service, "serviceName") + " " + textAt(service, "serviceStatus") +
                    (error != nullptr ? ": " + textAt(*error, "message") : ""));
  });
  std::string text;
  for (const auto& service : services)
    text += (text.empty() ? "" : ", ") + service;
  return text;
}

// "12 web error: cause 12"
std::string lineOf(const json::value& transition, const std::string& service) {
  return std::to_string(transition.at("seq").as_int64()) + " " + service + " " +
         textAt(transition, "type") + ": " + textAt(transition, "message");
}

class CutOffHour : public PluginLinkFixture {
 protected:
  CutOffHour() {
    makePlugin();
    openStore();
    start();
  }

  void openStore() {
    database_ = std::make_unique<state::Store>(state::StoreOptions{
        .directory = directory_.path() / "state",
        .bootId = "3f2b6b3e-0000-4000-8000-000000000001",
        .limits = {},
        .log = [](engine::Severity, const std::string& text) { ADD_FAILURE() << text; }});
    records_ = database_.get();
    const auto loaded = database_->load(clock_.now());
    stored_ = loaded.target;
    savedLedger_ = loaded.ledger;
  }

  // Nobody closes the database in an orderly way.
  void reopen() override {
    makePlugin();
    database_.reset();
    openStore();
  }

  void remember(const engine::StateChange& change) override {
    if (!change.empty())
      database_->commit(change, clock_.now());
  }

  // The next transition of web, which has one error, another, and none in turn, or of db, which has
  // one and none.
  void change(const std::string& name) {
    const std::string number = std::to_string(expected_.size() + 1);
    const std::string cause = "cause " + number;
    std::string& before = causes_[name];
    const bool resolved = !before.empty() && (name == "db" || changes_[name] % 3 == 2);
    ++changes_[name];
    expected_.push_back(number + " " + name +
                        (resolved ? " resolved: " + before : " error: " + cause));
    expectedOf_[name].push_back(expected_.back());
    before = resolved ? "" : cause;
    services_.insert_or_assign(name, resolved ? running(name) : failing(cause, name));
    showAll();
  }
  void showAll() {
    std::vector<engine::ServiceView> views;
    for (const auto& [name, view] : services_) {
      views.push_back(view);
      views.back().status.serviceId = name;  // a target need not give another
    }
    show(std::move(views));
  }

  // What the cloud was told over all reports: the transitions, and those of each service itself.
  [[nodiscard]] std::vector<std::string> told() const {
    std::vector<std::string> lines;
    for (const auto& report : remote_.reports()) {
      for (const auto& transition : report.at("transitions").as_array())
        lines.push_back(lineOf(transition, textAt(transition, "serviceName")));
    }
    return lines;
  }
  [[nodiscard]] std::map<std::string, std::vector<std::string>> toldOfServices() const {
    std::map<std::string, std::vector<std::string>> lines;
    for (const auto& report : remote_.reports()) {
      forEachService(report, [&](const json::value& service) {
        const std::string name = textAt(service, "serviceName");
        for (const auto& transition : service.at("transitions").as_array())
          lines[name].push_back(lineOf(transition, name));
      });
    }
    return lines;
  }
  // What its row said, one after the other.
  [[nodiscard]] std::vector<std::string> states() const {
    std::vector<std::string> all;
    for (const auto& report : remote_.reports()) {
      std::string state = stateIn(report);
      if (all.empty() || all.back() != state)
        all.push_back(std::move(state));
    }
    return all;
  }

  std::unique_ptr<state::Store> database_;
  std::map<std::string, engine::ServiceView> services_{{"db", running("db")},
                                                       {"web", running("web")}};
  std::map<std::string, std::string> causes_;  // of errors that are not over
  std::map<std::string, int> changes_;
  std::vector<std::string> expected_;
  std::map<std::string, std::vector<std::string>> expectedOf_;
};

TEST_F(CutOffHour, WithTwoKillsEndsWithTheTruthAndEveryTransitionInOrder) {
  remote_.setTarget(R"({"apps": {}, "config": {}})");
  showAll();
  pass(1min);
  ASSERT_THAT(states(), ElementsAre("db running, web running"));

  remote_.disconnect();
  const auto before = remote_.reports().size();
  for (int i = 0; i < 50; ++i) {
    change(i % 5 == 0 ? "db" : "web");
    if (i == 17 || i == 34)
      kill();
    pass(72s);
  }
  ASSERT_THAT(remote_.reports(), SizeIs(before));

  remote_.reconnect();
  pass(10min);
  const std::string truth = "db running, web error: cause 50";
  EXPECT_EQ(stateIn(remote_.currentState(snapshot_->owner).value()), truth);
  EXPECT_EQ(told(), expected_);
  EXPECT_EQ(toldOfServices(), expectedOf_);

  change("web");
  pass(10min);
  const auto row = remote_.currentState(snapshot_->owner).value();
  EXPECT_EQ(stateIn(row), "db running, web error: cause 51");
  EXPECT_EQ(row.at("version"), 1);
  EXPECT_EQ(told(), expected_);
  EXPECT_EQ(toldOfServices(), expectedOf_);
  EXPECT_THAT(states(),
              ElementsAre("db running, web running", truth, "db running, web error: cause 51"));
  std::int64_t sequence = 0;
  for (const auto& report : remote_.reports()) {
    EXPECT_GT(report.at("sequence").as_int64(), sequence);
    sequence = report.at("sequence").as_int64();
    EXPECT_EQ(report.at("transitions_truncated"), 0);
  }
  EXPECT_THAT(submitted_, SizeIs(1));  // the target in force was that of the database all along
}

}  // namespace
}  // namespace holdfast::uplink
