// SPDX-License-Identifier: Apache-2.0
#include "cli/why_view.hpp"

#include "cli/json_view.hpp"
#include "cli/section_writer.hpp"
#include "cli/service_words.hpp"
#include "cli/text.hpp"
#include "cli/value_text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace holdfast::cli {
namespace json = boost::json;
namespace {

// docs/behaviour.md "Error classes".
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kMeanings{{
    {"transient",
     "a passing fault (network, time-out, damaged data, full disk): the same may work "
     "later"},
    {"rate_limited", "the registry asked for fewer requests: every pull from it waits"},
    {"denied", "credentials are missing, wrong or not sufficient"},
    {"not_found", "the named thing does not exist there; tried again, since tags appear"},
    {"rejected", "the engine refuses to run it as it is"},
    {"invalid", "it can never work like this: only a changed specification helps"},
    {"conflict", "something else holds the name or the port"},
    {"unavailable", "the engine itself does not answer; the service is not to blame"},
    {"internal", "the plugin failed; see 'holdfast plugins'"},
}};

std::string targetLine(const json::value& why, const json::value& service, model::WallTime now) {
  std::string line = displayName(service) + " should be " + text(service, "state");
  if (!text(service, "override").empty()) {
    line += ", but was " + text(service, "override") + " by hand";
  }
  line += " with image " + text(service, "imageName");
  if (const json::value* const target = member(why, "target")) {
    line += ": so says target revision " + text(*target, "revision");
    std::string from = text(*target, "sourceDetail");
    if (from.empty()) {
      from = text(*target, "source");
    }
    line += from.empty() ? "" : " from " + from;
    if (const auto accepted = instant(*target, "acceptedAt")) {
      line += ", accepted " + age(*accepted, now) + " ago";
    }
  }
  return line + ".";
}

std::string engineLine(const json::value& why) {
  const json::value* const runtime = member(why, "runtime");
  if (runtime == nullptr || !runtime->is_object() || flag(*runtime, "available")) {
    return {};
  }
  return "The engine '" + text(*runtime, "name") +
         "' does not answer: " + text(*runtime, "problem") +
         ". What is shown is the last known state.";
}

// What a ledger key counts, told from its family.
std::string calledFor(const std::string& key) {
  if (key.starts_with("image:")) {
    return "Pulling the image";
  }
  if (key.starts_with("start:")) {
    return "Creating or starting the container";
  }
  if (key.starts_with("crash:")) {
    return "Running the container";
  }
  return "'" + key + "'";
}

std::string nextLine(const json::value& entry, const std::string& name, model::WallTime now) {
  if (flag(entry, "exhausted")) {
    return "It gave up after " + text(entry, "maxRetries") + " retries. It starts again with " +
           "another image or a changed specification, when the same target is applied again, or " +
           "with 'holdfast retry " + name + "'.";
  }
  const std::string next = futureMoment(entry, "nextRetry", now);
  if (next.empty()) {
    return "No retry: only a changed specification helps.";
  }
  return "The next retry " + attempt(entry) + " is due " + next + "; 'holdfast retry " + name +
         "' makes it now.";
}

void writeFailure(SectionWriter& out, const json::value& entry, const std::string& name,
                  model::WallTime now) {
  out.open(calledFor(text(entry, "key")) + " failed, first " + pastMoment(entry, "since", now));
  const std::string first = text(entry, "firstError");
  const std::string latest = text(entry, "message");
  out.field("First cause", first);
  if (latest != first) {
    out.field("Latest cause", latest);
  }
  out.field("Latest failure", pastMoment(entry, "timestamp", now));
  if (!text(entry, "key").starts_with("crash:")) {  // why a process ended is not ours to class
    const std::string errorClass = text(entry, "class");
    const std::string_view meaning = classMeaning(errorClass);
    out.field("Class", meaning.empty() ? errorClass : errorClass + ": " + std::string(meaning));
  }
  out.block("The answer as it came", rawText(entry, "raw"));
  out.field("What happens next", nextLine(entry, name, now));
  out.close();
}

}  // namespace

std::string_view classMeaning(std::string_view errorClass) {
  const auto* const found =
      std::find_if(kMeanings.begin(), kMeanings.end(),
                   [&](const auto& meaning) { return meaning.first == errorClass; });
  return found == kMeanings.end() ? std::string_view() : found->second;
}

std::string whyText(const json::value& why, model::WallTime now) {
  const json::value* const found = member(why, "service");
  const json::value& service = found == nullptr ? why : *found;
  SectionWriter out;
  out.line(displayName(service) + " is " + statusWord(service) +
           (flag(service, "ready") ? ", ready" : "") + ".");
  out.line(targetLine(why, service, now));
  if (const std::string decision = text(why, "decision"); !decision.empty()) {
    out.line("Decision: " + decision);
  }
  if (const std::string engine = engineLine(why); !engine.empty()) {
    out.line(engine);
  }
  for (const json::value& fault : list(why, "faults")) {
    const json::string* const words = fault.if_string();
    out.line("Fault in its specification: " +
             (words == nullptr ? text(fault, "pointer") + ": " + text(fault, "message")
                               : oneLine({words->data(), words->size()})));
  }
  for (const json::value& entry : list(why, "ledger")) {
    writeFailure(out, entry, displayName(service), now);
  }
  const json::value* const error = member(service, "error");
  if (error != nullptr && list(why, "ledger").empty()) {
    out.line(text(*error, "reason") + ": " + text(*error, "message"));
  }
  return out.result();
}

}  // namespace holdfast::cli
