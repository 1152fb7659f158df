// SPDX-License-Identifier: Apache-2.0
#include "cli/context.hpp"
#include "cli/document.hpp"
#include "cli/json_view.hpp"
#include "cli/verb_list.hpp"
#include "cli/waiter.hpp"

#include <charconv>
#include <optional>

namespace holdfast::cli {
namespace {

constexpr std::chrono::seconds kDefaultWait{600};
constexpr std::chrono::seconds kLongestWait{7 * 24 * 3600};

// Nothing when --wait was not given.
std::optional<std::chrono::seconds> waitOption(const Context& context) {
  if (!context.arguments.has("wait")) {
    return std::nullopt;
  }
  const std::string value = context.arguments.value("wait");
  if (value.empty()) {
    return kDefaultWait;
  }
  std::int64_t seconds = 0;
  const char* const end = value.data() + value.size();
  const auto read = std::from_chars(value.data(), end, seconds);
  if (read.ec != std::errc() || read.ptr != end || seconds < 1 || seconds > kLongestWait.count()) {
    throw Failed(
        "--wait=" + value + ": expected seconds, from 1 to " + std::to_string(kLongestWait.count()),
        kUsage);
  }
  return std::chrono::seconds(seconds);
}

int run(Context& context) {
  if (!context.arguments.has("file")) {
    throw Failed("apply needs -f FILE (- for standard input)", kUsage);
  }
  const auto wait = waitOption(context);
  const Document document = readDocument(context, context.arguments.value("file"));
  const std::string target =
      context.arguments.has("override") ? "/v1/target?override=1" : "/v1/target";
  const Answer answer = ask(context, {.method = "PUT", .target = target, .body = document.text});
  if (refused(context, answer, document)) {
    return kFailed;
  }
  const std::int64_t revision = number(answer.body, "revision");
  if (!wait) {
    if (context.wantsJson()) {
      printJson(context, answer.body);
    } else {
      context.console.out("Accepted as revision " + std::to_string(revision) +
                          "; 'holdfast status --watch' shows how it comes about.\n");
    }
    return kDone;
  }
  return waitUntilSettled(context, revision, *wait);
}

}  // namespace

VerbSpec applyVerb() {
  return {
      .name = "apply",
      .summary = "set the target state",
      .options = {{.name = "file",
                   .letter = 'f',
                   .value = OptionSpec::Value::Required,
                   .placeholder = "FILE",
                   .help = "the target as JSON (- is standard input)"},
                  {.name = "wait",
                   .value = OptionSpec::Value::Optional,
                   .placeholder = "SECONDS",
                   .help = "until it has settled, at most so long (600)"},
                  {.name = "override", .help = "also when a cloud sets it; its next change wins"}},
      .details =
          "The target is checked first; when anything is wrong with it, every problem is listed "
          "and nothing is changed. Setting the same target again tries at once what had given "
          "up. With --wait: exit 3 when services fail, 1 when the time is over.",
      .examples =
          "holdfast apply -f target.json --wait\nholdfast apply -f - --wait=120 < target.json",
      .run = run};
}

}  // namespace holdfast::cli
