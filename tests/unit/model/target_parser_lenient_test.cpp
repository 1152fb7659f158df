// SPDX-License-Identifier: Apache-2.0
// Documents that nobody is there to correct: a fault stays with its service.
#include "model/container_spec.hpp"
#include "support/documents.hpp"

#include <gmock/gmock.h>

namespace holdfast::model {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// The services of the only app, with the warnings of the document.
struct Outcome {
  App app;
  std::vector<std::string> warnings;

  [[nodiscard]] std::vector<std::string> faultsOf(const std::string& name) const {
    for (const auto& service : app.services) {
      if (service.name == name)
        return lines(service.faults);
    }
    ADD_FAILURE() << "no service " << name;
    return {};
  }
};

Outcome outcome(const std::string& text) {
  const ParseResult result = lenient(text);
  if (!result.target || result.target->apps.empty()) {
    ADD_FAILURE() << text << "\n" << testing::PrintToString(lines(result.problems));
    return {};
  }
  EXPECT_THAT(result.problems, IsEmpty());
  return {result.target->apps[0], lines(result.warnings)};
}

TEST(LenientTarget, AFaultStaysWithItsService) {
  const auto result =
      outcome(appOf(serviceOf("bad", R"({"ports":["x"],"init":1})") + "," + serviceOf("good")));
  EXPECT_THAT(result.faultsOf("bad"), ElementsAre(HasSubstr("/services/0/config/ports/0: \"x\""),
                                                  HasSubstr("/services/0/config/init: expected")));
  EXPECT_THAT(result.faultsOf("good"), IsEmpty());
  EXPECT_THAT(result.warnings, SizeIs(2));
}

TEST(LenientTarget, UnknownMembersAndNullAreWarnings) {
  const auto result = outcome(appOf(
      serviceOf("a", R"({"enviroment":{},"hostname":null,"livenessProbe":null})", R"(,"x":1)")));
  EXPECT_THAT(result.faultsOf("a"), IsEmpty());
  EXPECT_THAT(
      result.warnings,
      ElementsAre(HasSubstr("/x: unknown"), HasSubstr("enviroment: unknown member"),
                  HasSubstr("hostname: found null"), HasSubstr("livenessProbe: found null")));
}

TEST(LenientTarget, TheSecondOfTwoOnOnePortIsAtFault) {
  const auto result = outcome(appOf(serviceOf("a", R"({"ports":["80:80"]})") + "," +
                                    serviceOf("b", R"({"ports":["80:80"]})")));
  EXPECT_THAT(result.faultsOf("a"), IsEmpty());
  EXPECT_THAT(result.faultsOf("b"), ElementsAre(HasSubstr("the host port 80/tcp")));
}

TEST(LenientTarget, EveryMemberOfACycleIsAtFault) {
  const auto result = outcome(appOf(serviceOf("a", R"({"dependsOn":["b"]})") + "," +
                                    serviceOf("b", R"({"dependsOn":["a"]})") + "," +
                                    serviceOf("c", R"({"dependsOn":["a"]})")));
  EXPECT_THAT(result.faultsOf("a"), SizeIs(1));
  EXPECT_THAT(result.faultsOf("b"), SizeIs(1));
  EXPECT_THAT(result.faultsOf("c"), IsEmpty());
}

TEST(LenientTarget, TheSecondOfOneNameIsShownUnderAnother) {
  const auto result = outcome(
      appOf(serviceOf("a") + "," + serviceOf("a") + "," + serviceOf("a-2") + "," + serviceOf("a")));
  ASSERT_THAT(result.app.services, SizeIs(4));
  EXPECT_THAT(result.faultsOf("a"), IsEmpty());
  EXPECT_THAT(result.faultsOf("a-2"), IsEmpty());
  EXPECT_EQ(result.app.services[1].name, "a-3");
  EXPECT_THAT(result.faultsOf("a-3"), SizeIs(1));
  EXPECT_EQ(result.app.services[3].name, "a-4");
  EXPECT_TRUE(result.app.hasUnidentifiedServices);
}

TEST(LenientTarget, AServiceWithoutANameIsShownAndItsAppKeepsWhatItHas) {
  const auto result =
      outcome(appOf(R"({"image":"x"},{"serviceId":7,"image":"x"},3,)" + serviceOf("good")));
  ASSERT_THAT(result.app.services, SizeIs(4));
  EXPECT_EQ(result.app.services[0].name, "unnamed-1");
  EXPECT_EQ(result.app.services[1].name, "service-7-2");
  EXPECT_EQ(result.app.services[2].name, "unnamed-3");
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_THAT(result.app.services[i].faults, Not(IsEmpty()));
  EXPECT_THAT(result.faultsOf("good"), IsEmpty());
  EXPECT_TRUE(result.app.hasUnidentifiedServices);
  EXPECT_FALSE(outcome(appOf(serviceOf("good"))).app.hasUnidentifiedServices);
}

TEST(LenientTarget, ABrokenNetworkIsTheFaultOfWhoUsesIt) {
  const auto result = outcome(
      R"({"apps":{"1":{"networks":[{"name":"n","driver":5}],"volumes":[{"nam":"v"}],"services":[)" +
      serviceOf("a", R"({"networks":["n"]})") + "," + serviceOf("b", R"({"volumes":["v:/v"]})") +
      "," + serviceOf("c") + "]}}}");
  EXPECT_THAT(result.faultsOf("a"), ElementsAre(HasSubstr("see /apps/1/networks/0")));
  EXPECT_THAT(result.faultsOf("b"), ElementsAre(HasSubstr("unknown volume \"v\"")));
  EXPECT_THAT(result.faultsOf("c"), IsEmpty());
  EXPECT_THAT(result.app.networks, IsEmpty());
}

TEST(LenientTarget, AFaultOfAnAppConcernsAllItsServicesAndNoOther) {
  const auto result = lenient(R"({"apps":{"1":{"appName":5,"services":[)" + serviceOf("a") +
                              R"(]},"2":{"services":[)" + serviceOf("b") + "]}}}");
  ASSERT_TRUE(result.target);
  EXPECT_THAT(result.target->apps[0].services[0].faults, SizeIs(1));
  EXPECT_THAT(result.target->apps[1].services[0].faults, IsEmpty());
}

TEST(LenientTarget, RepeatedMembersBelongToTheirService) {
  const auto result =
      outcome(appOf(serviceOf("a", R"({"init":true,"init":false})") + "," + serviceOf("b")));
  EXPECT_THAT(result.faultsOf("a"), ElementsAre(HasSubstr("twice")));
  EXPECT_THAT(result.faultsOf("b"), IsEmpty());
  EXPECT_FALSE(lenient(R"({"apps":{"1":{},"1":{}}})").target);
  EXPECT_TRUE(lenient(R"({"apps":{},"config":{"sensors":{"a":1,"a":2}}})").target);
}

TEST(LenientTarget, ServicesAtFaultCanStillBeSpecified) {
  const auto result = outcome(appOf(R"({"serviceName":"a"},{},[],)" + serviceOf("b")));
  for (const auto& service : result.app.services)
    EXPECT_THAT(containerSpec(result.app, service, "o", {}).hash, SizeIs(64));
}

TEST(LenientTarget, WhatStrictAcceptsHasNeitherFaultsNorWarnings) {
  const std::string text = appOf(serviceOf("a", R"({"networks":["front"]})"));
  ASSERT_TRUE(strict(text).target);
  const auto result = outcome(text);
  EXPECT_THAT(result.warnings, IsEmpty());
  EXPECT_THAT(result.faultsOf("a"), IsEmpty());
}

}  // namespace
}  // namespace holdfast::model
