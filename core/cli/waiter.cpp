// SPDX-License-Identifier: Apache-2.0
#include "cli/waiter.hpp"

#include "cli/json_view.hpp"
#include "cli/live_region.hpp"
#include "cli/progress_view.hpp"

namespace holdfast::cli {
namespace json = boost::json;
namespace {

// A terminal's bars move; plain lines appear only when something changed.
constexpr std::chrono::milliseconds kFrame{250};
constexpr std::chrono::milliseconds kLook{500};

class Waiter {
 public:
  Waiter(Context& context, std::int64_t revision) : context_(context), revision_(revision) {}

  // One look at the agent. The revision is read before the services, so that these are at least as
  // new as the word "settled".
  void look() {
    const Answer info = get(context_, "/v1/info");
    const json::value* const target = member(info.body, "target");
    inForce_ = target == nullptr ? 0 : number(*target, "revision");
    settled_ = inForce_ == revision_ && flag(*target, "settled");
    const Answer answer = ask(context_, {.target = "/v1/services", .ifNoneMatch = etag_});
    if (!answer.body.is_null()) {
      etag_ = answer.etag;
      services_ = list(answer.body, "services");
    }
    at_ = answer.at;
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
      console.out(
          region_.draw(progressLines(services_, at_, screen.columns), screen, console.colour()));
    } else {
      console.out(log_.changes(services_, at_));
    }
  }

  // The last word: how many are there, and what ails the others.
  int conclude(const std::string& ending) {
    const auto missing = notThere(services_);
    if (context_.wantsJson()) {
      printJson(context_, json::object{{"revision", revision_},
                                       {"settled", settled_},
                                       {"failing", missing.size()},
                                       {"services", services_}});
    } else {
      std::string out = "Revision " + std::to_string(revision_) + " " + ending + ": " +
                        std::to_string(services_.size() - missing.size()) + " of " +
                        std::to_string(services_.size()) + " services at their state.\n";
      for (const json::value* service : missing) {
        out += "  " + failureLine(*service, at_) + "\n";
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
  std::string etag_;
  json::array services_;
  model::WallTime at_;
  LiveRegion region_;
  ProgressLog log_;
};

}  // namespace

int waitUntilSettled(Context& context, std::int64_t revision, std::chrono::seconds limit) {
  Waiter waiter(context, revision);
  const auto end = context.console.uptime() + limit;
  const auto interval = context.console.outIsTerminal() ? kFrame : kLook;
  for (;;) {
    waiter.look();
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
    context.console.pause(interval);
  }
}

}  // namespace holdfast::cli
