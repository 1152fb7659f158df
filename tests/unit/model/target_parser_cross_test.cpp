// SPDX-License-Identifier: Apache-2.0
// What only shows when parts of a target are compared with each other.
#include "support/documents.hpp"

#include <gmock/gmock.h>

namespace holdfast::model {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> problems(const std::string& text) {
  return lines(strict(text).problems);
}

std::string withPorts(const std::string& first, const std::string& second) {
  return appOf(serviceOf("a", R"({"ports":[)" + first + "]}") + "," +
               serviceOf("b", R"({"ports":[)" + second + "]}"));
}

TEST(PortClashes, AreFoundAcrossFormsRangesAndAddresses) {
  const std::pair<const char*, const char*> clashing[] = {
      {R"("80:80")", R"("80:81")"},
      {R"("80:80")", R"("80:80/tcp")"},
      {R"("80:80")", R"("127.0.0.1:80:80")"},
      {R"("127.0.0.1:80:80")", R"("80:80")"},
      {R"("0.0.0.0:80:80")", R"("127.0.0.1:80:80")"},
      {R"("127.0.0.1:80:80")", R"("0.0.0.0:80:80")"},
      {R"("127.0.0.1:80:80")", R"("127.0.0.1:80:80")"},
      {R"("[::1]:80:80")", R"("[::]:80:80")"},
      {R"("[::1]:80:80")", R"("80:80")"},
      {R"("[::1]:80:80")", R"("[0::1]:80:80")"},
      {R"("80-90:80-90")", R"("85:85")"},
      {R"("80-90:80-90")", R"("90-99:1-10")"},
      {R"("53:53/udp")", R"("53:5353/udp")"},
  };
  for (const auto& [first, second] : clashing) {
    EXPECT_THAT(problems(withPorts(first, second)),
                ElementsAre(HasSubstr("/apps/1001/services/1/config/ports/0: the host port")))
        << first << " " << second;
  }
}

TEST(PortClashes, AreNotSeenWhereThereAreNone) {
  const std::pair<const char*, const char*> free[] = {
      {R"("80:80")", R"("81:80")"},
      {R"("80:80/tcp")", R"("80:80/udp")"},
      {R"("127.0.0.1:80:80")", R"("127.0.0.2:80:80")"},
      {R"("0.0.0.0:80:80")", R"("[::]:80:80")"},
      {R"("0.0.0.0:80:80")", R"("[::1]:80:80")"},
      {R"("80")", R"("80")"},
      {R"("80-89:80-89")", R"("90-99:80-89")"},
  };
  for (const auto& [first, second] : free)
    EXPECT_THAT(problems(withPorts(first, second)), IsEmpty()) << first << " " << second;
}

TEST(PortClashes, InOneServiceAndAcrossApps) {
  EXPECT_THAT(problems(configOf(R"("ports":["80:80","80:81"])")),
              ElementsAre(HasSubstr("ports/1: the host port 80/tcp is published by this service")));
  EXPECT_THAT(problems(configOf(R"("ports":["80:80","80:80/tcp"])")), IsEmpty());
  EXPECT_THAT(
      problems(R"({"apps":{"1":{"services":[{"serviceName":"a","image":"x","ports":["80:80"]}]},)"
               R"("2":{"services":[{"serviceName":"a","image":"x","ports":["80:80"]}]}}})"),
      ElementsAre("/apps/2/services/0/ports/0: the host port 80/tcp is published by "
                  "/apps/1/services/0 already"));
}

TEST(PortClashes, DoNotConcernTheHostsOwnNetwork) {
  EXPECT_THAT(problems(appOf(serviceOf("a", R"({"ports":["80:80"]})") + "," +
                             serviceOf("b", R"({"ports":["80:80"],"networkMode":"host"})"))),
              IsEmpty());
}

TEST(PortClashes, OnePerEntryOfARange) {
  EXPECT_THAT(problems(withPorts(R"("1-1000:1-1000")", R"("1-1000:1-1000","5:6")")).size(), 2u);
}

TEST(Names, ServicesOfOneName) {
  EXPECT_THAT(problems(appOf(serviceOf("a") + "," + serviceOf("a"))),
              ElementsAre("/apps/1001/services/1/serviceName: the service name \"a\" is taken by "
                          "/apps/1001/services/0"));
}

TEST(Names, ClashesOfObjectsAfterReplacement) {
  EXPECT_THAT(problems(appOf(serviceOf("a b", "{}", R"(,"serviceId":1)") + "," +
                             serviceOf("a+b", "{}", R"(,"serviceId":1)"))),
              ElementsAre(HasSubstr("/services/1: its name on the engine would be \"app_a-b_1\", "
                                    "which /apps/1001/services/0 has already")));
  EXPECT_THAT(problems(R"({"apps":{"1":{"networks":[{"name":"a b"},{"name":"a+b"}],)"
                       R"("volumes":[{"name":"x y"},{"name":"x-y"}]}}})"),
              ElementsAre(HasSubstr("\"1_a-b\""), HasSubstr("\"1_x-y\"")));
  EXPECT_THAT(
      problems(
          R"({"apps":{"1":{"appName":"m","services":[{"serviceName":"s","serviceId":1,"image":"x"}]},)"
          R"("2":{"appName":"m","services":[{"serviceName":"s","serviceId":1,"image":"x"}]}}})"),
      ElementsAre(HasSubstr("/apps/2/services/0: its name on the engine would be \"m_s_1\"")));
  EXPECT_THAT(
      problems(R"({"apps":{"a":{"volumes":[{"name":"b_c"}]},"a_b":{"volumes":[{"name":"c"}]}}})"),
      ElementsAre(HasSubstr("\"a_b_c\"")));
}

TEST(References, ToWhatIsNotThere) {
  EXPECT_THAT(
      problems(configOf(R"("networks":["frnt"],"volumes":["dat:/d"],"dependsOn":["wbe"])")),
      ElementsAre("/apps/1001/services/0/config/networks/0: unknown network \"frnt\"; expected one "
                  "of the app's networks; did you mean \"front\"?",
                  "/apps/1001/services/0/config/volumes/0: unknown volume \"dat\"; expected one of "
                  "the app's volumes; did you mean \"data\"?",
                  HasSubstr("dependsOn/0: unknown service \"wbe\"; expected another service of the "
                            "same app")));
}

TEST(References, ToItself) {
  EXPECT_THAT(problems(configOf(R"("dependsOn":["web"])")),
              ElementsAre(HasSubstr("dependsOn/0: the service depends on itself")));
}

TEST(References, ServicesOfOtherAppsAreUnknown) {
  EXPECT_THAT(
      problems(
          R"({"apps":{"1":{"services":[{"serviceName":"a","image":"x"}]},)"
          R"("2":{"services":[{"serviceName":"b","image":"x","config":{"dependsOn":["a"]}}]}}})"),
      ElementsAre(HasSubstr("unknown service \"a\"")));
}

std::string chain(const std::vector<std::pair<std::string, std::string>>& edges) {
  std::string services;
  for (const auto& [name, dependencies] : edges) {
    services += services.empty() ? "" : ",";
    services += serviceOf(name, R"({"dependsOn":[)" + dependencies + "]}");
  }
  return appOf(services);
}

TEST(Cycles, AreNamed) {
  EXPECT_THAT(problems(chain({{"a", R"("b")"}, {"b", R"("a")"}})),
              ElementsAre("/apps/1001/services/0/config/dependsOn/0: these services wait for each "
                          "other: a -> b -> a",
                          "/apps/1001/services/1/config/dependsOn/0: these services wait for each "
                          "other: a -> b -> a"));
}

TEST(Cycles, OnlyTheirMembersAreAtFault) {
  const auto found = problems(chain(
      {{"x", R"("c")"}, {"a", R"("x","b")"}, {"b", R"("c","d")"}, {"c", R"("b")"}, {"d", ""}}));
  EXPECT_THAT(found,
              ElementsAre(HasSubstr("/services/2/config/dependsOn/0: these services wait for "
                                    "each other: c -> b -> c"),
                          HasSubstr("/services/3/config/dependsOn/0: these")));
}

TEST(Cycles, SeveralAreToldAtOnce) {
  EXPECT_EQ(
      problems(chain({{"a", R"("b")"}, {"b", R"("a")"}, {"c", R"("d")"}, {"d", R"("c")"}})).size(),
      4u);
}

TEST(Cycles, DiamondsAreNone) {
  EXPECT_THAT(problems(chain({{"a", R"("b","c")"}, {"b", R"("d")"}, {"c", R"("d")"}, {"d", ""}})),
              IsEmpty());
}

TEST(Cycles, LongOnesAreCut) {
  std::vector<std::pair<std::string, std::string>> edges;
  for (int i = 0; i < 2000; ++i)
    edges.emplace_back("s" + std::to_string(i), "\"s" + std::to_string((i + 1) % 2000) + "\"");
  const auto found = problems(chain(edges));
  ASSERT_EQ(found.size(), 1001u);
  EXPECT_THAT(found.front(), HasSubstr("s19 -> ... -> s0"));
  EXPECT_EQ(found.back(), ": and 1000 more problems");
}

}  // namespace
}  // namespace holdfast::model
