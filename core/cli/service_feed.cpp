// SPDX-License-Identifier: Apache-2.0
#include "cli/service_feed.hpp"

#include "cli/json_view.hpp"

#include <algorithm>

namespace holdfast::cli {
namespace {

constexpr std::chrono::milliseconds kLeast{100};

}  // namespace

bool ServiceFeed::next(std::chrono::seconds patience) {
  Console& console = context_.console;
  if (asked_) {
    console.pause(kLeast);
  }
  asked_ = true;
  const auto began = console.uptime();
  const Answer answer = ask(context_, {.target = "/v1/services",
                                       .ifNoneMatch = etag_,
                                       .wait = etag_.empty() ? std::chrono::seconds{0} : patience});
  at_ = answer.at;
  if (!answer.body.is_null()) {
    etag_ = answer.etag;
    services_ = list(answer.body, "services");
    return true;
  }
  // An agent that is stopping answers at once.
  const auto rest = patience - (console.uptime() - began);
  if (rest > std::chrono::milliseconds{0}) {
    console.pause(rest);
  }
  return false;
}

}  // namespace holdfast::cli
