// SPDX-License-Identifier: Apache-2.0
//
//   contract_server SOCKET
//
// The real API server with an agent in memory, filled so that every member of every answer is
// there, and with the faults that no real agent shows on demand. Prints the port on which it
// listens over TCP as well, then obeys standard input, a line each, and answers "ok":
//
//   answer    commands are done
//   stopping  commands are not answered any more
//   conflict, missing, invalid   commands are refused so
//   hung      the agent's own thread does not move
//   broken    whatever is asked of the agent fails inside of it
//   hold      commands wait until something else is told
//   await     answers once a command waits
//
// and ends with it.
#include "api/server.hpp"
#include "component/contract/full_state.hpp"

#include <condition_variable>
#include <iostream>
#include <map>
#include <mutex>
#include <stdexcept>

namespace holdfast::contract {
namespace {

using Code = engine::CommandResult::Code;

class ContractAgent final : public api::FakeAgent {
 public:
  ContractAgent() { fill(*this); }

  void obey(const std::string& mode) {
    const std::lock_guard lock(mutex_);
    mode_ = mode;
    changed_.notify_all();
  }
  void awaitHeld() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return held_; });
  }

  std::shared_ptr<const engine::Snapshot> snapshot() const override {
    failIfBroken();
    return FakeAgent::snapshot();
  }
  std::shared_ptr<const alerts::AlertView> alerting() const override {
    failIfBroken();
    return FakeAgent::alerting();
  }
  std::vector<pluginhost::PluginReport> plugins() const override {
    failIfBroken();
    return FakeAgent::plugins();
  }
  pluginhost::PluginReport inspectPlugin(const std::string& path) const override {
    failIfBroken();
    return FakeAgent::inspectPlugin(path);
  }
  std::vector<pluginhost::PluginReport> notifiers() const override {
    failIfBroken();
    return FakeAgent::notifiers();
  }
  model::Milliseconds sinceHeartbeat() const override {
    failIfBroken();
    const std::lock_guard lock(mutex_);
    return mode_ == "hung" ? model::Milliseconds{60'000} : FakeAgent::sinceHeartbeat();
  }
  engine::CallResult logs(const std::string& runtime, const pluginhost::LogQuery& query,
                          pluginhost::OutputReader& reader) override {
    failIfBroken();
    return FakeAgent::logs(runtime, query, reader);
  }
  // Waits for real, so that a stream does not run on its own.
  api::News waitForNews(const api::News& seen, model::Milliseconds patience) override {
    return feed.wait(seen, patience);
  }

  engine::CommandResult setTarget(engine::TargetRequest) override { return pass(); }
  engine::DryRun plan(std::optional<engine::TargetRequest>) override { return {pass(), actions}; }
  engine::CommandResult command(api::Verb, const std::string&, const std::string&) override {
    return pass();
  }
  engine::CommandResult retryAll() override { return pass(); }
  engine::CommandResult purge(const std::string&) override { return pass(); }
  engine::CommandResult adopt(const std::string&) override { return pass(); }
  void restart() override { pass(); }
  alerts::SilenceAnswer silence(alerts::SilenceRequest) override {
    pass();
    return silenceAnswer;
  }
  bool unsilence(const std::string& id) override {
    pass();
    return id == knownSilence;
  }
  std::string replay(std::int64_t deadLetter) override {
    pass();
    return deadLetter == kDeadLetter ? "" : "there is no dead letter of this number";
  }
  engine::CallResult testNotifier(const std::string& name) override {
    pass();
    return name == kFailingNotifier ? kFailedCall : engine::CallResult{};
  }

 private:
  void failIfBroken() const {
    const std::lock_guard lock(mutex_);
    if (mode_ == "broken") {
      throw std::runtime_error("told to fail");
    }
  }

  engine::CommandResult pass() {
    static const std::map<std::string, Code> kRefusals{
        {"conflict", Code::Conflict}, {"missing", Code::NotFound}, {"invalid", Code::Invalid}};
    std::unique_lock lock(mutex_);
    if (mode_ == "hold") {
      held_ = true;
      changed_.notify_all();
      changed_.wait(lock, [this] { return mode_ != "hold"; });
      held_ = false;
    }
    if (mode_ == "broken") {
      throw std::runtime_error("told to fail");
    }
    if (mode_ == "stopping") {
      throw api::NotAnswering();
    }
    const auto refusal = kRefusals.find(mode_);
    if (refusal == kRefusals.end()) {
      return {.message = "done", .revision = 8};
    }
    return {.code = refusal->second, .message = "told to refuse", .problems = {{"/apps", "no"}}};
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string mode_ = "answer";
  bool held_ = false;
};

constexpr const char* kTokens =
    "operate:desk:operate-token-0123456789\nread:wall:read-token-0123456789\n";

int serve(const std::string& socket) {
  ContractAgent agent;
  api::Server server({.socketPath = socket,
                      .group = "",
                      .readGroup = "",
                      .maxFollowers = 2,
                      .requestTimeout = std::chrono::milliseconds{500},
                      .listen = *config::parseListenAddresses("127.0.0.1:0"),
                      .hosts = {}},
                     agent, [](engine::Severity, const std::string&) {});
  server.setTokens(config::parseTokens(kTokens).tokens);
  server.start();
  std::cout << server.listensAt().front().port << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    line == "await" ? agent.awaitHeld() : agent.obey(line);
    std::cout << "ok" << std::endl;
  }
  agent.obey("answer");
  agent.feed.stop();
  server.stop(std::chrono::seconds{5});
  return 0;
}

}  // namespace
}  // namespace holdfast::contract

int main(int argc, char** argv) {
  return argc == 2 ? holdfast::contract::serve(argv[1]) : 2;
}
