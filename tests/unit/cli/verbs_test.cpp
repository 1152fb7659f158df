// SPDX-License-Identifier: Apache-2.0
// Every verb from its words to its exit code, against prepared answers.
#include "unit/cli/fakes.hpp"
#include "unit/cli/samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace holdfast::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

TEST(CliCommand, TalksToTheSocketThatWasNamed) {
  Session byDefault;
  byDefault.answer("GET /v1/services", servicesOf(""));
  EXPECT_EQ(byDefault.run({"status"}), 0);
  EXPECT_EQ(byDefault.socket, "/run/holdfast/holdfast.sock");
  Session byEnvironment;
  static_cast<void>(byEnvironment.run({"status"}, "/env.sock"));
  EXPECT_EQ(byEnvironment.socket, "/env.sock");
  Session byOption;
  static_cast<void>(byOption.run({"--socket", "/option.sock", "status"}, "/env.sock"));
  EXPECT_EQ(byOption.socket, "/option.sock");
}

TEST(CliCommand, ExitsWith4WhenTheAgentIsAway) {
  Session run;
  run.script.unreachable = "cannot reach the agent at /x: there is no such file\n  advice\n";
  EXPECT_EQ(run.run({"status"}), 4);
  EXPECT_EQ(run.console.errors,
            "holdfast: cannot reach the agent at /x: there is no such file\n  advice\n");
  EXPECT_THAT(run.console.output, IsEmpty());
}

TEST(CliCommand, ExitsWith2ForWrongUsage) {
  Session run;
  EXPECT_EQ(run.run({"alert"}), 2);
  EXPECT_THAT(run.console.errors, StartsWith("holdfast: unknown verb 'alert'"));
  EXPECT_EQ(Session().run({"describe", "noslash"}), 2);
  EXPECT_EQ(Session().run({"describe", "/x"}), 2);
  EXPECT_EQ(Session().run({}), 2);
}

TEST(CliCommand, TellsTheServersOwnExplanation) {
  Session run;
  run.answer("GET /v1/services/web/frot/why",
             R"({"title": "Not Found", "status": 404,
                 "detail": "app 'web' has no service 'frot'; did you mean 'front'?\u001b[2J"})",
             404);
  EXPECT_EQ(run.run({"why", "web/frot"}), 1);
  EXPECT_EQ(run.console.errors,
            "holdfast: app 'web' has no service 'frot'; did you mean 'front'?^[[2J\n");
}

TEST(CliCommand, KnowsAnAnswerThatIsNotTheAgents) {
  Session run;
  run.answer("GET /v1/services", "<html>");
  EXPECT_EQ(run.run({"status"}), 1);
  EXPECT_THAT(run.console.errors, HasSubstr("is no JSON"));
  Session bad;
  bad.answer("GET /v1/services", "<html>", 502);
  EXPECT_EQ(bad.run({"status"}), 1);
  EXPECT_THAT(bad.console.errors, HasSubstr("HTTP status 502"));
}

TEST(CliCommand, FailsWhenItsOutputCannotBeWritten) {
  Session run;
  run.console.broken = true;
  EXPECT_EQ(run.run({"help"}), 1);
  EXPECT_EQ(run.console.errors, "holdfast: cannot write the output\n");
}

TEST(CliStatus, PrintsATableByTheServersClock) {
  Session run;
  run.answer("GET /v1/services", servicesOf(kNodered));
  EXPECT_EQ(run.run({"status"}), 0);
  EXPECT_THAT(run.console.output, HasSubstr("in 18s (3/10)"));
}

TEST(CliStatus, NarrowsAndSuggests) {
  Session run;
  run.answer("GET /v1/services", servicesOf(kNodered + "," + kPulling));
  EXPECT_EQ(run.run({"status", "web", "-o", "name"}), 0);
  EXPECT_EQ(run.console.output, "web/front\n");
  EXPECT_EQ(run.run({"status", "monitorng"}), 1);
  EXPECT_EQ(run.console.errors,
            "holdfast: there is no service or app 'monitorng'; did you mean 'monitoring'?\n");
}

TEST(CliStatus, SaysThatTheCloudsVersionIsNotInForce) {
  Session run;
  run.answer("GET /v1/services", R"({"services": [], "target": {"wanted": "8", "applied": "7"}})");
  EXPECT_EQ(run.run({"status"}), 0);
  EXPECT_EQ(run.console.errors.substr(run.console.errors.find("The cloud's")),
            "The cloud's target, version 8, is not in force; version 7 is. 'holdfast check' says "
            "why.\n");
  Session accepted;
  accepted.answer("GET /v1/services",
                  R"({"services": [], "target": {"wanted": "8", "applied": "8"}})");
  EXPECT_EQ(accepted.run({"status"}), 0);
  EXPECT_THAT(accepted.console.errors, Not(HasSubstr("The cloud's")));
}

TEST(CliStatus, SaysWhyWhatItShowsMayBeOld) {
  Session stale;
  stale.answer("GET /v1/services",
               R"({"services": [{"appName": "a", "serviceName": "w", "stale": true}]})");
  EXPECT_EQ(stale.run({"status"}), 0);
  EXPECT_EQ(stale.console.errors,
            "(stale): as it was seen last, since the engine does not answer. 'holdfast check' says "
            "why.\n");
  Session now;
  now.answer("GET /v1/services", servicesOf(""));
  EXPECT_EQ(now.run({"status"}), 0);
  EXPECT_THAT(now.console.errors, Not(HasSubstr("(stale)")));
}

TEST(CliStatus, PrintsTheAnswerAsJson) {
  Session run;
  run.answer("GET /v1/services", R"({"services": [{"appName": "a", "serviceName": "b"}]})");
  EXPECT_EQ(run.run({"status", "-o", "json"}), 0);
  EXPECT_EQ(run.console.output,
            R"({
  "services": [
    {
      "appName": "a",
      "serviceName": "b"
    }
  ]
}
)");
}

TEST(CliStatus, SaysThatThereIsNothing) {
  Session run;
  run.answer("GET /v1/services", servicesOf(""));
  EXPECT_EQ(run.run({"status"}), 0);
  EXPECT_THAT(run.console.output, IsEmpty());
  EXPECT_THAT(run.console.errors, StartsWith("No services"));
}

TEST(CliStatus, WatchesChangedRows) {
  Session run;
  run.script.endless = false;
  run.answer("GET /v1/services", servicesOf(kNodered), 200, "\"1\"");
  run.answer("GET /v1/services", servicesOf(kNodered), 200, "\"1\"");
  run.answer("GET /v1/services", "", 304);
  run.answer("GET /v1/services", servicesOf(kNodered + "," + kMosquitto), 200, "\"2\"");
  EXPECT_EQ(run.run({"status", "--watch"}), 1);  // ended by the fake
  EXPECT_THAT(run.script.tags, ElementsAre("", "", "\"1\"", "\"1\"", "\"2\""));
  const std::string& out = run.console.output;
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 3) << out;
  EXPECT_THAT(out, HasSubstr("APP "));
  EXPECT_THAT(out.substr(out.rfind('\n', out.size() - 2)), HasSubstr("mosquitto"));
}

TEST(CliStatus, WatchesFromNoServicesOn) {
  Session run;
  run.script.endless = false;
  run.answer("GET /v1/services", servicesOf(""), 200, "\"1\"");
  run.answer("GET /v1/services", servicesOf(""), 200, "\"1\"");
  run.answer("GET /v1/services", servicesOf(""), 200, "\"2\"");
  EXPECT_EQ(run.run({"status", "--watch"}), 1);  // ended by the fake
  EXPECT_THAT(run.console.output, IsEmpty());
  EXPECT_THAT(run.console.errors, StartsWith("No services"));
  EXPECT_EQ(run.console.errors.find("No services"), run.console.errors.rfind("No services"));

  Session filled;
  filled.script.endless = false;
  filled.answer("GET /v1/services", servicesOf(""), 200, "\"1\"");
  filled.answer("GET /v1/services", servicesOf(""), 200, "\"1\"");
  filled.answer("GET /v1/services", servicesOf(kMosquitto), 200, "\"2\"");
  EXPECT_EQ(filled.run({"status", "--watch"}), 1);
  EXPECT_THAT(filled.console.output, StartsWith("APP "));
  EXPECT_THAT(filled.console.output, HasSubstr("mosquitto"));
}

TEST(CliStatus, WatchesInPlaceOnATerminal) {
  Session run;
  run.script.endless = false;
  run.console.terminal = true;
  for (int i = 0; i < 3; ++i) {
    run.answer("GET /v1/services", servicesOf(kMosquitto), 200, "\"1\"");
  }
  EXPECT_EQ(run.run({"status", "-w"}), 1);
  EXPECT_THAT(run.console.output, HasSubstr("\x1b[2A\rAPP"));
}

TEST(CliDescribe, AsksForDetailAndEvents) {
  Session run;
  run.answer("GET /v1/services/a%20b/nodered?detail=1", kNodered);
  run.answer("GET /v1/events?service=a%20b%2Fnodered", R"({"events": []})");
  EXPECT_EQ(run.run({"describe", "a b/nodered"}), 0);
  EXPECT_THAT(run.console.output, StartsWith("Name:             monitoring/nodered\n"));
}

TEST(CliEvents, ReadsTheWholeHistoryPageByPage) {
  Session run;
  run.answer("GET /v1/events?after=0&limit=500&service=web&since=1h",
             R"({"events": [{"id": 3, "message": "one"}, {"id": 9, "message": "two"}]})");
  run.answer("GET /v1/events?after=9&limit=500&service=web&since=1h",
             R"({"events": [{"id": 12, "message": "three"}]})");
  run.answer("GET /v1/events?after=12&limit=500&service=web&since=1h", R"({"events": []})");
  EXPECT_EQ(run.run({"events", "web", "--since", "1h"}), 0);
  EXPECT_THAT(run.console.output,
              testing::AllOf(HasSubstr("one"), HasSubstr("two"), HasSubstr("three")));
}

TEST(CliEvents, FollowsFromWhereTheHistoryEnds) {
  Session run;
  run.script.endless = false;
  run.answer("GET /v1/events?after=0&limit=500", R"({"events": [{"id": 3, "reason": "Old"}]})");
  run.answer("GET /v1/events?after=3&limit=500", R"({"events": []})");
  run.answer("GET /v1/events?after=3&limit=500&wait=25", R"({"events": []})");
  run.answer("GET /v1/events?after=3&limit=500&wait=25",
             R"({"events": [{"id": 4, "reason": "New"}]})");
  EXPECT_EQ(run.run({"events", "--follow", "-o", "json"}), 1);
  EXPECT_EQ(run.console.output, "{\"id\":3,\"reason\":\"Old\"}\n{\"id\":4,\"reason\":\"New\"}\n");
}

TEST(CliEvents, RefusesATimeThatIsNone) {
  Session run;
  EXPECT_EQ(run.run({"events", "--since", "yesterday"}), 2);
  EXPECT_THAT(run.console.errors, HasSubstr("--since 'yesterday': expected a duration"));
}

TEST(CliPlan, ExitsWith2OnlyWhenAskedAndThereAreChanges) {
  const std::string some = R"({"actions": [{"service": "1/a", "step": "startContainer"}]})";
  Session run;
  run.answer("POST /v1/plan", some);
  EXPECT_EQ(run.run({"plan"}), 0);
  EXPECT_EQ(run.run({"plan", "--exit-code"}), 2);
  Session nothing;
  nothing.answer("POST /v1/plan", R"({"actions": []})");
  nothing.answer("GET /v1/info", R"({"target": {"revision": 1}})");
  EXPECT_EQ(nothing.run({"plan", "--exit-code"}), 0);
  EXPECT_THAT(nothing.console.output, StartsWith("Nothing to do: everything"));
}

TEST(CliPlan, KnowsThatThereIsNoTarget) {
  Session run;
  run.answer("POST /v1/plan", R"({"actions": []})");
  run.answer("GET /v1/info", R"({"target": null})");
  EXPECT_EQ(run.run({"plan"}), 0);
  EXPECT_EQ(run.console.output, "Nothing to do: no target was accepted yet.\n");
}

TEST(CliPlan, SendsTheDocument) {
  Session run;
  run.console.input = R"({"apps": {}})";
  run.answer("POST /v1/plan", R"({"actions": []})");
  EXPECT_EQ(run.run({"plan", "-f", "-"}), 0);
  EXPECT_THAT(run.script.asked, ElementsAre(R"(POST /v1/plan {"apps": {}})"));
}

TEST(CliApply, TellsTheRevision) {
  Session run;
  run.console.input = "{}";
  run.answer("PUT /v1/target", R"({"revision": 4, "message": "accepted"})");
  EXPECT_EQ(run.run({"apply", "-f", "-"}), 0);
  EXPECT_THAT(run.console.output, StartsWith("Accepted as revision 4;"));
}

TEST(CliApply, OverridesWhenTold) {
  Session run;
  run.console.input = "{}";
  run.answer("PUT /v1/target?override=1", R"({"revision": 4})");
  EXPECT_EQ(run.run({"apply", "-f", "-", "--override"}), 0);
}

TEST(CliApply, ListsEveryProblemWithItsPlace) {
  Session run;
  run.console.input = "{\n  \"apps\": {\"1\": {\"services\": 7}}\n}";
  run.answer("PUT /v1/target",
             R"({"title": "Unprocessable Content", "status": 422, "detail": "refused",
                 "problems": [{"pointer": "/apps/1/services", "message": "expected an array"},
                              {"pointer": "/apps/1", "message": "no appId"}]})",
             422);
  EXPECT_EQ(run.run({"apply", "-f", "-"}), 1);
  EXPECT_EQ(run.console.errors,
            "standard input:2:18: /apps/1/services: expected an array\n"
            "standard input:2:12: /apps/1: no appId\n"
            "holdfast: the target is refused (2 problems); nothing was changed\n");
}

TEST(CliApply, TellsARefusalWithoutAList) {
  Session run;
  run.console.input = "{}";
  run.answer("PUT /v1/target", R"({"status": 422, "detail": "no room"})", 422);
  EXPECT_EQ(run.run({"apply", "-f", "-"}), 1);
  EXPECT_EQ(run.console.errors, "holdfast: no room\n");
}

TEST(CliApply, RefusesFilesThatAreNone) {
  Session run;
  EXPECT_EQ(run.run({"apply"}), 2);
  EXPECT_EQ(run.run({"apply", "-f", "/nonexistent/target.json"}), 1);
  EXPECT_THAT(run.console.errors, HasSubstr("cannot read /nonexistent/target.json: No such file"));
  EXPECT_EQ(run.run({"apply", "-f", "/"}), 1);
  EXPECT_THAT(run.console.errors, HasSubstr("/ is a directory"));
  EXPECT_EQ(run.run({"apply", "-f", "-"}), 1);
  EXPECT_THAT(run.console.errors, HasSubstr("standard input is empty"));
  run.console.input = std::string(8u * 1024 * 1024 + 1, ' ');
  EXPECT_EQ(run.run({"apply", "-f", "-"}), 1);
  EXPECT_THAT(run.console.errors, HasSubstr("larger than a target may be (8 MiB)"));
  EXPECT_THAT(run.script.asked, IsEmpty());
}

TEST(CliApply, RefusesAWaitThatIsNoTime) {
  for (const char* wait : {"--wait=0", "--wait=-1", "--wait=x", "--wait=5m", "--wait=99999999"}) {
    Session run;
    run.console.input = "{}";
    EXPECT_EQ(run.run({"apply", "-f", "-", wait}), 2) << wait;
    EXPECT_THAT(run.script.asked, IsEmpty());
  }
}

TEST(CliOperate, AsksForOneThing) {
  for (const std::string verb : {"retry", "restart", "stop", "start"}) {
    Session run;
    run.answer("POST /v1/services/web/front/" + verb, R"({"message": "taken in"})", 202);
    EXPECT_EQ(run.run({verb, "web/front"}), 0);
    EXPECT_EQ(run.console.output, "taken in\n");
  }
  Session silent;
  silent.answer("POST /v1/services/web/front/stop", "", 202);
  EXPECT_EQ(silent.run({"stop", "web/front"}), 0);
  EXPECT_EQ(silent.console.output, "web/front: stopping\n");
}

TEST(CliOperate, RetriesOneOrAll) {
  Session run;
  run.answer("POST /v1/retry", R"({"message": "2 retries are due now"})", 202);
  EXPECT_EQ(run.run({"retry", "--all"}), 0);
  EXPECT_EQ(run.console.output, "2 retries are due now\n");
  EXPECT_EQ(run.run({"retry"}), 2);
  EXPECT_EQ(run.run({"retry", "web/front", "--all"}), 2);
}

TEST(CliPurge, AsksFirst) {
  Session no;
  no.console.inputTerminal = true;
  no.console.input = "n\n";
  EXPECT_EQ(no.run({"purge", "web"}), 1);
  EXPECT_THAT(no.console.errors, HasSubstr("VOLUMES of 'web'"));
  EXPECT_THAT(no.script.asked, IsEmpty());
  Session endOfInput;
  endOfInput.console.inputTerminal = true;
  EXPECT_EQ(endOfInput.run({"purge", "web"}), 1);
  EXPECT_THAT(endOfInput.script.asked, IsEmpty());
  Session yes;
  yes.console.inputTerminal = true;
  yes.console.input = "y\n";
  yes.answer("POST /v1/apps/web/purge", R"({"message": "purging"})", 202);
  EXPECT_EQ(yes.run({"purge", "web"}), 0);
}

TEST(CliPurge, NeedsYesWithoutATerminal) {
  Session run;
  run.console.input = "y\n";
  run.answer("POST /v1/apps/web/purge", R"({"message": "purging"})", 202);
  EXPECT_EQ(run.run({"purge", "web"}), 2);
  EXPECT_THAT(run.console.errors, HasSubstr("--yes"));
  EXPECT_THAT(run.script.asked, IsEmpty());
  EXPECT_EQ(run.run({"purge", "web", "--yes"}), 0);
}

const std::string kLogs = "{\"stream\":\"stdout\",\"line\":\"\\u001b[32mgo\\u001b[0m\\u0007\"}\n";

TEST(CliLogs, PassesOutputOnAsItCame) {
  Session run;
  run.answer("GET /v1/services/web/front/logs?follow=1&tail=5&since=1h", kLogs);
  EXPECT_EQ(run.run({"logs", "web/front", "-f", "--tail", "5", "--since", "1h"}), 0);
  EXPECT_EQ(run.console.output, "\x1b[32mgo\x1b[0m\x07\n");
}

TEST(CliLogs, MakesOutputHarmlessOnATerminal) {
  Session run;
  run.console.terminal = true;
  run.answer("GET /v1/services/web/front/logs", kLogs);
  EXPECT_EQ(run.run({"logs", "web/front"}), 0);
  EXPECT_EQ(run.console.output, "go^G\n");
}

TEST(CliLogs, TellsWhyTheyEnded) {
  Session run;
  run.answer("GET /v1/services/web/front/logs", kLogs + R"({"error":"engine gone","class":"x"})");
  EXPECT_EQ(run.run({"logs", "web/front"}), 1);
  EXPECT_EQ(run.console.errors, "holdfast: the output broke off: engine gone\n");
  Session foreign;
  foreign.answer("GET /v1/services/web/front/logs", "hello");
  EXPECT_EQ(foreign.run({"logs", "web/front"}), 1);
  Session none;
  none.answer("GET /v1/services/web/front/logs", R"({"detail": "there is no container yet"})", 409);
  EXPECT_EQ(none.run({"logs", "web/front"}), 1);
  EXPECT_EQ(none.console.errors, "holdfast: there is no container yet\n");
}

TEST(CliLogs, LimitsThePreviousRunToItsTime) {
  Session run;
  run.answer("GET /v1/services/monitoring/mosquitto", kMosquitto);
  run.answer(
      "GET /v1/services/monitoring/mosquitto/logs?since=2025-10-24T10%3A11%3A59.000Z"
      "&until=2025-10-24T10%3A13%3A23.000Z",
      kLogs);
  EXPECT_EQ(run.run({"logs", "monitoring/mosquitto", "--previous"}), 0) << run.console.errors;
}

TEST(CliLogs, SaysThatThereWasNoPreviousRun) {
  Session run;
  run.answer("GET /v1/services/monitoring/nodered", kNodered);
  EXPECT_EQ(run.run({"logs", "monitoring/nodered", "--previous"}), 1);
  EXPECT_THAT(run.console.errors, HasSubstr("no earlier run of monitoring/nodered is known"));
  EXPECT_EQ(run.run({"logs", "monitoring/nodered", "--previous", "-f"}), 2);
  EXPECT_EQ(run.run({"logs", "monitoring/nodered", "--tail", "-3"}), 2);
}

TEST(CliPlugins, ListsAndInspects) {
  Session run;
  run.answer("GET /v1/plugins", R"({"plugins": [{"name": "docker", "state": "loaded"}]})");
  EXPECT_EQ(run.run({"plugins"}), 0);
  EXPECT_EQ(run.run({"plugins", "list"}), 0);
  EXPECT_EQ(run.run({"plugins", "load"}), 2);
  EXPECT_EQ(run.run({"plugins", "inspect"}), 2);
  run.answer("POST /v1/plugins/inspect?path=%2Fx%2Fa.so", R"({"name": "a", "state": "loadable"})");
  EXPECT_EQ(run.run({"plugins", "inspect", "/x/a.so"}), 0);
  run.answer("POST /v1/plugins/inspect?path=%2Fx%2Fb.so",
             R"({"name": "b", "state": "refused", "stage": "trust", "reason": "writable"})");
  EXPECT_EQ(run.run({"plugins", "inspect", "/x/b.so"}), 1);
}

TEST(CliAlerts, TestsAReceiver) {
  Session run;
  run.answer("POST /v1/notifiers/ops/test", R"({"delivered": true})");
  EXPECT_EQ(run.run({"alerts", "test", "ops"}), 0);
  EXPECT_EQ(run.console.output, "ops: the test notification was delivered\n");
  run.answer("POST /v1/notifiers/down/test",
             R"({"detail": "HTTP 403 Forbidden", "class": "denied", "status": 502})", 502);
  EXPECT_EQ(run.run({"alerts", "test", "down"}), 1);
  EXPECT_THAT(run.console.errors, HasSubstr("HTTP 403 Forbidden (denied)"));
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"alerts", "test"}, {"alerts", "tset", "ops"}}) {
    EXPECT_EQ(run.run(words), 2);
  }
}

TEST(CliAlerts, ListsAndSendsAgainWhatWasGivenUp) {
  Session run;
  run.answer("GET /v1/dead-letters",
             R"({"deadLetters": [{"number": 7, "notifier": "ops", "why": "HTTP 410 Gone"}]})");
  EXPECT_EQ(run.run({"alerts", "deadletters"}), 0);
  EXPECT_THAT(run.console.output, HasSubstr("HTTP 410 Gone"));
  run.answer("POST /v1/dead-letters/7/replay", R"({"message": "it waits for delivery again"})",
             202);
  EXPECT_EQ(run.run({"alerts", "replay", "7"}), 0);
  EXPECT_EQ(run.run({"alerts", "deadletter"}), 2);
}

const std::string kOrphans = R"({"owner": "me", "orphans": [
    {"owner": "aaaa", "runtime": "docker", "name": "web_front_7"},
    {"owner": "bbbb", "runtime": "docker", "name": "old_thing_1"}]})";

TEST(CliAdopt, ShowsBeforeItTakesOver) {
  Session run;
  run.answer("GET /v1/adopt", kOrphans);
  run.answer("POST /v1/adopt", R"({"message": "adopted"})", 202);
  EXPECT_EQ(run.run({"adopt", "--from", "aaaa"}), 2);  // nobody to ask
  EXPECT_THAT(run.console.errors, HasSubstr("web_front_7"));
  EXPECT_THAT(run.console.errors, Not(HasSubstr("old_thing_1")));
  EXPECT_THAT(run.script.asked, ElementsAre("GET /v1/adopt"));
  EXPECT_EQ(run.run({"adopt", "--from", "aaaa", "--yes"}), 0);
  EXPECT_EQ(run.script.asked.back(), R"(POST /v1/adopt {"owner":"aaaa"})");
}

TEST(CliAdopt, WantsOneOwner) {
  Session run;
  run.answer("GET /v1/adopt", kOrphans);
  EXPECT_EQ(run.run({"adopt", "--yes"}), 2);
  EXPECT_THAT(run.console.errors, HasSubstr("name one with --from UUID"));
  EXPECT_EQ(run.run({"adopt", "--from", "cccc", "--yes"}), 1);
  EXPECT_THAT(run.script.asked, testing::Each(StartsWith("GET")));
}

TEST(CliAdopt, SaysThatThereIsNothing) {
  Session run;
  run.answer("GET /v1/adopt", R"({"owner": "me", "orphans": []})");
  EXPECT_EQ(run.run({"adopt"}), 0);
  EXPECT_EQ(run.console.errors, "There is nothing to adopt.\n");
}

TEST(CliVersion, TellsItsOwnWithoutTheAgent) {
  Session run;
  run.script.unreachable = "away\n";
  EXPECT_EQ(run.run({"version"}), 4);
  EXPECT_THAT(run.console.output, StartsWith("holdfast: "));
  Session asJson;
  asJson.script.unreachable = "away\n";
  EXPECT_EQ(asJson.run({"version", "-o", "json"}), 4);
  EXPECT_THAT(asJson.console.output, HasSubstr("\"agent\": null"));
}

}  // namespace
}  // namespace holdfast::cli
