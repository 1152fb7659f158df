// SPDX-License-Identifier: Apache-2.0
#include "cli/waiter.hpp"

#include "cli/json_view.hpp"
#include "cli/live_region.hpp"
#include "cli/progress_view.hpp"
#include "cli/service_feed.hpp"

#include <algorithm>

namespace holdfast::cli {
namespace json = boost::json;
namespace {

// On a terminal countdowns go on and windows are resized while nothing changes; plain lines appear
// only when something does.
constexpr std::chrono::seconds kTerminalPatience{1};
constexpr std::chrono::seconds kPlainPatience{20};

class Waiter {
 public:
  Waiter(Context& context, std::int64_t revision)
      : context_(context), revision_(revision), feed_(context) {}

  // One look at the agent, which waits for up to `patience` while it has not settled. The revision
  // is read before the services, so that these are at least as new as the word "settled"; and since
  // each change makes new services, none of it is slept through.
  void look(std::chrono::seconds patience) {
    const Answer info = get(context_, "/v1/info");
    const json::value* const target = member(info.body, "target");
    inForce_ = target == nullptr ? 0 : number(*target, "revision");
    settled_ = inForce_ == revision_ && flag(*target, "settled");
    feed_.next(settled_ || replaced() ? std::chrono::seconds{0} : patience);
  }

  [[nodiscard]] bool settled() const { return settled_; }
  [[nodiscard]] bool replaced() const { return inForce_ > revision_; }
  [[nodiscard]] std::int64_t inForce() const { return inForce_; }

  void show() {
    // What is there before the revision is in force says nothing about it.
    if (context_.wantsJson() || inForce_ != revision_) {
      return;
    }
    Console& console = context_.console;
    if (console.outIsTerminal()) {
      const ScreenSize screen = console.screen();
      console.out(region_.draw(progressLines(feed_.services(), feed_.at(), screen.columns), screen,
                               console.colour()));
    } else {
      console.out(log_.changes(feed_.services(), feed_.at()));
    }
  }

  // The last word: how many are there, and what ails the others.
  int conclude(const std::string& ending) {
    const json::array& services = feed_.services();
    const auto missing = notThere(services);
    if (context_.wantsJson()) {
      printJson(context_, json::object{{"revision", revision_},
                                       {"settled", settled_},
                                       {"failing", missing.size()},
                                       {"services", services}});
    } else {
      std::string out = "Revision " + std::to_string(revision_) + " " + ending + ": " +
                        std::to_string(services.size() - missing.size()) + " of " +
                        std::to_string(services.size()) + " services at their state.\n";
      for (const json::value* service : missing) {
        out += "  " + failureLine(*service, feed_.at()) + "\n";
      }
      context_.console.out(out);
    }
    return missing.empty() ? kDone : kSettledFailing;
  }

 private:
  Context& context_;
  std::int64_t revision_;
  std::int64_t inForce_ = 0;
  bool settled_ = false;
  ServiceFeed feed_;
  LiveRegion region_;
  ProgressLog log_;
};

}  // namespace

int waitUntilSettled(Context& context, std::int64_t revision, std::chrono::seconds limit) {
  Waiter waiter(context, revision);
  const auto end = context.console.uptime() + limit;
  const auto patience = context.console.outIsTerminal() ? kTerminalPatience : kPlainPatience;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::seconds>(end - context.console.uptime());
    waiter.look(std::clamp(left, std::chrono::seconds{0}, patience));
    waiter.show();
    if (waiter.settled()) {
      return waiter.conclude("settled");
    }
    if (waiter.replaced()) {
      throw Failed("revision " + std::to_string(revision) + " was replaced by revision " +
                   std::to_string(waiter.inForce()) + " before it settled");
    }
    if (context.console.uptime() >= end) {
      waiter.conclude("has not settled after " + std::to_string(limit.count()) + " s");
      return kFailed;
    }
  }
}

}  // namespace holdfast::cli
