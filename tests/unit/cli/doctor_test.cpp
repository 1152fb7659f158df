// SPDX-License-Identifier: Apache-2.0
// What `check` makes of prepared answers.
#include "cli/doctor.hpp"

#include "unit/cli/fakes.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace holdfast::cli {
namespace {

namespace json = boost::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const model::WallTime kNow = *model::fromRfc3339("2026-03-01T12:00:00.000Z");

constexpr const char* kLink = R"({
  "uplink": "iotistic", "enrolment": null, "enrol": {},
  "poll": {"lastOk": "2026-03-01T11:59:30.000Z", "latencyMs": 21, "error": null},
  "report": {"lastOk": "2026-03-01T11:58:00.000Z", "latencyMs": 40, "error": null},
  "waitingTransitions": 0, "droppedTransitions": 0, "wanted": "7", "rejected": null,
  "facts": [{"name": "serverCertificateNotAfter", "value": "2026-06-01T00:00:00.000Z"},
            {"name": "clockOffsetMs", "value": "-120"}, {"name": "bytesSent", "value": "73440"},
            {"name": "bytesReceived", "value": "26880"}]})";

// All is well.
CheckInput wholeInput() {
  CheckInput input;
  input.now = kNow;
  input.info = json::parse(R"({
    "target": {"revision": 3, "source": "cloud", "wanted": "7", "applied": "7"}, "warnings": [],
    "runtimes": [{"name": "docker", "available": true, "problem": null,
                  "observedAt": "2026-03-01T11:59:58.000Z",
                  "engine": {"name": "Docker", "version": "20.10.24"}}]})");
  input.info.as_object()["link"] = json::parse(kLink);
  input.plugins = json::parse(R"({"plugins": [{"name": "docker", "state": "loaded"}]})");
  input.notifiers = json::parse(R"({"notifiers": [
    {"name": "ops", "state": "ok", "delivered": 4, "lastDelivered": "2026-03-01T11:00:00.000Z"}]})");
  input.services = json::parse(R"({"services": [{"imageName": "a:1", "reason": "Running"}]})");
  input.disks = {{"/var/lib/docker", "images of docker", 30'000'000'000, 60'000'000'000}};
  return input;
}

Finding of(const CheckInput& input, const std::string& item) {
  const auto findings = examine(input);
  const auto found = std::find_if(findings.begin(), findings.end(),
                                  [&](const Finding& finding) { return finding.item == item; });
  return found == findings.end() ? Finding{"(no " + item + ")"} : *found;
}

void expectAbout(const CheckInput& input, const std::string& item, Verdict verdict,
                 const std::string& what, const std::string& advice) {
  const Finding finding = of(input, item);
  EXPECT_EQ(finding.item, item);
  EXPECT_EQ(finding.verdict, verdict) << finding.what;
  EXPECT_THAT(finding.what, HasSubstr(what));
  EXPECT_THAT(finding.advice, HasSubstr(advice));
}

json::object& link(CheckInput& input) {
  return input.info.at("link").as_object();
}

TEST(Doctor, AdvisesNothingWhenAllIsWell) {
  const auto findings = examine(wholeInput());
  EXPECT_EQ(verdictOf(findings), Verdict::Ok);
  for (const Finding& finding : findings) {
    EXPECT_THAT(finding.advice, IsEmpty()) << finding.item;
  }
  for (const char* item : {"configuration", "target", "engine docker", "registry", "clock", "disk",
                           "plugins", "notifier ops", "cloud poll", "cloud report", "cloud queue",
                           "cloud traffic", "cloud certificate"}) {
    EXPECT_EQ(of(wholeInput(), item).item, item);
  }
}

TEST(Doctor, TellsOfAConfigurationThatIsNotInForce) {
  auto input = wholeInput();
  input.info.as_object()["configuration"] = json::parse(
      R"({"rejected": "the configuration has 2 errors and was not read again", "restarts": []})");
  expectAbout(input, "configuration", Verdict::Failed, "has 2 errors", "--check-config");
  input.info.as_object()["configuration"] =
      json::parse(R"({"rejected": null, "restarts": ["state.dir", "api.socket"]})");
  expectAbout(input, "configuration", Verdict::Warning, "not in force: state.dir, api.socket",
              "restart the agent");
}

TEST(Doctor, CountsTheBytes) {
  expectAbout(wholeInput(), "cloud traffic", Verdict::Ok, "73440 bytes sent, 26880 received", "");
}

TEST(Doctor, LooksAtTheTarget) {
  auto input = wholeInput();
  input.info.at("target").at("wanted") = "8";
  expectAbout(input, "target", Verdict::Warning, "in place of version 8 of the cloud",
              "until the cloud's next change");
  input.info.at("target").at("wanted") = "";
  expectAbout(input, "target", Verdict::Warning, "in place of the cloud's target", "");
  input.info.at("target") = nullptr;
  expectAbout(input, "target", Verdict::Warning, "none was ever accepted", "holdfast apply");
  input = wholeInput();
  input.info.at("warnings").as_array().emplace_back(json::object());
  expectAbout(input, "target", Verdict::Warning, "not understood: 1", "holdfast plan");
}

TEST(Doctor, NamesEveryProblemOfATargetThatWasNotAccepted) {
  auto input = wholeInput();
  input.info.at("target").at("wanted") = "8";
  link(input)["rejected"] = json::parse(R"({"version": "8", "problems": [
    {"pointer": "/apps", "message": "a string, but an object was expected"},
    {"pointer": "", "message": "more \u001b[31mred"}]})");
  expectAbout(input, "target", Verdict::Failed,
              "revision 3 from cloud stays in force; version 8 of the cloud was not accepted",
              "the problems follow");
  EXPECT_THAT(checkText(examine(input)),
              AllOf(HasSubstr("/apps: a string, but an object was expected\n"),
                    HasSubstr("FAILED    more red\n")));
  input.info.at("target") = nullptr;
  link(input)["rejected"].as_object()["version"] = nullptr;
  expectAbout(input, "target", Verdict::Failed,
              "none is in force; the cloud's latest was not accepted", "in the cloud");
}

TEST(Doctor, LooksAtTheEngines) {
  auto input = wholeInput();
  auto& docker = input.info.at("runtimes").at(0).as_object();
  docker["available"] = false;
  docker["problem"] = "cannot reach /run/docker.sock";
  expectAbout(input, "engine docker", Verdict::Failed, "cannot reach", "runtime.docker.url");
  input.info.at("runtimes").as_array().clear();
  expectAbout(input, "engine", Verdict::Failed, "no runtime is loaded", "plugins.load");
}

TEST(Doctor, TellsOfDockersDownloadSlotsWhenPullsCompete) {
  auto input = wholeInput();
  input.services = json::parse(R"({"services": [
    {"imageName": "a:1", "runtime": "docker", "reason": "Pulling"},
    {"imageName": "b:1", "runtime": "docker", "reason": "Pulling"}]})");
  expectAbout(input, "engine docker", Verdict::Ok, "Docker 20.10.24", "max-concurrent-downloads");
}

TEST(Doctor, BlamesARegistryOnlyForWhatIsItsOwn) {
  auto input = wholeInput();
  const auto failing = [&](const char* errorClass) {
    input.services = json::object{
        {"services",
         {{{"imageName", "r/a:1"},
           {"error",
            {{"type", "ImagePullBackOff"}, {"class", errorClass}, {"message", "the cause"}}}}}}};
  };
  failing("denied");
  expectAbout(input, "registry", Verdict::Failed, "r/a:1: the cause", "registry.authFile");
  failing("transient");
  expectAbout(input, "registry", Verdict::Failed, "the cause", "route");
  failing("rate_limited");
  expectAbout(input, "registry", Verdict::Failed, "the cause", "fewer requests");
  failing("not_found");  // a slip in the tag
  EXPECT_EQ(of(input, "registry").verdict, Verdict::Ok);
}

TEST(Doctor, LooksAtTheClock) {
  auto input = wholeInput();
  input.now = *model::fromRfc3339("1970-01-01T00:01:00.000Z");
  expectAbout(input, "clock", Verdict::Failed, "1970", "set it");
  input = wholeInput();
  link(input)["facts"] = json::parse(R"([{"name": "clockOffsetMs", "value": "-180000"}])");
  expectAbout(input, "clock", Verdict::Warning, "3m off that of the cloud", "timedatectl");
}

TEST(Doctor, LooksAtTheRoomOnTheDisk) {
  auto input = wholeInput();
  input.disks[0].freeBytes = 5'000'000'000;
  expectAbout(input, "disk", Verdict::Warning, "5.0 GB of 60.0 GB free in /var/lib/docker", "room");
  input.disks[0].freeBytes = 100'000'000;
  expectAbout(input, "disk", Verdict::Failed, "100 MB of", "room");
}

TEST(Doctor, LooksAtPluginsAndNotifiers) {
  auto input = wholeInput();
  input.plugins = json::parse(R"({"plugins": [
    {"name": "docker", "state": "loaded", "changedOnDisk": true, "reason": "another file"},
    {"name": "podman", "state": "refused", "stage": "trust", "reason": "world-writable",
     "path": "/p/podman.so"}]})");
  expectAbout(input, "plugin docker", Verdict::Warning, "another file", "restart the agent");
  expectAbout(input, "plugin podman", Verdict::Failed, "refused at trust: world-writable",
              "inspect /p/podman.so");
  input.notifiers = json::parse(R"({"notifiers": [
    {"name": "ops", "state": "failing", "error": {"message": "connection refused"}}]})");
  expectAbout(input, "notifier ops", Verdict::Failed, "failing: connection refused",
              "holdfast alerts test ops");
  input.notifiers = json::object();
  expectAbout(input, "notifiers", Verdict::Ok, "nobody is told", "");
}

TEST(Doctor, LooksAtTheCloud) {
  auto input = wholeInput();
  link(input)["poll"].as_object()["error"] = "cannot resolve host";
  expectAbout(input, "cloud poll", Verdict::Failed,
              "cannot resolve host; asked for the target 30s ago", "tried again");
  link(input)["report"].as_object()["lastOk"] = nullptr;
  expectAbout(input, "cloud report", Verdict::Warning, "never reported", "");
  link(input)["enrolment"] = "register";
  expectAbout(input, "cloud enrolment", Verdict::Warning, "register is to be done", "uplink.url");
  link(input)["enrol"].as_object()["error"] = "the key is not valid";
  expectAbout(input, "cloud enrolment", Verdict::Failed, "not valid", "provisioningKeyFile");
  link(input)["droppedTransitions"] = 2;
  expectAbout(input, "cloud queue", Verdict::Warning, "2 older ones had to go", "");
  input.info.at("link") = nullptr;
  expectAbout(input, "cloud", Verdict::Ok, "no uplink", "");
}

TEST(Doctor, LooksAtCertificates) {
  auto input = wholeInput();
  link(input)["facts"] = json::parse(R"([
    {"name": "serverCertificateNotAfter", "value": "2026-02-28T00:00:00.000Z"},
    {"name": "clientCertificateNotAfter", "value": "2026-03-10T00:00:00.000Z"}])");
  expectAbout(input, "cloud certificate", Verdict::Failed, "has ended 2026-02-28", "cloud's");
  expectAbout(input, "device certificate", Verdict::Warning, "ends 2026-03-10", "uplink.certFile");
}

void answerAll(Session& run, const CheckInput& input) {
  run.answer("GET /v1/info", json::serialize(input.info));
  run.answer("GET /v1/plugins", json::serialize(input.plugins));
  run.answer("GET /v1/notifiers", json::serialize(input.notifiers));
  run.answer("GET /v1/services", json::serialize(input.services));
}

TEST(CliCheck, ExitsWith1OnlyWhenSomethingHasFailed) {
  auto input = wholeInput();
  Session whole;
  answerAll(whole, input);
  EXPECT_EQ(whole.run({"check"}), 0) << whole.console.output;
  EXPECT_THAT(whole.console.output, AllOf(HasSubstr("engine docker"), Not(HasSubstr("->"))));

  input.info.at("runtimes").at(0).as_object()["available"] = false;
  Session broken;
  answerAll(broken, input);
  EXPECT_EQ(broken.run({"check", "-o", "json"}), 1);
  EXPECT_EQ(json::parse(broken.console.output).at("verdict"), "failed");
}

}  // namespace
}  // namespace holdfast::cli
