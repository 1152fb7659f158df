// SPDX-License-Identifier: Apache-2.0
#include "notifier/webhook/options.hpp"

#include "fixtures/plugins/temporary_directory.hpp"
#include "holdfast/support/json.hpp"
#include "holdfast/testing/fake_host.hpp"
#include "rendered.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <stdexcept>

namespace holdfast::webhook {
namespace {

using testing::FakeHost;
using ::testing::HasSubstr;
using ::testing::Not;

// What the host fills in from the schema.
Options read(FakeHost::Options configured) {
  FakeHost::Options options = {{"format", "standard"},   {"signature", "standard"},
                               {"proxy", "environment"}, {"timeout", "15000"},
                               {"maxRedirects", "0"},    {"resendInterval", "60000"}};
  for (auto& [name, value] : configured) {
    options[name] = value;
  }
  const FakeHost host(std::move(options));
  return readOptions(host);
}

std::string problemWith(FakeHost::Options configured) {
  try {
    static_cast<void>(read(std::move(configured)));
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "none";
}

TEST(WebhookOptions, AreReadFromTheHost) {
  const Options options = read({{"url", "https://example.org/hook"},
                                {"secretFile", "/key"},
                                {"headersFile", "/headers"},
                                {"expect", "fine"},
                                {"caFile", "/ca"},
                                {"certFile", "/cert"},
                                {"keyFile", "/tls-key"},
                                {"proxy", "http://proxy:3128/"},
                                {"timeout", "5000"},
                                {"maxRedirects", "2"}});
  EXPECT_EQ(options.url, "https://example.org/hook");
  EXPECT_EQ(options.signature, SignatureStyle::Standard);
  EXPECT_EQ(options.secretFile, "/key");
  EXPECT_EQ(options.headersFile, "/headers");
  EXPECT_EQ(options.expect, "fine");
  EXPECT_EQ(options.tls.caFile, "/ca");
  EXPECT_EQ(options.tls.certFile, "/cert");
  EXPECT_EQ(options.tls.keyFile, "/tls-key");
  EXPECT_EQ(options.proxy, "http://proxy:3128");
  EXPECT_EQ(options.timeoutMs, 5000);
  EXPECT_EQ(options.maxRedirects, 2);
  EXPECT_EQ(options.format->resendIntervalMs(), 0);
}

TEST(WebhookOptions, SignOnlyWithAKey) {
  EXPECT_EQ(read({{"url", "https://example.org"}}).signature, SignatureStyle::None);
  EXPECT_EQ(read({{"url", "https://example.org"}, {"secretFile", "/key"}, {"signature", "github"}})
                .signature,
            SignatureStyle::Github);
}

TEST(WebhookOptions, ProxyIsThatOfTheEnvironmentUnlessTold) {
  EXPECT_EQ(read({{"url", "https://example.org"}}).proxy, support::kProxyFromEnvironment);
  EXPECT_EQ(read({{"url", "https://example.org"}, {"proxy", "none"}}).proxy, "");
}

TEST(WebhookOptions, KnowEachFormat) {
  for (const char* format :
       {"standard", "cloudevents", "alertmanager", "slack", "teams", "discord", "ntfy"}) {
    EXPECT_NE(read({{"url", "https://example.org/alerts"}, {"format", format}}).format, nullptr);
  }
  EXPECT_EQ(read({{"url", "https://example.org"}, {"format", "alertmanager-api"}})
                .format->resendIntervalMs(),
            60'000);
  const Options pagerDuty = read({{"format", "pagerduty"}, {"routingKeyFile", "/key"}});
  EXPECT_EQ(pagerDuty.url, "https://events.pagerduty.com/v2/enqueue");
}

TEST(WebhookOptions, ReadATemplate) {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path() / "body.mustache";
  EXPECT_THAT(
      problemWith({{"url", "https://e.org"}, {"format", "template"}, {"templateFile", path}}),
      HasSubstr("cannot be read"));
  std::ofstream(path) << R"({"a": "{{titel}}"})";
  EXPECT_THAT(
      problemWith({{"url", "https://e.org"}, {"format", "template"}, {"templateFile", path}}),
      HasSubstr("did you mean 'title'?"));
  std::ofstream(path) << R"({"a": "{{title}}"})";
  const Options options =
      read({{"url", "https://e.org"}, {"format", "template"}, {"templateFile", path}});
  EXPECT_EQ(support::jsonText(render(*options.format, messageOf(fixtures::testSample())), {"a"}),
            "Test from Line 3");
}

TEST(WebhookOptions, RefuseWhatCannotBeRightWithoutRepeatingAUrl) {
  const std::pair<FakeHost::Options, const char*> rows[] = {
      {{}, "either url or urlFile"},
      {{{"url", "https://e.org/canary"}, {"urlFile", "/url"}}, "either url or urlFile"},
      {{{"url", "ftp://e.org/canary"}}, "url: expected http:// or https://"},
      {{{"url", "canary"}}, "url: expected a URL"},
      {{{"url", "https://e.org"}, {"certFile", "/c"}}, "certFile and keyFile go together"},
      {{{"url", "http://e.org/canary"}, {"caFile", "/c"}}, "need https://"},
      {{{"url", "https://e.org"}, {"format", "template"}}, "format template needs templateFile"},
      {{{"url", "https://e.org"}, {"templateFile", "/t"}}, "belongs to format template"},
      {{{"format", "pagerduty"}}, "format pagerduty needs routingKeyFile"},
      {{{"url", "https://e.org"}, {"routingKeyFile", "/k"}}, "belongs to format pagerduty"},
      {{{"url", "https://e.org"}, {"proxy", "http://u:canary@proxy"}}, "in the environment"},
      {{{"url", "https://e.org"}, {"proxy", "proxy canary"}}, "proxy: expected environment"},
      {{{"url", "https://e.org"}, {"maxRedirects", "6"}}, "maxRedirects: expected 0 to 5"},
      {{{"url", "https://e.org"}, {"timeout", "99"}}, "timeout: expected at least 100ms"},
      {{{"url", "https://e.org"}, {"format", "alertmanager-api"}, {"resendInterval", "9999"}},
       "resendInterval: expected at least 10s"},
      {{{"url", "https://e.org"}, {"format", "ntfy"}}, "needs a topic at its end"},
      {{{"url", "https://e.org"}, {"format", "carrier-pigeon"}}, "carrier-pigeon"},
  };
  for (const auto& [options, problem] : rows) {
    const std::string said = problemWith(options);
    EXPECT_THAT(said, HasSubstr(problem));
    EXPECT_THAT(said, Not(HasSubstr("canary")));
  }
}

TEST(WebhookOptions, AreDescribedInTheSchema) {
  const auto schema = support::parseJson(kOptionsSchema);
  ASSERT_TRUE(schema.has_value());
  for (const auto& [name, option] : *support::jsonObject(*schema, {"properties"})) {
    EXPECT_FALSE(support::jsonText(option, {"description"}).empty()) << name;
  }
}

}  // namespace
}  // namespace holdfast::webhook
