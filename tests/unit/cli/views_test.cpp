// SPDX-License-Identifier: Apache-2.0
// Answers of the API in, text out, at a fixed time.
#include "cli/describe_view.hpp"
#include "cli/event_view.hpp"
#include "cli/plan_view.hpp"
#include "cli/plugin_view.hpp"
#include "cli/service_words.hpp"
#include "cli/status_view.hpp"
#include "cli/version_view.hpp"
#include "cli/why_view.hpp"
#include "unit/cli/samples.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace holdfast::cli {
namespace {

namespace json = boost::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const model::WallTime kNow = *model::fromRfc3339("2025-10-24T10:15:32.000Z");

json::value parse(const std::string& text) {
  return json::parse(text);
}

json::array services(const std::string& text) {
  return json::parse("[" + text + "]").as_array();
}

// A service with one member replaced; `path` is a JSON pointer.
json::value with(const std::string& text, const std::string& path, json::value value) {
  json::value service = json::parse(text);
  service.at_pointer(path) = std::move(value);
  return service;
}

TEST(CliStatusView, ShowsFailingRunningAndPullingServices) {
  const json::array all = services(kNodered + "," + kMosquitto + "," + kPulling);
  EXPECT_EQ(
      statusTable(all, kNow, Breadth::Usual).render(),
      R"(APP          SERVICE     STATUS             READY   RESTARTS        NEXT-RETRY      AGE    IMAGE
monitoring   nodered     ImagePullBackOff   no      0               in 18s (3/10)   -      nodered/node-red:invalid
monitoring   mosquitto   Running            yes     5 (2m10s ago)   -               2m8s   eclipse-mosquitto:2
web          front       Pulling 25%        no      0               -               -      nginx:1.27
)");
}

TEST(CliStatusView, ShowsMoreWhenWide) {
  const json::array all = services(kNodered + "," + kMosquitto);
  EXPECT_EQ(
      statusTable(all, kNow, Breadth::Wide).render(),
      R"(APP          SERVICE     STATUS             READY   RESTARTS        NEXT-RETRY      AGE    IMAGE                      RUNNING               CONTAINER      RUNTIME   ERROR
monitoring   nodered     ImagePullBackOff   no      0               in 18s (3/10)   -      nodered/node-red:invalid   -                     -              docker    manifest unknown
monitoring   mosquitto   Running            yes     5 (2m10s ago)   -               2m8s   eclipse-mosquitto:2        eclipse-mosquitto:2   0123456789ab   docker    -
)");
}

TEST(CliStatusView, ChoosesByNameAndById) {
  const json::array all = services(kNodered + "," + kMosquitto + "," + kPulling);
  EXPECT_EQ(chosen(all, "").size(), 3u);
  EXPECT_EQ(chosen(all, "monitoring").size(), 2u);
  EXPECT_EQ(chosen(all, "1001").size(), 2u);
  EXPECT_EQ(chosen(all, "1001/nodered").size(), 1u);
  EXPECT_EQ(chosen(all, "web/nodered").size(), 0u);
}

TEST(CliServiceWords, TellTheNextRetry) {
  EXPECT_EQ(nextRetry(parse(kMosquitto), kNow), "");
  EXPECT_EQ(nextRetry(parse(kNodered), kNow), "in 18s (3/10)");
  EXPECT_EQ(nextRetry(with(kNodered, "/error/maxRetries", 0), kNow), "in 18s (3)");
  EXPECT_EQ(nextRetry(with(kNodered, "/error/exhausted", true), kNow), "gave up");
  EXPECT_EQ(nextRetry(with(kNodered, "/error/nextRetry", "2025-10-24T10:15:32.000Z"), kNow),
            "now (3/10)");
  EXPECT_EQ(nextRetry(with(kNodered, "/error/nextRetry", nullptr), kNow), "now (3/10)");
  json::value invalid = with(kNodered, "/error/nextRetry", nullptr);
  invalid.at_pointer("/error/class") = "invalid";
  EXPECT_EQ(nextRetry(invalid, kNow), "fix spec");
}

TEST(CliServiceWords, TellTheStatus) {
  EXPECT_EQ(statusWord(with(kMosquitto, "/stale", true)), "Running (stale)");
  EXPECT_EQ(statusWord(with(kPulling, "/pull/total", 0)), "Pulling 12.0 MB");
  EXPECT_EQ(statusWord(with(kPulling, "/pull/done", 99'000'000)), "Pulling 100%");
  EXPECT_EQ(statusWord(with(kPulling, "/reason", "")), "pending");
}

TEST(CliServiceWords, NeverTellANegativeAge) {
  EXPECT_EQ(age(kNow + model::Milliseconds(5'000), kNow), "0s");
}

TEST(CliEventView, CountsRepeatsAsKubectlDoes) {
  const json::value once = parse(R"({"count": 1, "firstTimestamp": "2025-10-24T10:15:20.000Z",
                                     "lastTimestamp": "2025-10-24T10:15:20.000Z"})");
  EXPECT_EQ(eventAge(once, kNow), "12s");
  const json::value often = parse(R"({"count": 4, "firstTimestamp": "2025-10-24T10:13:32.000Z",
                                      "lastTimestamp": "2025-10-24T10:15:28.000Z"})");
  EXPECT_EQ(eventAge(often, kNow), "4s (x4 over 2m)");
  EXPECT_EQ(eventAge(parse("{}"), kNow), "<unknown>");
}

const std::string kEvents = R"([
  {"id": 7, "firstId": 3, "type": "Warning", "reason": "Failed", "app": "1001",
   "appName": "monitoring", "service": "nodered", "message": "manifest\nunknown", "count": 4,
   "firstTimestamp": "2025-10-24T10:13:32.000Z", "lastTimestamp": "2025-10-24T10:15:28.000Z"},
  {"id": 8, "firstId": 8, "type": "Normal", "reason": "TargetApplied", "app": "", "service": "",
   "message": "revision 4", "count": 1,
   "firstTimestamp": "2025-10-24T10:15:31.000Z", "lastTimestamp": "2025-10-24T10:15:31.000Z"}])";

TEST(CliEventView, ListsEvents) {
  EXPECT_EQ(eventTable(parse(kEvents).as_array(), kNow),
            R"(LAST SEEN         TYPE      REASON          OBJECT               MESSAGE
4s (x4 over 2m)   Warning   Failed          monitoring/nodered   manifest^Junknown
1s                Normal    TargetApplied   agent                revision 4
)");
}

TEST(CliEventView, FollowsInFixedColumns) {
  EXPECT_EQ(eventLine(parse(kEvents).as_array()[0]),
            "2025-10-24T10:15:28.000Z  Warning  Failed             monitoring/nodered        "
            "manifest^Junknown (x4)\n");
}

TEST(CliPlanView, ListsSteps) {
  EXPECT_EQ(planText(parse(R"([
      {"service": "1001/nodered", "runtime": "docker", "step": "downloadImage",
       "object": "nodered/node-red:3", "why": "the image is not there"},
      {"service": "", "runtime": "docker", "step": "removeContainer", "object": "old",
       "why": "not in the target"}])")
                         .as_array()),
            R"(SERVICE        STEP              OBJECT               WHY
1001/nodered   downloadImage     nodered/node-red:3   the image is not there
-              removeContainer   old                  not in the target

2 steps for 1 service; nothing was changed.
)");
  EXPECT_EQ(planText({}), "Nothing to do: everything is as the target wants it.\n");
}

TEST(CliPluginView, SaysWhyOneWasRefused) {
  EXPECT_EQ(pluginTable(parse(R"([
      {"name": "docker", "instance": "docker", "kind": "runtime", "version": "0.1.0", "state": "loaded", "stage": null,
       "reason": null, "path": "/usr/lib/holdfast/plugins/docker.so"},
      {"name": "mine", "kind": null, "version": null, "state": "refused", "stage": "trust",
       "reason": "anybody may write to it", "path": "/tmp/mine.so"},
      {"name": "bell", "instance": "ops", "kind": "notifier", "version": "2", "state": "stuck"}])")
                            .as_array()),
            R"(NAME       KIND       VERSION   STATE     DETAIL
docker     runtime    0.1.0     loaded    /usr/lib/holdfast/plugins/docker.so
mine       -          -         refused   trust: anybody may write to it
bell.ops   notifier   2         stuck     -
)");
}

TEST(CliPluginView, ReportsAFile) {
  EXPECT_EQ(pluginReport(parse(R"({"name": "docker", "kind": "runtime", "version": "0.1.0",
      "state": "loadable", "stage": null, "reason": null, "path": "/x/docker.so", "abi": "0.1",
      "toolchain": "gcc12", "options": [
        {"name": "url", "type": "string", "default": "unix:///var/run/docker.sock", "allowed": [],
         "required": false, "description": "where the engine listens"},
        {"name": "mode", "type": "string", "default": null, "allowed": ["a", "b"],
         "required": true, "description": "how"}]})")),
            R"(Name:             docker
Kind:             runtime
Version:          0.1.0
State:            loadable
Path:             /x/docker.so
ABI:              0.1
Toolchain:        gcc12
Options:
  OPTION   TYPE            DEFAULT                       DESCRIPTION
  url      string          unix:///var/run/docker.sock   where the engine listens
  mode     string (a, b)   (required)                    how
)");
}

TEST(CliVersionView, TellsBothSides) {
  const json::value info =
      parse(R"({"versions": {"agent": "0.1.0", "sdk": "0.1.0", "abi": "runtime 0.1"},
      "runtimes": [{"name": "docker", "available": true, "problem": null,
                    "engine": {"name": "Docker", "version": "20.10.24", "apiVersion": "1.41"}},
                   {"name": "podman", "available": false, "problem": "no such socket",
                    "engine": null}]})");
  EXPECT_THAT(versionText(&info), HasSubstr("holdfastd:        0.1.0\n"
                                            "SDK:              0.1.0\n"
                                            "ABI:              runtime 0.1\n"
                                            "docker:           Docker 20.10.24 (API 1.41)\n"
                                            "podman:           not reachable: no such socket\n"));
  EXPECT_THAT(versionText(nullptr), HasSubstr("holdfastd:        not reachable\n"));
}

const std::string kDetail = R"(
  "key": "1001/nodered", "specHash": "ab12", "decision": "waits for the next pull",
  "spec": {"name": "monitoring_nodered_2", "image": "nodered/node-red:invalid",
    "env": {"TOKEN": "***", "TZ": "***"}, "dns": ["1.1.1.1", "8.8.8.8"], "privileged": false,
    "capAdd": [], "mounts": [{"volume": "1001_data", "target": "/data",
      "source": null, "aliases": ["a", "b"]}]},
  "ledger": [{"key": "image:docker:nodered/node-red:invalid", "retryCount": 3, "maxRetries": 10,
    "delayMs": 40000, "exhausted": false, "class": "not_found", "reason": "ErrImagePull",
    "message": "manifest unknown", "raw": "HTTP/1.1 404\n{\"message\":\"\u001b[2Jx\"}",
    "host": "docker.io", "firstError": "connection refused",
    "since": "2025-10-24T10:15:00.000Z", "timestamp": "2025-10-24T10:15:30.000Z",
    "nextRetry": "2025-10-24T10:15:50.000Z"}],
  "container": {"id": "0123456789abcdef", "name": "monitoring_nodered_2",
    "image": "nodered/node-red:3", "imageId": "sha256:aa", "state": "exited", "exitCode": 137,
    "pid": 0, "oomKilled": true, "engineError": null, "createdAt": "2025-10-24T10:10:00.000Z",
    "startedAt": "2025-10-24T10:10:01.000Z", "finishedAt": "2025-10-24T10:14:00.000Z",
    "labels": {}, "mounts": [], "addresses": {"front": "172.18.0.2"}},
  "faults": [], "history": [
    {"at": "2025-10-24T10:10:02.000Z", "status": "running", "reason": "Running"},
    {"at": "2025-10-24T10:15:00.000Z", "status": "error", "reason": "ImagePullBackOff"}]})";

// kNodered with the members that ?detail=1 adds, after a run that was killed.
json::value detailed() {
  json::value service = with(kNodered, "/lastState", parse(R"({"exitCode": 137,
      "reason": "OOMKilled", "startedAt": "2025-10-24T10:10:01.000Z",
      "finishedAt": "2025-10-24T10:14:00.000Z"})"));
  const json::value more = parse("{" + kDetail);
  for (const auto& [name, value] : more.as_object()) {
    service.as_object()[name] = value;
  }
  return service;
}

TEST(CliDescribeView, TellsEverything) {
  json::array events = parse(kEvents).as_array();
  events.pop_back();
  EXPECT_EQ(describeService(detailed(), events, kNow), R"(Name:             monitoring/nodered
App ID:           1001
Service ID:       2
Image:            nodered/node-red:invalid
Runtime:          docker
Desired:          running
Status:           ImagePullBackOff
Ready:            no
Restart Count:    0
Observed:         2025-10-24T10:15:31.000Z (1s ago)
Decision:         waits for the next pull
Spec:
  Hash:           ab12
  Name:           monitoring_nodered_2
  Image:          nodered/node-red:invalid
  Env:
    TOKEN:        ***
    TZ:           ***
  Dns:            1.1.1.1, 8.8.8.8
  Privileged:     false
  Mounts:
    volume=1001_data target=/data aliases=a, b
Container:
  Name:           monitoring_nodered_2
  ID:             0123456789abcdef
  Image:          nodered/node-red:3
  Image ID:       sha256:aa
  Created:        2025-10-24T10:10:00.000Z (5m32s ago)
  Addresses:
    Front:        172.18.0.2
  State:          Waiting
    Reason:       ImagePullBackOff
  Last State:     Terminated
    Reason:       OOMKilled
    Exit Code:    137
    Started:      2025-10-24T10:10:01.000Z (5m31s ago)
    Finished:     2025-10-24T10:14:00.000Z (92s ago)
Error:
  Type:           ImagePullBackOff
  Reason:         ImagePullBackOff
  Class:          not_found
  First:          connection refused   [2025-10-24T10:15:00.000Z (32s ago)]
  Latest:         manifest unknown   [2025-10-24T10:15:30.000Z (2s ago)]
  Next Retry:     in 18s (3/10)
Retry Ledger:
  image:docker:nodered/node-red:invalid:
    State:        retry (3/10) at 2025-10-24T10:15:50.000Z (in 18s)
    Delay:        40s
    Class:        not_found
    First:        connection refused   [2025-10-24T10:15:00.000Z (32s ago)]
    Latest:       manifest unknown   [2025-10-24T10:15:30.000Z (2s ago)]
    Answer:
      HTTP/1.1 404
      {"message":"^[[2Jx"}
Status History:
  STATUS    REASON             SINCE
  running   Running            2025-10-24T10:10:02.000Z (5m30s ago)
  error     ImagePullBackOff   2025-10-24T10:15:00.000Z (32s ago)
Events:
  TYPE      REASON   AGE               MESSAGE
  Warning   Failed   4s (x4 over 2m)   manifest^Junknown
)");
}

TEST(CliDescribeView, TellsTheLatestTenStatuses) {
  json::array history;
  for (int change = 0; change < 12; ++change) {
    history.push_back({{"at", "2025-10-24T10:10:02.000Z"},
                       {"status", "running"},
                       {"reason", "Reason" + std::to_string(change)}});
  }
  json::value service = parse(kMosquitto);
  service.as_object()["history"] = std::move(history);
  const auto described = describeService(service, {}, kNow);
  EXPECT_THAT(described, Not(HasSubstr("Reason1 ")));
  EXPECT_THAT(described, HasSubstr("Reason2 "));
  EXPECT_THAT(described, HasSubstr("Reason11 "));
}

TEST(CliDescribeView, TellsARunningServiceFromAnOlderContainer) {
  json::value service = parse(kMosquitto);
  EXPECT_THAT(describeService(service, {}, kNow),
              HasSubstr("Container:        0123456789ab\n"
                        "  State:          Running\n"
                        "    Started:      2025-10-24T10:13:24.000Z (2m8s ago)\n"
                        "  Last State:     Terminated\n"
                        "    Reason:       Error\n"
                        "    Exit Code:    1\n"));
  EXPECT_THAT(describeService(service, {}, kNow),
              HasSubstr("Image Digest:     sha256:0123456789ab\n"));
  EXPECT_THAT(describeService(service, {}, kNow), Not(HasSubstr("Running Image")));
  service.at_pointer("/imageName") = "eclipse-mosquitto:3";
  EXPECT_THAT(describeService(service, {}, kNow),
              HasSubstr("Running Image:    eclipse-mosquitto:2\n"));
  EXPECT_THAT(describeService(service, {}, kNow), HasSubstr("Events:           <none>\n"));
}

TEST(CliDescribeView, TellsWhatProbesSaid) {
  json::value service = parse(kMosquitto);
  EXPECT_THAT(describeService(service, {}, kNow), Not(HasSubstr("Probes")));
  service.as_object()["probes"] = json::parse(R"json({"startup": null,
      "liveness": {"type": "http", "result": "success", "streak": 2, "streakOf": "failure",
                   "lastOutput": "HTTP probe failed with statuscode: 503",
                   "lastTime": "2025-10-24T10:15:30.000Z",
                   "address": "http://172.18.0.2/ (published port)", "message": null},
      "readiness": {"type": "exec", "result": "failure", "streak": 0, "streakOf": null,
                    "lastOutput": null, "lastTime": null, "address": null,
                    "message": "no answer"}})json");
  EXPECT_THAT(describeService(service, {}, kNow),
              HasSubstr("Probes:\n"
                        "  Liveness:       http\n"
                        "    Result:       success (latest: 2 x failure)\n"
                        "    Address:      http://172.18.0.2/ (published port)\n"
                        "    Last Probed:  2025-10-24T10:15:30.000Z (2s ago)\n"
                        "    Output:       HTTP probe failed with statuscode: 503\n"
                        "  Readiness:      exec\n"
                        "    Result:       failure\n"
                        "    Message:      no answer\n"));
}

TEST(CliDescribeView, SaysThatAUserStoppedIt) {
  EXPECT_THAT(describeService(with(kMosquitto, "/override", "stopped"), {}, kNow),
              HasSubstr("Desired:          running, but stopped by hand"));
}

const char* const kWhy = R"({"chain": [
  {"step": "status", "words": "monitoring/nodered is in error: ImagePullBackOff."},
  {"step": "answer", "message": "manifest unknown", "raw": "HTTP/1.1 404\n{\"message\":\"\u001b[2Jx\"}\n",
   "words": "The answer was: manifest unknown, at 10:15:30 UTC (2s ago)."},
  {"step": "answer", "message": "no such host", "raw": "no such host", "words": "Once more."}],
 "next": {"words": "Retry 3/10 is due at 10:15:50 UTC (in 18s).",
          "changes": ["another tag", "'holdfast retry monitoring/nodered', which makes the attempt now"]}})";

TEST(CliWhyView, LaysOutWhatTheAgentSays) {
  EXPECT_EQ(whyText(parse(kWhy), 0),
            R"(Status:     monitoring/nodered is in error: ImagePullBackOff.
Answer:     The answer was: manifest unknown, at 10:15:30 UTC (2s ago).
            | HTTP/1.1 404
            | {"message":"^[[2Jx"}
Answer:     Once more.
Next:       Retry 3/10 is due at 10:15:50 UTC (in 18s).
Changed by: - another tag
            - 'holdfast retry monitoring/nodered', which makes the attempt now
)");
}

TEST(CliWhyView, BreaksSentencesAtTheScreensWidth) {
  const std::string text = whyText(parse(kWhy), 45);
  EXPECT_THAT(text, HasSubstr("Answer:     The answer was: manifest unknown,\n"
                              "            at 10:15:30 UTC (2s ago).\n"));
  EXPECT_THAT(text, HasSubstr("            - 'holdfast retry\n"
                              "              monitoring/nodered', which\n"
                              "              makes the attempt now\n"));
}

TEST(CliWhyView, IsReadableOnANarrowScreen) {
  EXPECT_THAT(whyText(parse(kWhy), 5), HasSubstr("            | HTTP/1.1 404\n"));
}

TEST(CliDescribeView, KnowsThePastFromTheFuture) {
  // A clock that is told to the second may be behind what has just happened.
  const model::WallTime early = *model::fromRfc3339("2025-10-24T10:15:29.000Z");
  EXPECT_THAT(describeService(parse(kNodered), {}, early),
              HasSubstr("manifest unknown   [2025-10-24T10:15:30.000Z (0s ago)]"));
  json::value late = detailed();
  late.at_pointer("/ledger/0/nextRetry") = "2025-10-24T10:15:31.000Z";
  EXPECT_THAT(describeService(late, {}, kNow), HasSubstr("2025-10-24T10:15:31.000Z (in 0s)"));
}

TEST(CliViews, SurviveAnswersOfAnotherShape) {
  for (const char* text : {"null", "[]", "{}", R"({"error": 7, "lastState": "x", "pull": []})",
                           R"({"ledger": [null, 3, {}], "faults": [null, {}], "spec": [],
                               "container": "x", "service": {"error": {}}, "target": []})"}) {
    const json::value value = parse(text);
    // An exception would fail the test.
    EXPECT_NE(describeService(value, {value}, kNow) + whyText(value, 0), "") << text;
    EXPECT_NE(statusTable({value}, kNow, Breadth::Wide).render(), "") << text;
    EXPECT_NE(eventTable({value}, kNow) + eventLine(value), "") << text;
    EXPECT_NE(planText({value}) + pluginTable({value}) + pluginReport(value), "") << text;
    EXPECT_NE(versionText(&value), "") << text;
  }
}

}  // namespace
}  // namespace holdfast::cli
