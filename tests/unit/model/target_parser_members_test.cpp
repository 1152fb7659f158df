// SPDX-License-Identifier: Apache-2.0
// Each member of a service: its forms, its default, and what is said of a wrong one.
#include "support/documents.hpp"

#include <gmock/gmock.h>

namespace holdfast::model {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;
using namespace std::chrono_literals;

using Texts = std::vector<std::string>;

TEST(TargetMembers, DefaultsOfEverything) {
  const Service service = onlyService(R"({"apps":{"a":{"services":[)"
                                      R"({"serviceName":"web","imageName":"x"}]}}})");
  Service expected;
  expected.id = "web";
  expected.name = "web";
  expected.image = "x";
  EXPECT_EQ(service.id, expected.id);
  EXPECT_EQ(service.state, DesiredState::Running);
  EXPECT_EQ(service.pullPolicy, PullPolicy::IfNotPresent);
  EXPECT_EQ(service.restart, (RestartPolicy{RestartPolicy::Kind::Always, 0}));
  EXPECT_EQ(service.stopGracePeriod, 10s);
  EXPECT_EQ(service.logging, std::nullopt);
  EXPECT_EQ(service.resources, Resources{});
  EXPECT_EQ(service.livenessProbe, std::nullopt);
  EXPECT_THAT(service.faults, IsEmpty());
}

TEST(TargetMembers, ServiceIdsAreNumbersOrTexts) {
  const auto idOf = [](const std::string& id) {
    return onlyService(appOf(serviceOf("web", "{}", R"(,"serviceId":)" + id))).id;
  };
  EXPECT_EQ(idOf("7"), "7");
  EXPECT_EQ(idOf("7.0"), "7");
  EXPECT_EQ(idOf(R"("7")"), "7");
  EXPECT_EQ(idOf(R"("web-7")"), "web-7");
  for (const char* bad : {"-1", "1.5", "true", "[]", R"("")", R"("a/b")", "1e30"}) {
    EXPECT_FALSE(
        strict(appOf(serviceOf("web", "{}", R"(,"serviceId":)" + std::string(bad)))).target)
        << bad;
  }
}

TEST(TargetMembers, State) {
  const auto stateOf = [](const std::string& word) {
    return onlyService(appOf(serviceOf("web", "{}", R"(,"state":")" + word + "\""))).state;
  };
  EXPECT_EQ(stateOf("running"), DesiredState::Running);
  EXPECT_EQ(stateOf("stopped"), DesiredState::Stopped);
  EXPECT_EQ(stateOf("paused"), DesiredState::Paused);
  EXPECT_THAT(lines(strict(appOf(serviceOf("web", "{}", R"(,"state":"runing")"))).problems),
              ElementsAre("/apps/1001/services/0/state: unknown word \"runing\"; expected running, "
                          "stopped or paused; did you mean running?"));
}

TEST(TargetMembers, TheImageIsImageNameElseConfigImageElseImage) {
  const auto imageOf = [](const std::string& members) {
    return onlyService(appOf(R"({"serviceName":"web",)" + members + "}")).image;
  };
  EXPECT_EQ(imageOf(R"("imageName":"a","config":{"image":"b"},"image":"c")"), "a");
  EXPECT_EQ(imageOf(R"("config":{"image":"b"},"image":"c")"), "b");
  EXPECT_EQ(imageOf(R"("image":"c")"), "c");
  EXPECT_THAT(lines(strict(appOf(R"({"serviceName":"web"})")).problems),
              ElementsAre("/apps/1001/services/0: the image is missing; expected imageName, "
                          "config.image or image"));
}

TEST(TargetMembers, AnImageThatIsNoReferenceIsAProblemOfStrictDocumentsOnly) {
  const std::string text = appOf(R"({"serviceName":"web","imageName":"No Image"})");
  EXPECT_THAT(lines(strict(text).problems),
              ElementsAre(HasSubstr("/apps/1001/services/0/imageName: \"No Image\" is no image")));
  const auto result = lenient(text);
  ASSERT_TRUE(result.target);
  EXPECT_THAT(result.target->apps[0].services[0].faults, IsEmpty());
  EXPECT_EQ(result.target->apps[0].services[0].image, "No Image");
}

TEST(TargetMembers, PullPolicy) {
  EXPECT_EQ(withConfig(R"("imagePullPolicy":"Always")").pullPolicy, PullPolicy::Always);
  EXPECT_EQ(withConfig(R"("imagePullPolicy":"Never")").pullPolicy, PullPolicy::Never);
  EXPECT_EQ(withConfig(R"("imagePullPolicy":"IfNotPresent")").pullPolicy, PullPolicy::IfNotPresent);
}

TEST(TargetMembers, UnhealthyPolicy) {
  const auto of = [](const char* config) { return withConfig(config).unhealthyPolicy; };
  EXPECT_EQ(of(""), UnhealthyPolicy::Restart);
  EXPECT_EQ(of(R"("unhealthyPolicy":"restart")"), UnhealthyPolicy::Restart);
  EXPECT_EQ(of(R"("unhealthyPolicy":"recreate")"), UnhealthyPolicy::Recreate);
  EXPECT_EQ(of(R"("unhealthyPolicy":"alert")"), UnhealthyPolicy::Alert);
  EXPECT_THAT(lines(strict(configOf(R"("unhealthyPolicy":"Reboot")")).problems),
              Contains(HasSubstr("unhealthyPolicy")));
}

TEST(TargetMembers, EnvironmentAsObjectOrList) {
  const std::map<std::string, std::string> expected{{"A", "x"},   {"B", "1"}, {"C", "true"},
                                                    {"D", "0.5"}, {"E", ""},  {"F", "a=b\nc"}};
  EXPECT_EQ(withConfig(R"("environment":{"A":"x","B":1,"C":true,"D":0.5,"E":"","F":"a=b\nc"})")
                .environment,
            expected);
  EXPECT_EQ(
      withConfig(R"("environment":["A=x","B=1","C=true","D=0.5","E=","F=a=b\nc"])").environment,
      expected);
}

TEST(TargetMembers, EnvironmentProblemsNeverShowAValue) {
  const auto result = strict(configOf(
      R"("environment":["secret-without-name","=secret","A=1","A=secret","B=***","C=se\u0000cret"])"));
  const auto all = lines(result.problems);
  EXPECT_THAT(all, ElementsAre("/apps/1001/services/0/config/environment/0: found no '='; expected "
                               "NAME=value",
                               HasSubstr("environment/1: a name must not be empty"),
                               HasSubstr("environment/3: the variable \"A\" is given twice"),
                               HasSubstr("environment/4: *** stands for a hidden value"),
                               HasSubstr("environment/5: the string contains a NUL")));
  for (const auto& line : all)
    EXPECT_EQ(line.find("secret"), std::string::npos) << line;
}

TEST(TargetMembers, MaskedEnvironmentIsRefused) {
  EXPECT_THAT(lines(strict(configOf(R"("environment":{"K":"***"})")).problems),
              ElementsAre(HasSubstr("/config/environment/K: *** stands for a hidden value")));
  EXPECT_EQ(withConfig(R"("environment":{"K":"****"})").environment.at("K"), "****");
}

TEST(TargetMembers, Ports) {
  EXPECT_THAT(
      withConfig(R"("ports":["80:80",81,"53:53/udp"])").ports,
      ElementsAre(PortMapping{"", 80, 80, Protocol::Tcp}, PortMapping{"", 0, 81, Protocol::Tcp},
                  PortMapping{"", 53, 53, Protocol::Udp}));
  EXPECT_THAT(
      lines(strict(configOf(R"("ports":["80:80",0,"x",{},true])")).problems),
      ElementsAre(HasSubstr("/config/ports/1: expected a whole number from 1 to 65535"),
                  HasSubstr("/config/ports/2: \"x\""), HasSubstr("/config/ports/3: expected"),
                  HasSubstr("/config/ports/4: expected a string, found true")));
}

TEST(TargetMembers, Volumes) {
  EXPECT_THAT(withConfig(R"("volumes":["data:/data:ro","/a:/b"])").mounts,
              ElementsAre(Mount{Mount::Kind::Volume, "data", "/data", true},
                          Mount{Mount::Kind::Bind, "/a", "/b", false}));
  EXPECT_THAT(lines(strict(configOf(R"("volumes":["/a:/b","/c:/b/"],"tmpfs":["/b"])")).problems),
              UnorderedElementsAre(
                  HasSubstr("/config/volumes/1: something else is mounted at \"/b\" already"),
                  HasSubstr("/config/tmpfs/0: something else is mounted at \"/b\" already")));
}

TEST(TargetMembers, Tmpfs) {
  EXPECT_THAT(withConfig(R"("tmpfs":["/run","/tmp:size=1m,mode=1777"])").tmpfs,
              ElementsAre(Pair("/run", ""), Pair("/tmp", "size=1m,mode=1777")));
}

TEST(TargetMembers, NetworksAndMode) {
  EXPECT_THAT(withConfig(R"("networks":["front","default"])").networks,
              ElementsAre("front", "default"));
  EXPECT_EQ(withConfig(R"("networkMode":"host")").networkMode, "host");
  EXPECT_THAT(withConfig(R"("networks":["front"],"networkMode":"bridge")").networks,
              ElementsAre("front"));
  EXPECT_THAT(lines(strict(configOf(R"("networks":["front"],"networkMode":"host")")).problems),
              ElementsAre(HasSubstr("networks cannot be joined with networkMode \"host\"")));
}

TEST(TargetMembers, RestartAndLabels) {
  EXPECT_EQ(withConfig(R"("restart":"on-failure:3")").restart,
            (RestartPolicy{RestartPolicy::Kind::OnFailure, 3}));
  EXPECT_THAT(withConfig(R"("labels":{"a":"b","n":1,"t":true})").labels,
              ElementsAre(Pair("a", "b"), Pair("n", "1"), Pair("t", "true")));
  EXPECT_THAT(lines(strict(configOf(R"("labels":{"io.holdfast.owner":"me"})")).problems),
              ElementsAre(HasSubstr("/config/labels/io.holdfast.owner: labels that begin with")));
}

TEST(TargetMembers, CommandsAsListsOrWords) {
  EXPECT_EQ(withConfig(R"("command":["a b","","c\n"])").command, (Texts{"a b", "", "c\n"}));
  EXPECT_EQ(withConfig(R"("command":"a 'b c' d")").command, (Texts{"a", "b c", "d"}));
  EXPECT_EQ(withConfig(R"("entrypoint":"/init -x")").entrypoint, (Texts{"/init", "-x"}));
  EXPECT_EQ(withConfig(R"("command":"","entrypoint":[])").command, Texts{});
  EXPECT_THAT(lines(strict(configOf(R"("command":"a 'b","entrypoint":[1])")).problems),
              ElementsAre(HasSubstr("/config/command: it has an opening '"),
                          HasSubstr("/config/entrypoint/0: expected a string")));
}

TEST(TargetMembers, PlainTexts) {
  const Service service = withConfig(
      R"("workingDir":"/srv/","user":"1000:1000","hostname":"h","domainname":"d","runtime":"podman")");
  EXPECT_EQ(service.workingDir, "/srv");
  EXPECT_EQ(service.user, "1000:1000");
  EXPECT_EQ(service.hostname, "h");
  EXPECT_EQ(service.domainname, "d");
  EXPECT_EQ(service.runtime, "podman");
  EXPECT_EQ(withConfig(R"("workingDir":"","user":"","runtime":"","stopSignal":"")").workingDir, "");
  EXPECT_THAT(lines(strict(configOf(R"("workingDir":"srv","user":"a\nb","hostname":")" +
                                    std::string(65, 'h') + R"(","runtime":"Docker!")"))
                        .problems),
              UnorderedElementsAre(HasSubstr("workingDir: \"srv\" is no absolute path"),
                                   HasSubstr("user: the string contains a control character"),
                                   HasSubstr("hostname: expected at most 64"),
                                   HasSubstr("runtime: \"Docker!\" is no name of a runtime")));
}

TEST(TargetMembers, DependsOn) {
  const auto dependsOn = [](const std::string& value) {
    const auto result = strict(appOf(serviceOf("web", R"({"dependsOn":)" + value + "}") + "," +
                                     serviceOf("db") + "," + serviceOf("mq")));
    EXPECT_TRUE(result.target) << testing::PrintToString(lines(result.problems));
    return result.target->apps.at(0).services.at(0).dependsOn;
  };
  using Condition = DependencyCondition;
  EXPECT_THAT(dependsOn(R"(["db","mq"])"),
              ElementsAre(Pair("db", Condition::Started), Pair("mq", Condition::Started)));
  EXPECT_THAT(dependsOn(R"({"db":{"condition":"healthy"},"mq":{"condition":"started"}})"),
              ElementsAre(Pair("db", Condition::Healthy), Pair("mq", Condition::Started)));
  EXPECT_THAT(dependsOn(R"({"db":{}})"), ElementsAre(Pair("db", Condition::Started)));
}

TEST(TargetMembers, Flags) {
  const Service service = withConfig(R"("privileged":true,"readOnly":true,"init":true)");
  EXPECT_TRUE(service.privileged && service.readOnly && service.init);
  EXPECT_THAT(lines(strict(configOf(R"("privileged":"true","init":1)")).problems),
              ElementsAre(HasSubstr("privileged: expected true or false, found a string"),
                          HasSubstr("init: expected true or false, found the number 1")));
}

TEST(TargetMembers, SecurityAndDevices) {
  const Service service =
      withConfig(R"("capAdd":["cap_net_admin"],"capDrop":["ALL"],"devices":["/dev/a:/dev/b:rw"],)"
                 R"("securityOpt":["no-new-privileges"],"sysctls":{"net.core.somaxconn":1024})");
  EXPECT_EQ(service.capAdd, Texts{"NET_ADMIN"});
  EXPECT_EQ(service.capDrop, Texts{"ALL"});
  EXPECT_THAT(service.devices, ElementsAre(Device{"/dev/a", "/dev/b", "rw"}));
  EXPECT_EQ(service.securityOpt, Texts{"no-new-privileges"});
  EXPECT_THAT(service.sysctls, ElementsAre(Pair("net.core.somaxconn", "1024")));
}

TEST(TargetMembers, HostsAndDns) {
  const Service service =
      withConfig(R"("extraHosts":["db:10.0.0.1","gw:host-gateway"],"dns":["9.9.9.9","::1"])");
  EXPECT_THAT(service.extraHosts, ElementsAre(Pair("db", "10.0.0.1"), Pair("gw", "host-gateway")));
  EXPECT_EQ(service.dns, (Texts{"9.9.9.9", "::1"}));
  EXPECT_THAT(
      lines(strict(configOf(R"("extraHosts":["a:1.1.1.1","a:2.2.2.2"],"dns":["x"])")).problems),
      ElementsAre(HasSubstr("extraHosts/1: the host \"a\" is given twice"),
                  HasSubstr("dns/0: \"x\" is no IP address")));
}

TEST(TargetMembers, Ulimits) {
  EXPECT_THAT(
      withConfig(R"("ulimits":{"nofile":1024,"core":-1,"nproc":{"soft":1,"hard":-1}})").ulimits,
      ElementsAre(Pair("core", Ulimit{-1, -1}), Pair("nofile", Ulimit{1024, 1024}),
                  Pair("nproc", Ulimit{1, -1})));
  EXPECT_THAT(
      lines(strict(configOf(R"("ulimits":{"nofiles":1,"core":{"soft":1},"cpu":{"soft":2,"hard":1},)"
                            R"("rss":{"soft":-1,"hard":1},"nice":-2,"data":"1"})"))
                .problems),
      ElementsAre(HasSubstr("did you mean nofile?"), HasSubstr("core: expected both soft and hard"),
                  HasSubstr("cpu: the soft limit exceeds the hard one"),
                  HasSubstr("rss: the soft limit exceeds the hard one"),
                  HasSubstr("nice: expected a whole number"), HasSubstr("data: expected")));
}

TEST(TargetMembers, Stopping) {
  const Service service = withConfig(R"("stopSignal":"int","stopGracePeriodSeconds":0)");
  EXPECT_EQ(service.stopSignal, "SIGINT");
  EXPECT_EQ(service.stopGracePeriod, 0s);
  EXPECT_FALSE(strict(configOf(R"("stopGracePeriodSeconds":-1)")).target);
  EXPECT_FALSE(strict(configOf(R"("stopGracePeriodSeconds":"10s")")).target);
  EXPECT_FALSE(strict(configOf(R"("stopGracePeriodSeconds":1e15)")).target);
}

TEST(TargetMembers, LoggingOfNothingIsNoLogging) {
  EXPECT_EQ(withConfig(R"("logging":{"driver":"","options":{}})").logging, std::nullopt);
  EXPECT_EQ(withConfig(R"("logging":{"driver":"local","options":{"max-size":10}})").logging,
            (Logging{"local", {{"max-size", "10"}}}));
}

TEST(TargetMembers, ResourcesAsKubernetesWritesThem) {
  const Resources resources = withConfig(R"("resources":{"limits":{"cpu":"0.5","memory":"256Mi"},)"
                                         R"("requests":{"cpu":0.25,"memory":134217728}})")
                                  .resources;
  EXPECT_EQ(resources.cpuLimitNano, 500'000'000);
  EXPECT_EQ(resources.cpuRequestNano, 250'000'000);
  EXPECT_EQ(resources.memoryLimitBytes, 256ll << 20);
  EXPECT_EQ(resources.memoryRequestBytes, 128ll << 20);
  EXPECT_EQ(withConfig(R"("resources":{"limits":{"memory":"0"}})").resources, Resources{});
  EXPECT_THAT(lines(strict(configOf(R"("resources":{"limits":{"cpu":1,"memory":"1MB","gpu":1},)"
                                    R"("requests":{"cpu":"2","memory":true}})"))
                        .problems),
              UnorderedElementsAre(HasSubstr("resources: requests.cpu exceeds limits.cpu"),
                                   HasSubstr("limits/memory: \"1MB\" ends in the unknown unit"),
                                   HasSubstr("limits/gpu: unknown member"),
                                   HasSubstr("requests/memory: expected a quantity")));
}

TEST(TargetMembers, ProbeDefaults) {
  const auto probe = withConfig(R"("livenessProbe":{"type":"http","port":8080})").livenessProbe;
  ASSERT_TRUE(probe);
  Probe expected;
  expected.port = 8080;
  EXPECT_EQ(*probe, expected);
  EXPECT_EQ(withConfig(R"("readinessProbe":{},"startupProbe":{})").readinessProbe, std::nullopt);
}

TEST(TargetMembers, ProbesWithEverything) {
  const Service service = withConfig(
      R"("livenessProbe":{"type":"exec","command":"test -f /x","initialDelaySeconds":1,)"
      R"("periodSeconds":2,"timeoutSeconds":3,"successThreshold":1,"failureThreshold":5},)"
      R"("readinessProbe":{"type":"http","path":"/h","port":1,"scheme":"HTTPS","headers":{"A":"b"},)"
      R"("expectedStatus":"200-204","successThreshold":4},)"
      R"("startupProbe":{"type":"tcp","tcpPort":2,"expectedStatus":404})");
  const Probe& liveness = *service.livenessProbe;
  EXPECT_EQ(liveness.type, Probe::Type::Exec);
  EXPECT_EQ(liveness.command, (Texts{"test", "-f", "/x"}));
  EXPECT_EQ(liveness.initialDelay, 1s);
  EXPECT_EQ(liveness.period, 2s);
  EXPECT_EQ(liveness.timeout, 3s);
  EXPECT_EQ(liveness.failureThreshold, 5);
  const Probe& readiness = *service.readinessProbe;
  EXPECT_EQ(readiness.scheme, "https");
  EXPECT_EQ(readiness.path, "/h");
  EXPECT_THAT(readiness.headers, ElementsAre(Pair("A", "b")));
  EXPECT_EQ(readiness.expectedStatusMin, 200);
  EXPECT_EQ(readiness.expectedStatusMax, 204);
  EXPECT_EQ(readiness.successThreshold, 4);
  EXPECT_EQ(service.startupProbe->port, 2);
  EXPECT_EQ(service.startupProbe->expectedStatusMin, 404);
  EXPECT_EQ(service.startupProbe->expectedStatusMax, 404);
  EXPECT_EQ(withConfig(R"("startupProbe":{"type":"tcp","port":3})").startupProbe->port, 3);
}

TEST(TargetMembers, ProbeProblems) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"port":1})", "the member type is missing"},
      {R"({"type":"grpc","port":1})", "unknown word \"grpc\"; expected http, tcp or exec"},
      {R"({"type":"http"})", "a probe of type http needs port"},
      {R"({"type":"tcp"})", "a probe of type tcp needs tcpPort"},
      {R"({"type":"exec"})", "a probe of type exec needs command"},
      {R"({"type":"exec","command":[]})", "a probe of type exec needs command"},
      {R"({"type":"http","port":0})", "port: expected a whole number from 1 to 65535"},
      {R"({"type":"http","port":1,"tcpPort":70000})", "tcpPort: expected a whole number"},
      {R"({"type":"http","port":1,"path":"x"})", "path: \"x\" does not begin with a slash"},
      {R"({"type":"http","port":1,"scheme":"ftp"})", "scheme: unknown word \"ftp\""},
      {R"({"type":"http","port":1,"expectedStatus":99})",
       "expectedStatus: expected an HTTP status"},
      {R"({"type":"http","port":1,"expectedStatus":"399-200"})", "expectedStatus: expected"},
      {R"({"type":"http","port":1,"expectedStatus":[200]})", "expectedStatus: expected"},
      {R"({"type":"http","port":1,"periodSeconds":0})", "periodSeconds: expected a whole number"},
      {R"({"type":"http","port":1,"timeoutSeconds":0})", "timeoutSeconds: expected a whole number"},
      {R"({"type":"http","port":1,"failureThreshold":0})", "failureThreshold: expected"},
      {R"({"type":"http","port":1,"successThreshold":2})", "successThreshold: expected"},
      {R"({"type":"http","port":1,"initialDelaySecond":1})", "did you mean initialDelaySeconds?"},
      {R"({"type":"http","port":1,"headers":{"A":"b\r\nC: d"}})", "headers/A: the string contains"},
  };
  for (const auto& [probe, expected] : cases) {
    EXPECT_THAT(lines(strict(configOf(R"("livenessProbe":)" + std::string(probe))).problems),
                ElementsAre(HasSubstr(expected)))
        << probe;
  }
}

TEST(TargetMembers, TheFlatForm) {
  const Service service = onlyService(
      appOf(R"({"serviceName":"web","image":"x","environment":{"A":"1"},"ports":["1:1"],)"
            R"("volumes":["data:/d"],"networks":["front"],"restart":"no","labels":{"l":"m"},)"
            R"("appId":1001,"appName":"app","containerId":null,"status":"running",)"
            R"("serviceStatus":{},"error":[1]})"));
  EXPECT_EQ(service.image, "x");
  EXPECT_THAT(service.environment, ElementsAre(Pair("A", "1")));
  EXPECT_EQ(service.ports.size(), 1u);
  EXPECT_EQ(service.mounts.size(), 1u);
  EXPECT_EQ(service.networks, Texts{"front"});
  EXPECT_EQ(service.restart.kind, RestartPolicy::Kind::Never);
  EXPECT_THAT(service.labels, ElementsAre(Pair("l", "m")));
}

TEST(TargetMembers, ConfigCountsBeforeTheFlatForm) {
  const Service service =
      onlyService(appOf(R"({"serviceName":"web","imageName":"x","restart":"no","ports":["1:1"],)"
                        R"("config":{"restart":"always","ports":["2:2"]}})"));
  EXPECT_EQ(service.restart.kind, RestartPolicy::Kind::Always);
  EXPECT_THAT(service.ports, ElementsAre(PortMapping{"", 2, 2, Protocol::Tcp}));
  EXPECT_THAT(
      lines(
          strict(appOf(serviceOf("web", R"({"restart":"no"})", R"(,"restart":"nope")"))).problems),
      ElementsAre(HasSubstr("/services/0/restart: \"nope\"")));
}

TEST(TargetMembers, UnknownOnesNameTheNearest) {
  EXPECT_THAT(
      lines(strict(appOf(serviceOf("web", R"({"enviroment":{}})", R"(,"srvice":1,"command":[])")))
                .problems),
      ElementsAre(
          "/apps/1001/services/0/srvice: unknown member \"srvice\"",
          "/apps/1001/services/0/command: unknown member \"command\"; it belongs under config",
          "/apps/1001/services/0/config/enviroment: unknown member \"enviroment\"; did you "
          "mean environment?"));
}

TEST(TargetMembers, AbsurdlyLongTexts) {
  const std::string name(129, 'n');
  EXPECT_THAT(lines(strict(appOf(serviceOf(name))).problems),
              ElementsAre(HasSubstr("serviceName: the name has 129 bytes; expected at most 128")));
  EXPECT_TRUE(strict(appOf(serviceOf(std::string(128, 'n')))).target);
  EXPECT_EQ(withConfig(R"("environment":{"A":")" + std::string(64 * 1024, 'x') + "\"}")
                .environment.at("A")
                .size(),
            64u * 1024);
}

}  // namespace
}  // namespace holdfast::model
