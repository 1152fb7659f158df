// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor.hpp"

#include "cli/json_view.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"

#include <boost/json/object.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace holdfast::cli {
namespace {

namespace json = boost::json;
using model::Milliseconds;
using model::WallTime;

// A clock before this was never set: no agent of this kind is older.
constexpr WallTime kOldestClock{std::chrono::sys_days{std::chrono::year{2025} / 1 / 1}};
// Tokens and signatures of receivers are refused from five minutes on; this is well before.
constexpr Milliseconds kClockOff{60'000};
// Certificates that are renewed by a program are renewed a month before their end.
constexpr std::chrono::hours kCertificateEndsSoon{14 * 24};
// Below these an image of some size no longer fits, and little else either.
constexpr double kLowShare = 0.10;
constexpr std::uint64_t kNoRoom = 200'000'000;

const json::value kNothing;

const json::value& in(const json::value& object, std::string_view name) {
  const json::value* const found = member(object, name);
  return found == nullptr ? kNothing : *found;
}

std::string since(const json::value& object, std::string_view name, WallTime now) {
  const auto at = instant(object, name);
  return at ? model::humanDuration(std::max(now - *at, Milliseconds{0})) + " ago" : "never";
}

class Examination {
 public:
  explicit Examination(const CheckInput& input) : input_(input) {}

  std::vector<Finding> findings() && {
    configuration();
    target();
    engines();
    registries();
    clock();
    disks();
    plugins();
    notifiers();
    cloud();
    return std::move(findings_);
  }

 private:
  void add(std::string item, Verdict verdict, std::string what, std::string advice = {}) {
    findings_.push_back({std::move(item), verdict, std::move(what), std::move(advice)});
  }

  void configuration() {
    const json::value& state = in(input_.info, "configuration");
    if (const std::string why = text(state, "rejected"); !why.empty()) {
      return add("configuration", Verdict::Failed, why,
                 "holdfastd --check-config names every error; then systemctl reload holdfastd");
    }
    std::string keys;
    for (const json::value& key : list(state, "restarts")) {
      const json::string* const name = key.if_string();
      keys +=
          name == nullptr ? "" : (keys.empty() ? "" : ", ") + oneLine({name->data(), name->size()});
    }
    if (!keys.empty()) {
      return add("configuration", Verdict::Warning, "changed, and not in force: " + keys,
                 "restart the agent when it suits; containers go on running");
    }
    add("configuration", Verdict::Ok,
        "is in force as it was last read; holdfastd --check-config looks at the files");
  }

  void target() {
    const json::value& target = in(input_.info, "target");
    const json::value& rejected = in(in(input_.info, "link"), "rejected");
    if (!rejected.is_null()) {
      return notAccepted(target, rejected);
    }
    if (target.is_null()) {
      return add("target", Verdict::Warning,
                 "none was ever accepted: nothing is started or removed",
                 "set one: holdfast apply -f FILE, or target.file or uplink.plugin of the "
                 "configuration");
    }
    std::string what = revisionOf(target);
    const std::string wanted = text(target, "wanted");
    if (wanted != text(target, "applied")) {
      return add(
          "target", Verdict::Warning,
          what + ", in place of " +
              (wanted.empty() ? "the cloud's target" : "version " + wanted + " of the cloud"),
          "a local target holds until the cloud's next change");
    }
    const auto warnings = list(input_.info, "warnings").size();
    if (warnings != 0) {
      return add("target", Verdict::Warning,
                 what + "; it has members that are not understood: " + std::to_string(warnings),
                 "holdfast plan -f FILE lists them with their places");
    }
    add("target", Verdict::Ok, std::move(what));
  }

  static std::string revisionOf(const json::value& target) {
    return "revision " + text(target, "revision") + " from " + text(target, "source");
  }

  // The agent keeps the first 16 problems of a document, and each of them short.
  void notAccepted(const json::value& target, const json::value& rejected) {
    const std::string version = text(rejected, "version");
    add("target", Verdict::Failed,
        (target.is_null() ? "none is in force" : revisionOf(target) + " stays in force") + "; " +
            (version.empty() ? "the cloud's latest" : "version " + version + " of the cloud") +
            " was not accepted",
        "put it right in the cloud; the problems follow");
    for (const json::value& problem : list(rejected, "problems")) {
      const std::string pointer = text(problem, "pointer");
      add("target problem", Verdict::Failed,
          (pointer.empty() ? "" : pointer + ": ") + text(problem, "message"));
    }
  }

  void engines() {
    const auto& runtimes = list(input_.info, "runtimes");
    if (runtimes.empty()) {
      add("engine", Verdict::Failed, "no runtime is loaded",
          "plugins.load of the configuration names them; see the plugins below");
    }
    for (const json::value& runtime : runtimes) {
      const std::string item = "engine " + text(runtime, "name");
      const json::value& engine = in(runtime, "engine");
      if (!flag(runtime, "available")) {
        const std::string problem = text(runtime, "problem");
        add(item, Verdict::Failed, problem.empty() ? "was not looked at yet" : problem,
            "see whether it runs, and runtime." + text(runtime, "name") +
                ".url of the configuration; what runs goes on meanwhile");
        continue;
      }
      add(item, Verdict::Ok,
          text(engine, "name") + " " + text(engine, "version") + ", looked at " +
              since(runtime, "observedAt", input_.now),
          pullsBeside(text(runtime, "name")) && text(engine, "name") == "Docker"
              ? "it fetches three layers at a time, whatever they belong to; "
                "max-concurrent-downloads in its daemon.json changes that"
              : "");
    }
  }

  // Do several pulls of this runtime stand in each other's way?
  [[nodiscard]] bool pullsBeside(const std::string& runtime) const {
    int pulls = 0;
    for (const json::value& service : list(input_.services, "services")) {
      const std::string reason = text(service, "reason");
      pulls += text(service, "runtime") == runtime &&
               (reason == "Pulling" || reason == "ImagePullBackOff" || reason == "ErrImagePull");
    }
    return pulls > 1;
  }

  // A pull's failure is about the tag or about the registry, and its class tells which.
  void registries() {
    struct Trouble {
      std::string message;
      std::string advice;
    };
    static const std::map<std::string, std::string, std::less<>> kAdvice{
        {"transient", "see whether this machine reaches it: name, route, proxy, certificate"},
        {"rate_limited", "it asked for fewer requests; log in, or mirror what is pulled"},
        {"denied", "see the credentials: registry.authFile, or docker login of root"}};
    std::map<std::string, Trouble> troubles;
    for (const json::value& service : list(input_.services, "services")) {
      const std::string image = text(service, "imageName");
      const json::value& error = in(service, "error");
      const std::string type = text(error, "type");
      const auto advice = kAdvice.find(text(error, "class"));
      if ((type == "ImagePullBackOff" || type == "ErrImagePull") && advice != kAdvice.end()) {
        troubles[image] = {text(error, "message"), advice->second};
      }
    }
    for (const auto& [image, trouble] : troubles) {
      add("registry", Verdict::Failed, image + ": " + trouble.message, trouble.advice);
    }
    if (troubles.empty()) {
      add("registry", Verdict::Ok, "no pull fails because of one");
    }
  }

  void clock() {
    if (input_.now < kOldestClock) {
      return add("clock", Verdict::Failed, "is at " + model::toRfc3339(input_.now),
                 "set it: certificates count as not valid yet, and times in reports are wrong");
    }
    const auto offset = fact("clockOffsetMs");
    Milliseconds off{0};
    if (offset) {
      Milliseconds::rep count = 0;
      std::from_chars(offset->data(), offset->data() + offset->size(), count);
      off = Milliseconds{count};
    }
    if (std::chrono::abs(off) > kClockOff) {
      return add("clock", Verdict::Warning,
                 model::humanDuration(std::chrono::abs(off)) + " off that of the cloud",
                 "see whether the time is synchronised (timedatectl)");
    }
    add("clock", Verdict::Ok, model::toRfc3339(input_.now));
  }

  void disks() {
    for (const DiskRoom& disk : input_.disks) {
      const std::string what = humanBytes(static_cast<double>(disk.freeBytes)) + " of " +
                               humanBytes(static_cast<double>(disk.totalBytes)) + " free in " +
                               disk.path + " (" + disk.holds + ")";
      const bool low =
          static_cast<double>(disk.freeBytes) < kLowShare * static_cast<double>(disk.totalBytes);
      const Verdict verdict = disk.freeBytes < kNoRoom ? Verdict::Failed
                              : low                    ? Verdict::Warning
                                                       : Verdict::Ok;
      add("disk", verdict, what,
          verdict == Verdict::Ok ? "" : "make room: images that no container uses go first");
    }
  }

  void plugins() {
    int good = 0;
    for (const json::value& plugin : list(input_.plugins, "plugins")) {
      const std::string state = text(plugin, "state");
      const std::string instance = text(plugin, "instance");
      const std::string item = "plugin " + (instance.empty() ? text(plugin, "name") : instance);
      if (state == "loaded" && !flag(plugin, "changedOnDisk")) {
        ++good;
      } else if (state == "loaded") {
        add(item, Verdict::Warning, text(plugin, "reason"), "restart the agent when it suits");
      } else {
        const std::string stage = text(plugin, "stage");
        add(item, Verdict::Failed,
            state + (stage.empty() ? "" : " at " + stage) + ": " + text(plugin, "reason"),
            "holdfast plugins inspect " + text(plugin, "path") + " tells more");
      }
    }
    add("plugins", Verdict::Ok, std::to_string(good) + " loaded");
  }

  void notifiers() {
    const auto& notifiers = list(input_.notifiers, "notifiers");
    if (notifiers.empty()) {
      add("notifiers", Verdict::Ok, "none is configured: nobody is told of failures");
    }
    for (const json::value& notifier : notifiers) {
      const std::string name = text(notifier, "name");
      const std::string state = text(notifier, "state");
      if (state == "ok") {
        add("notifier " + name, Verdict::Ok,
            "delivered " + text(notifier, "delivered") + ", the latest " +
                since(notifier, "lastDelivered", input_.now));
        continue;
      }
      const std::string error = text(in(notifier, "error"), "message");
      add("notifier " + name, Verdict::Failed,
          state + ": " + (error.empty() ? text(notifier, "reason") : error),
          "holdfast alerts test " + name + " tries it and prints the receiver's answer");
    }
  }

  void cloud() {
    const json::value& link = in(input_.info, "link");
    if (link.is_null()) {
      return add("cloud", Verdict::Ok, "no uplink is configured");
    }
    call(link, "poll", "asked for the target");
    call(link, "report", "reported");
    if (const std::string step = text(link, "enrolment"); !step.empty()) {
      const std::string error = text(in(link, "enrol"), "error");
      add("cloud enrolment", error.empty() ? Verdict::Warning : Verdict::Failed,
          step + " is to be done" + (error.empty() ? "" : ": " + error),
          "see uplink.url and uplink.provisioningKeyFile of the configuration");
    }
    if (number(link, "droppedTransitions") > 0) {
      add("cloud queue", Verdict::Warning,
          text(link, "waitingTransitions") + " transitions wait, " +
              text(link, "droppedTransitions") + " older ones had to go");
    } else {
      add("cloud queue", Verdict::Ok, text(link, "waitingTransitions") + " transitions wait");
    }
    if (const auto sent = fact("bytesSent")) {
      add("cloud traffic", Verdict::Ok,
          *sent + " bytes sent, " + fact("bytesReceived").value_or("0") + " received");
    }
    certificate("serverCertificateNotAfter", "cloud certificate", "it is the cloud's to renew");
    certificate("clientCertificateNotAfter", "device certificate",
                "renew the file of uplink.certFile");
  }

  void call(const json::value& link, std::string_view name, const std::string& done) {
    const json::value& call = in(link, name);
    const std::string item = "cloud " + std::string(name);
    const std::string latency = text(call, "latencyMs");
    const std::string last =
        instant(call, "lastOk") ? done + " " + since(call, "lastOk", input_.now) : "never " + done;
    const std::string how = latency.empty() ? "" : ", answered in " + latency + " ms";
    if (const std::string error = text(call, "error"); !error.empty()) {
      return add(item, Verdict::Failed, error + "; " + last + how,
                 "it is tried again" + (instant(call, "next") ? " at " + text(call, "next") : "") +
                     "; what runs goes on without the cloud");
    }
    add(item, instant(call, "lastOk") ? Verdict::Ok : Verdict::Warning, last + how);
  }

  void certificate(std::string_view name, const std::string& item, const std::string& advice) {
    const auto value = fact(name);
    const auto end = value ? model::fromRfc3339(*value) : std::nullopt;
    if (!end) {
      return;
    }
    const bool over = *end <= input_.now;
    const bool soon = *end - input_.now < kCertificateEndsSoon;
    add(item,
        over   ? Verdict::Failed
        : soon ? Verdict::Warning
               : Verdict::Ok,
        (over ? "has ended " : "ends ") + model::toRfc3339(*end), soon ? advice : "");
  }

  [[nodiscard]] std::optional<std::string> fact(std::string_view name) const {
    for (const json::value& fact : list(in(input_.info, "link"), "facts")) {
      if (text(fact, "name") == name) {
        return text(fact, "value");
      }
    }
    return std::nullopt;
  }

  const CheckInput& input_;
  std::vector<Finding> findings_;
};

std::string_view word(Verdict verdict) {
  switch (verdict) {
    case Verdict::Ok:
      return "ok";
    case Verdict::Warning:
      return "warning";
    case Verdict::Failed:
      return "FAILED";
  }
  return "";
}

}  // namespace

std::vector<Finding> examine(const CheckInput& input) {
  return Examination(input).findings();
}

Verdict verdictOf(const std::vector<Finding>& findings) {
  Verdict verdict = Verdict::Ok;
  for (const Finding& finding : findings) {
    verdict = std::max(verdict, finding.verdict);
  }
  return verdict;
}

std::string checkText(const std::vector<Finding>& findings) {
  Table table({"ITEM", "VERDICT", "WHAT"});
  for (const Finding& finding : findings) {
    table.add({finding.item, std::string(word(finding.verdict)), finding.what});
  }
  const auto lines = table.lines();
  std::string out = lines.front() + "\n";
  for (std::size_t i = 0; i < findings.size(); ++i) {
    out += lines[i + 1] + "\n";
    if (!findings[i].advice.empty()) {
      out += "  -> " + findings[i].advice + "\n";
    }
  }
  return out;
}

json::value checkJson(const std::vector<Finding>& findings) {
  json::array array;
  for (const Finding& finding : findings) {
    array.push_back(
        {{"item", finding.item},
         {"verdict", finding.verdict == Verdict::Failed ? "failed" : word(finding.verdict)},
         {"what", finding.what},
         {"advice", finding.advice.empty() ? json::value() : json::value(finding.advice)}});
  }
  const Verdict verdict = verdictOf(findings);
  return json::object{{"verdict", verdict == Verdict::Failed ? "failed" : word(verdict)},
                      {"findings", std::move(array)}};
}

}  // namespace holdfast::cli
