// SPDX-License-Identifier: Apache-2.0
// Documents made to hurt. Each must end in clear problems, soon and without much memory.
#include "support/documents.hpp"

#include <gmock/gmock.h>

#include <random>

namespace holdfast::model {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::string repeated(const std::string& element, std::size_t count) {
  std::string text = element;
  for (std::size_t i = 1; i < count; ++i)
    text += "," + element;
  return text;
}

std::string numbered(std::size_t count, const std::string& more = "") {
  std::string text;
  for (std::size_t i = 0; i < count; ++i)
    text += (i == 0 ? "" : ",") + serviceOf("s" + std::to_string(i), "{" + more + "}");
  return text;
}

void expectRefused(const std::string& text, const std::string& expected) {
  for (const auto& result : {strict(text), lenient(text)}) {
    EXPECT_FALSE(result.target);
    ASSERT_THAT(result.problems, Not(IsEmpty()));
    EXPECT_THAT(lines(result.problems), testing::Contains(HasSubstr(expected)));
  }
}

TEST(HostileTarget, OverTheLimits) {
  expectRefused(std::string(kMaxTargetBytes + 1, ' '), "at most 8388608 are read");
  expectRefused(R"({"apps":)" + std::string(40, '[') + std::string(40, ']') + "}",
                "deeper than 32 levels");
  expectRefused(appOf(numbered(4097)), "more than 4096 services");
  expectRefused(R"({"apps":[)" + repeated("{\"appName\":\"a\"}", 4097) + "]}",
                "more than 4096 apps");
  expectRefused(appOf(numbered(17, R"("ports":["1-1024:1-1024"])")), "16384 ports");
  EXPECT_TRUE(strict(appOf(numbered(4096))).target);
}

TEST(HostileTarget, BytesThatAreNoText) {
  expectRefused(appOf(serviceOf("a\xFF")), "not valid JSON");
  expectRefused(std::string("{\"apps\":\0{}}", 12), "not valid JSON");
  EXPECT_THAT(lines(strict(appOf(serviceOf("a\\u0000b"))).problems),
              testing::ElementsAre(HasSubstr("serviceName: the string contains a control")));
  EXPECT_THAT(lines(strict(appOf(serviceOf("a\\u001bb"))).problems), SizeIs(1));
}

TEST(HostileTarget, HugeNumbers) {
  for (const char* number : {"1e400", "-1e400", "1e309", "99999999999999999999999999", "1e308",
                             "-0.0000001", "18446744073709551615"}) {
    for (const char* member :
         {"ports", "stopGracePeriodSeconds", "ulimits", "resources", "livenessProbe"}) {
      const std::string n = number;
      const std::string value =
          member == std::string("ports")           ? "[" + n + "]"
          : member == std::string("ulimits")       ? "{\"core\":" + n + "}"
          : member == std::string("resources")     ? "{\"limits\":{\"memory\":" + n + "}}"
          : member == std::string("livenessProbe") ? "{\"type\":\"http\",\"port\":" + n + "}"
                                                   : n;
      EXPECT_FALSE(strict(configOf("\"" + std::string(member) + "\":" + value)).target)
          << member << " " << number;
    }
  }
  EXPECT_THAT(strict(configOf(R"("environment":{"A":1e400})")).problems, Not(IsEmpty()));
}

TEST(HostileTarget, ManyProblemsAreCut) {
  std::string unknown;
  for (int i = 0; i < 50'000; ++i)
    unknown += ",\"x" + std::to_string(i) + "\":1";
  const auto result = strict(R"({"apps":{})" + unknown + "}");
  EXPECT_LE(result.problems.size(), 101u);
  std::string services = repeated("1", 4096);
  EXPECT_THAT(strict(appOf(services)).problems, SizeIs(1001));
}

// Each of these would take minutes if its cost grew with the square of the size.
TEST(HostileTarget, ManyVolumes) {
  std::string volumes;
  for (int i = 0; i < 60'000; ++i)
    volumes += (i == 0 ? "" : ",") + ("{\"name\":\"v" + std::to_string(i) + "\"}");
  EXPECT_TRUE(strict(R"({"apps":{"1":{"volumes":[)" + volumes + "]}}}").target);
}

TEST(HostileTarget, ManyServicesOfOneName) {
  const auto target = lenient(appOf(repeated(serviceOf("same"), 4096))).target;
  ASSERT_TRUE(target);
  EXPECT_THAT(target->apps[0].services, SizeIs(4096));
}

TEST(HostileTarget, ManyReferencesToNothing) {
  const std::string names = "[" + repeated("\"nonesuch\"", 60'000) + "]";
  EXPECT_FALSE(strict(configOf("\"networks\":" + names)).target);
  EXPECT_FALSE(strict(configOf("\"dependsOn\":" + names)).target);
}

// Texts of any shape where a text is expected: no crash, and never both a target and problems.
TEST(HostileTarget, OddTextsInEveryForm) {
  const char* members[] = {"image",       "environment", "ports",     "volumes",      "networks",
                           "networkMode", "restart",     "labels",    "command",      "entrypoint",
                           "workingDir",  "user",        "hostname",  "domainname",   "dependsOn",
                           "runtime",     "privileged",  "capAdd",    "capDrop",      "devices",
                           "tmpfs",       "extraHosts",  "dns",       "sysctls",      "ulimits",
                           "stopSignal",  "logging",     "resources", "livenessProbe"};
  const char* values[] = {
      R"("")",       R"(":")",  R"("::::::")", R"("/")",      R"("-")",
      R"("\\")",     R"("'")",  R"("=")",      R"("\u0000")", R"("\ud83d\ude00")",
      "[]",          "{}",      R"([""])",     R"([":"])",    R"(["/"])",
      R"(["-:-/"])", R"([[]])", R"([{}])",     R"({"":""})",  R"({"a":{}})",
      R"({"a":[]})", "0",       "-1",          "true",        "null"};
  for (const char* member : members) {
    for (const char* value : values) {
      const auto result = strict(configOf("\"" + std::string(member) + "\":" + value));
      EXPECT_NE(result.target.has_value(), !result.problems.empty()) << member << " " << value;
      EXPECT_TRUE(lenient(configOf("\"" + std::string(member) + "\":" + value)).target)
          << member << " " << value;
    }
  }
}

// A good document with bytes changed, inserted and taken out, from a fixed seed.
TEST(HostileTarget, DamagedDocuments) {
  const std::string good = appOf(
      serviceOf("web", R"({"ports":["80:80/tcp"],"environment":{"A":"b"},"volumes":["data:/d:ro"],)"
                       R"("dependsOn":["db"],"resources":{"limits":{"memory":"64Mi"}}})") +
      "," + serviceOf("db"));
  ASSERT_TRUE(strict(good).target);
  std::mt19937 random(1);  // NOLINT: the same documents in every run
  const std::string alphabet =
      "{}[]\",:\\/\x00\xFF"
      "019eE-.atn \n";
  for (int i = 0; i < 5'000; ++i) {
    std::string text = good;
    for (unsigned n = 1 + random() % 4; n > 0; --n) {
      const std::size_t at = random() % text.size();
      const char c = alphabet[random() % alphabet.size()];
      switch (random() % 3) {
        case 0:
          text[at] = c;
          break;
        case 1:
          text.insert(at, 1, c);
          break;
        default:
          text.erase(at, 1 + random() % 8);
      }
    }
    const auto result = strict(text);
    EXPECT_NE(result.target.has_value(), !result.problems.empty()) << text;
    const auto tolerant = lenient(text);
    EXPECT_NE(tolerant.target.has_value(), !tolerant.problems.empty()) << text;
    EXPECT_TRUE(!result.target || tolerant.target) << text;
  }
}

}  // namespace
}  // namespace holdfast::model
