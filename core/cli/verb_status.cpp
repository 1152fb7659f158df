// SPDX-License-Identifier: Apache-2.0
#include "cli/context.hpp"
#include "cli/json_view.hpp"
#include "cli/live_region.hpp"
#include "cli/service_feed.hpp"
#include "cli/service_words.hpp"
#include "cli/status_view.hpp"
#include "cli/text.hpp"
#include "cli/verb_list.hpp"
#include "model/nearest.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <map>

namespace holdfast::cli {
namespace json = boost::json;
namespace {

// On a terminal countdowns go on and windows are resized while nothing changes.
constexpr std::chrono::seconds kTerminalPatience{1};
constexpr std::chrono::seconds kPlainPatience{20};

constexpr const char* kNoServices = "No services: no target was accepted yet, or it is empty.\n";

std::string wanted(const Context& context) {
  return context.arguments.positionals.empty() ? std::string()
                                               : context.arguments.positionals.front();
}

Breadth breadth(const Context& context) {
  return context.arguments.value("output") == "wide" ? Breadth::Wide : Breadth::Usual;
}

// The services asked for; Failed when a name was given that is not there.
json::array selected(const Context& context, const json::value& body) {
  const json::array& all = list(body, "services");
  json::array some = chosen(all, wanted(context));
  if (!some.empty() || wanted(context).empty()) {
    return some;
  }
  std::vector<std::string> known;
  for (const json::value& service : all) {
    known.push_back(text(service, "appName"));
    known.push_back(displayName(service));
  }
  const std::string near = model::nearest(wanted(context), known);
  throw Failed("there is no service or app '" + oneLine(wanted(context)) + "'" +
               (near.empty() ? "" : "; did you mean '" + near + "'?"));
}

std::vector<LiveLine> tableLines(const json::array& services, model::WallTime now,
                                 Breadth columns) {
  const std::vector<std::string> rows = statusTable(services, now, columns).lines();
  std::vector<LiveLine> lines;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    lines.push_back({rows[i], i == 0 ? Tint::None : tintOf(services[i - 1])});
  }
  return lines;
}

// Nothing while the version that is wanted is the one in force. The cloud's may not have been
// accepted, or a local one may be in its place: these versions alone do not tell.
std::string otherVersion(const json::value& body) {
  const json::value* const target = member(body, "target");
  if (target == nullptr || text(*target, "wanted") == text(*target, "applied")) {
    return {};
  }
  const std::string wanted = text(*target, "wanted");
  const std::string applied = text(*target, "applied");
  return "The cloud's target" + (wanted.empty() ? "" : ", version " + wanted + ",") +
         " is not in force" + (applied.empty() ? "" : "; version " + applied + " is") +
         ". 'holdfast check' says why.\n";
}

// Nothing while every state is that of now.
std::string staleness(const json::array& services) {
  const bool any = std::any_of(services.begin(), services.end(),
                               [](const json::value& service) { return flag(service, "stale"); });
  return any ? "(stale): as it was seen last, since the engine does not answer. 'holdfast check' "
               "says why.\n"
             : "";
}

void print(Context& context, const Answer& answer, const json::array& services) {
  const std::string output = context.arguments.value("output");
  std::string out;
  if (output == "json") {
    json::value shown = answer.body;
    if (json::object* const members = shown.if_object()) {
      (*members)["services"] = services;
    }
    out = prettyJson(shown);
  } else if (output == "name") {
    for (const json::value& service : services) {
      out += displayName(service) + "\n";
    }
  } else if (services.empty()) {
    context.console.err(kNoServices);
  } else {
    for (const LiveLine& line : tableLines(services, answer.at, breadth(context))) {
      out += context.console.colour() ? tinted(line.text, line.tint) : line.text;
      out += '\n';
    }
  }
  context.console.out(out);
  if (output != "json" && output != "name") {
    context.console.err(staleness(services) + otherVersion(answer.body));
  }
}

// Shows every change until the command is interrupted: in place on a terminal, with running
// countdowns; as kubectl does elsewhere, one row (or with -o json one object) per service that
// changed.
class Watcher {
 public:
  explicit Watcher(Context& context) : context_(context), feed_(context) {}

  // Blocks until there is something else to show.
  void look() {
    Console& console = context_.console;
    const bool inPlace = console.outIsTerminal() && !context_.wantsJson();
    if (feed_.next(inPlace ? kTerminalPatience : kPlainPatience)) {
      services_ = chosen(feed_.services(), wanted(context_));
      if (!inPlace) {
        tellOfNone();
        console.out(changedRows(feed_.at()));
      }
    }
    if (inPlace) {
      console.out(region_.draw(tableLines(services_, feed_.at(), breadth(context_)),
                               console.screen(), console.colour()));
    }
  }

 private:
  // Once, each time that there are none.
  void tellOfNone() {
    const bool none = feed_.services().empty();
    if (none && !toldOfNone_ && !context_.wantsJson()) {
      context_.console.err(kNoServices);
    }
    toldOfNone_ = none;
  }

  std::string changedRows(model::WallTime now) {
    json::array changed;
    for (const json::value& service : services_) {
      json::value compared = service;
      compared.as_object().erase("observedAt");
      std::string& before = shown_[displayName(service)];
      if (std::string text = json::serialize(compared); text != before) {
        before = std::move(text);
        changed.push_back(service);
      }
    }
    std::string out;
    if (context_.wantsJson()) {
      for (const json::value& service : changed) {
        out += json::serialize(service) + "\n";
      }
      return out;
    }
    if (changed.empty()) {
      return {};
    }
    std::vector<LiveLine> lines = tableLines(changed, now, breadth(context_));
    if (headed_) {
      lines.erase(lines.begin());
    }
    headed_ = true;
    for (const LiveLine& line : lines) {
      out += line.text + "\n";
    }
    return out;
  }

  Context& context_;
  ServiceFeed feed_;
  LiveRegion region_;
  json::array services_;
  std::map<std::string, std::string> shown_;
  bool headed_ = false;
  bool toldOfNone_ = false;
};

int run(Context& context) {
  const Answer answer = get(context, "/v1/services");
  const json::array services = selected(context, answer.body);
  if (!context.arguments.has("watch")) {
    print(context, answer, services);
    return kDone;
  }
  for (Watcher watcher(context);;) {
    watcher.look();
  }
}

}  // namespace

VerbSpec statusVerb() {
  return {
      .name = "status",
      .summary = "what each service is doing, and when a failed one is tried again",
      .arguments = {.usage = "[APP[/SERVICE]]", .most = 1, .completes = Completes::AppOrService},
      .options = {{.name = "watch", .letter = 'w', .help = "keep showing changes"},
                  {.name = "output",
                   .letter = 'o',
                   .value = OptionSpec::Value::Required,
                   .placeholder = "wide|json|name",
                   .help = "more columns, the API's answer, or names alone",
                   .words = "wide json name"}},
      .details =
          "STATUS uses kubectl's words. NEXT-RETRY is when a failed step is tried again, with "
          "the number of that retry; 'gave up' means that 'holdfast retry' or a change is "
          "needed, 'fix spec' that only a change helps.",
      .examples = "holdfast status\nholdfast status monitoring -o wide\nholdfast status --watch",
      .run = run};
}

}  // namespace holdfast::cli
