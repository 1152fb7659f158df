// SPDX-License-Identifier: Apache-2.0
// The outer forms of a target, apps, networks and volumes.
#include "support/documents.hpp"

#include <gmock/gmock.h>

namespace holdfast::model {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kApps = R"("apps":{"1":{"services":[{"serviceName":"s","image":"x"}]}})";

Target accepted(const std::string& text) {
  const ParseResult result = strict(text);
  if (!result.target) {
    ADD_FAILURE() << text << "\n" << testing::PrintToString(lines(result.problems));
    return {};
  }
  EXPECT_THAT(result.warnings, IsEmpty());
  return *result.target;
}

std::vector<std::string> problems(const std::string& text) {
  return lines(strict(text).problems);
}

TEST(TargetDocuments, ThreeOuterForms) {
  const std::string uuid = "5b2a7c0e-3c5f-4a8e-9c43-0d6f0c9c1f11";
  EXPECT_EQ(accepted("{" + kApps + "}").deviceUuid, "");
  EXPECT_EQ(accepted(R"({"local":{)" + kApps + "}}").deviceUuid, "");
  EXPECT_EQ(accepted("{\"" + uuid + "\":{" + kApps + R"(,"config":{}}})").deviceUuid, uuid);
  for (const std::string& text :
       {"{" + kApps + "}", R"({"local":{)" + kApps + "}}", "{\"" + uuid + "\":{" + kApps + "}}"}) {
    const Target target = accepted(text);
    ASSERT_EQ(target.apps.size(), 1u);
    EXPECT_EQ(target.apps[0].id, "1");
    EXPECT_EQ(target.apps[0].services.at(0).name, "s");
  }
}

TEST(TargetDocuments, PointersLeadIntoTheOriginal) {
  const std::string bad = R"("apps":{"a/b~":{"services":[{"serviceName":"s","image":"x","x":1}]}})";
  EXPECT_THAT(problems(R"({"dev":{)" + bad + "}}"),
              Contains(HasSubstr("/dev/apps/a~1b~0/services/0/x: unknown member")));
  EXPECT_THAT(problems(R"({"local":{)" + bad + "}}"), Contains(HasSubstr("/local/apps/a~1b~0/")));
}

TEST(TargetDocuments, WhatIsNoTarget) {
  for (const char* text :
       {"", "null", "[]", "1", "{}", R"({"config":{}})", R"({"local":{}})",
        R"({"dev":{"config":{}}})", R"({"dev":null})", R"({"apps":null})", R"({"apps":1})",
        R"({"apps":"x"})", R"({"apps":{"1":[]}})", R"({"apps":[1]})",
        R"({"apps":{"1":{"services":{}}}})", R"({"apps":[{}]})", R"({"lcal":{"apps":{}}})",
        R"({"a":{"apps":{}},"b":{"apps":{}}})"}) {
    for (const auto strictness : {Strictness::Strict, Strictness::Lenient}) {
      const auto result = parseTarget(text, strictness);
      EXPECT_FALSE(result.target) << text;
      EXPECT_THAT(result.problems, testing::Not(IsEmpty())) << text;
    }
  }
  EXPECT_THAT(problems(R"({"lcal":{"apps":{}}})"),
              ElementsAre("/lcal: unknown member \"lcal\"; did you mean local?"));
  EXPECT_THAT(problems("{}"), ElementsAre(HasSubstr("found no apps; expected {\"apps\": ...}")));
}

TEST(TargetDocuments, AnEmptyTargetIsOne) {
  EXPECT_THAT(accepted(R"({"apps":{}})").apps, IsEmpty());
  EXPECT_THAT(accepted(R"({"apps":[]})").apps, IsEmpty());
  EXPECT_THAT(accepted(R"({"apps":{"1":{}}})").apps.at(0).services, IsEmpty());
}

TEST(TargetDocuments, WhatTheCloudSendsAlongIsKnown) {
  const Target target =
      accepted(R"({"dev":{"version":42,"needs_deployment":true,"last_deployed_at":null,)"
               R"("config":{"logging":{"level":"debug"},"features":[],"sensors":null},)" +
               kApps + "}}");
  EXPECT_EQ(target.version, "42");
  EXPECT_EQ(target.configJson, R"({"logging":{"level":"debug"},"features":[],"sensors":null})");
  EXPECT_EQ(accepted(R"({"version":"v7",)" + kApps + "}").version, "v7");
  EXPECT_EQ(accepted("{" + kApps + "}").configJson, "{}");
  EXPECT_THAT(problems(R"({"config":{"featurs":1},"verion":1,)" + kApps + "}"),
              ElementsAre("/verion: unknown member \"verion\"; did you mean version?",
                          "/config/featurs: unknown member \"featurs\"; did you mean features?"));
}

TEST(TargetDocuments, AppsByIdByNameAndInAList) {
  const struct {
    const char* apps;
    const char* id;
    const char* name;
  } cases[] = {
      {R"({"1001":{}})", "1001", "1001"},
      {R"({"1001":{"appId":1001,"appName":"mon"}})", "1001", "mon"},
      {R"({"1001":{"appId":"1001"}})", "1001", "1001"},
      {R"({"mon":{}})", "mon", "mon"},
      {R"({"mon":{"appId":7}})", "7", "mon"},
      {R"([{"appId":7}])", "7", "7"},
      {R"([{"appId":"7","appName":"mon"}])", "7", "mon"},
      {R"([{"appName":"mon"}])", "mon", "mon"},
  };
  for (const auto& [apps, id, name] : cases) {
    const Target target = accepted(R"({"apps":)" + std::string(apps) + "}");
    ASSERT_EQ(target.apps.size(), 1u) << apps;
    EXPECT_EQ(target.apps[0].id, id) << apps;
    EXPECT_EQ(target.apps[0].name, name) << apps;
  }
}

TEST(TargetDocuments, AppProblems) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"1001":{"appId":1002}})", "/apps/1001/appId: appId is 1002, but the app stands under"},
      {R"({"1001":{"appId":true}})", "/apps/1001/appId: expected a number or a string"},
      {R"([{}])", "/apps/0: the app has neither appId nor appName"},
      {R"([{"appId":1},{"appId":"1"}])", "/apps/1: another app has the id \"1\" already"},
      {R"({"a":{"appId":1},"1":{}})", "/apps/1: another app has the id \"1\" already"},
      {R"({"_a":{}})", "/apps/_a: the name \"_a\" does not begin with a letter or digit"},
      {R"({"1":{"appName":"-x"}})", "/apps/1/appName: the name \"-x\" does not begin with"},
      {R"({"1":{"appName":""}})", "/apps/1/appName: expected a string that is not empty"},
      {R"({"a/b":{}})", "/apps/a~1b: the name \"a/b\" contains a slash"},
      {R"({"":{}})", "/apps/: a name must not be empty"},
      {R"({"1":{"service":[]}})", "did you mean services?"},
      {R"({"1":{"networks":{}}})", "/apps/1/networks: expected an array, found an object"},
      {R"({"1":{"networks":["front"]}})", "/apps/1/networks/0: expected an object, found a string"},
      {R"({"1":{"networks":[{}]}})", "/apps/1/networks/0: the member name is missing"},
      {R"({"1":{"networks":[{"name":"a"},{"name":"a"}]}})", "the name \"a\" is used twice"},
      {R"({"1":{"networks":[{"name":"a","drver":"x"}]}})", "did you mean driver?"},
      {R"({"1":{"volumes":[{"name":"a","options":[]}]}})", "volumes/0/options: expected an object"},
      {R"({"1":{"volumes":[{"name":"a","internal":true}]}})", "unknown member \"internal\""},
      {R"({"1":{"services":null}})", "/apps/1/services: found null; leave the member out"},
  };
  for (const auto& [apps, expected] : cases) {
    EXPECT_THAT(problems(R"({"apps":)" + std::string(apps) + "}"), ElementsAre(HasSubstr(expected)))
        << apps;
  }
}

TEST(TargetDocuments, NetworksAndVolumes) {
  const Target target = accepted(
      R"({"apps":{"1":{"networks":[{"name":"front"},{"name":"b","driver":"macvlan",)"
      R"("options":{"parent":"eth0"},"internal":true}],)"
      R"("volumes":[{"name":"data"},{"name":"nfs","driver":"local","options":{"type":"nfs"}}]}}})");
  const App& app = target.apps.at(0);
  ASSERT_EQ(app.networks.size(), 2u);
  EXPECT_EQ(app.networks[0].driver, "bridge");
  EXPECT_EQ(app.networks[1].driver, "macvlan");
  EXPECT_EQ(app.networks[1].options.at("parent"), "eth0");
  EXPECT_TRUE(app.networks[1].internal);
  ASSERT_EQ(app.volumes.size(), 2u);
  EXPECT_EQ(app.volumes[0].driver, "");
  EXPECT_EQ(app.volumes[1].options.at("type"), "nfs");
}

TEST(TargetDocuments, AllProblemsAtOnce) {
  EXPECT_THAT(
      problems(R"({"x":1,"apps":{"1":{"y":1,"services":[{"serviceName":"a","image":"I"},)"
               R"({"image":"x","state":"gone","config":{"ports":["x"],"init":1}}]}}})"),
      ElementsAre(HasSubstr("/x: unknown"), HasSubstr("/apps/1/y: unknown"),
                  HasSubstr("/services/0/image: \"I\" is no image reference"),
                  HasSubstr("/services/1: the member serviceName is missing"),
                  HasSubstr("/services/1/state: unknown word"),
                  HasSubstr("/services/1/config/ports/0"), HasSubstr("/services/1/config/init")));
}

TEST(TargetDocuments, RepeatedMembers) {
  EXPECT_THAT(problems(R"({"apps":{"1":{},"1":{}}})"),
              ElementsAre("/apps/1: the object has this member twice"));
  EXPECT_THAT(problems(R"({"apps":{},"apps":{}})"),
              ElementsAre("/apps: the object has this member twice"));
  EXPECT_THAT(problems(configOf(R"("init":true,"init":false)")),
              ElementsAre("/apps/1001/services/0/config/init: the object has this member twice"));
}

TEST(ServiceKey, IsAppIdAndServiceName) {
  App app;
  app.id = "1001";
  app.name = "mon";
  Service service;
  service.id = "2";
  service.name = "web";
  EXPECT_EQ(serviceKey(app, service), "1001/web");
}

}  // namespace
}  // namespace holdfast::model
