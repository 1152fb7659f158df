// SPDX-License-Identifier: Apache-2.0
#include "notifier/webhook/template_lint.hpp"
#include "rendered.hpp"

#include <gmock/gmock.h>

namespace holdfast::webhook {
namespace {

using support::jsonText;
using ::testing::HasSubstr;

constexpr char kTemplate[] = R"({
  {{! what fires and what is over }}
  "head": "{{title}}", "device": "{{device.name}}", "gravest": "{{first.alert}}",
  {{#resolved}}"over": true,{{/resolved}}
  "alerts": [{{#alerts}}{"about": "{{subject}}", "why": "{{message}}"
    {{#exitCode}}, "exit": {{exitCode}}{{/exitCode}}
    {{^exitCode}}, "exit": null{{/exitCode}} }{{^last}},{{/last}}{{/alerts}}],
  "all": {{{json.alerts}}}
})";

TEST(Template, IsFilledIn) {
  fixtures::SampleNotification sample = fixtures::firingSample();
  boost::json::object crash = fixtures::sampleAlert();
  crash["exitCode"] = 134;
  sample.alerts().push_back(crash);
  const boost::json::value body = render(*makeTemplate(kTemplate), messageOf(sample));
  EXPECT_EQ(jsonText(body, {"device"}), "Line 3");
  EXPECT_EQ(jsonText(body, {"gravest"}), "ImagePullFailed");
  EXPECT_EQ(support::jsonAt(body, {"over"}), nullptr);
  const auto& alerts = body.at("alerts").as_array();
  ASSERT_EQ(alerts.size(), 2u);
  EXPECT_EQ(jsonText(alerts[0], {"about"}), "monitoring/nodered");
  EXPECT_TRUE(alerts[0].at("exit").is_null());
  EXPECT_EQ(support::jsonInteger(alerts[1], {"exit"}), 134);
  EXPECT_EQ(body.at("all").as_array().size(), 2u);
  EXPECT_TRUE(support::jsonBool(
      render(*makeTemplate(kTemplate), messageOf(fixtures::resolvedSample())), {"over"}));
}

TEST(Template, LetsNoTextOutOfItsString) {
  const std::string hostile = "\"}, \"x\": \"\\\n\t\x01 {{title}} </script> é";
  const boost::json::value body = render(*makeTemplate(kTemplate), hostileMessage(hostile, 2));
  EXPECT_EQ(jsonText(body, {"head"}), hostile);
  EXPECT_EQ(jsonText(body.at("alerts").at(0), {"why"}), hostile);
}

TEST(Template, KnowsTheProbeAndTheLadderOfAnAlert) {
  fixtures::SampleNotification sample = fixtures::firingSample();
  sample.alerts()[0].as_object()["probe"] = "liveness";
  boost::json::object gaveUp = fixtures::sampleAlert();
  gaveUp["ladder"] = "image";
  sample.alerts().push_back(gaveUp);
  const auto format = makeTemplate(
      R"({"p":"{{first.probe}}","l":"{{#alerts}}{{#ladder}}{{ladder}} gave up{{/ladder}}{{/alerts}}"})");
  const boost::json::value body = render(*format, messageOf(sample));
  EXPECT_EQ(jsonText(body, {"p"}), "liveness");
  EXPECT_EQ(jsonText(body, {"l"}), "image gave up");
}

TEST(Template, TakesAMissingFieldFromNowhereElse) {
  fixtures::SampleNotification sample = fixtures::firingSample();
  sample.alerts()[0].as_object().erase("reason");
  const auto format = makeTemplate(R"({"r":"{{#alerts}}{{reason}}{{/alerts}}"})");
  EXPECT_EQ(jsonText(render(*format, messageOf(sample)), {"r"}), "");
}

TEST(Template, IsCheckedWhenItIsLoaded) {
  const std::pair<const char*, const char*> rows[] = {
      {"{\n\"a\": \"{{servce}}\"}", "line 2: there is no field 'servce'; did you mean 'service'?"},
      {"{{unheardOf}}", "line 1: there is no field 'unheardOf'"},
      {"{{service}}",
       "'service' belongs to an alert: use it inside {{#alerts}} or as first.service"},
      {"{{first.servise}}", "there is no field 'first.servise'"},
      {"{{device.uuid}}", "there is no field 'device.uuid'"},
      {"{{{title}}}", "unescaped is only for json.alerts and json.content, not 'title'"},
      {"{{&title}}", "unescaped is only for"},
      {"{{json.alerts}}", "takes three braces"},
      {"{{>partial}}", "there are no partials"},
      {"{{=<% %>=}}", "the delimiters of tags cannot be changed"},
      {"{{#alerts}}", "the section 'alerts' is not closed"},
      {"{{#alerts}}\n{{/first}}", "line 2: the section 'first' is closed where it is not open"},
      {"{{/alerts}}", "is closed where it is not open"},
      {"\n\n{{title", "line 3: a tag is not closed"},
      {"{{^alerts}}{{service}}{{/alerts}}", "'service' belongs to an alert"},
      {"{{}}", "there is no field ''"},
  };
  for (const auto& [text, problem] : rows) {
    EXPECT_THAT(templateProblem(text), HasSubstr(problem)) << text;
    EXPECT_THROW(static_cast<void>(makeTemplate(text)), FormatError) << text;
  }
  std::string deep;
  for (int i = 0; i < 17; ++i) {
    deep += "{{#title}}";
  }
  EXPECT_THAT(templateProblem(deep), HasSubstr("nested"));
  EXPECT_EQ(templateProblem(kTemplate), "");
}

TEST(Template, ThatGivesNoJsonIsRefusedWhenItIsLoaded) {
  const std::pair<const char*, const char*> rows[] = {
      {"plain text", "no JSON"},
      {R"({"a": {{title}} })", "no JSON"},
      {R"({"a": [{{#alerts}}1,{{/alerts}}]})", "no JSON"},
      {R"({{#alerts}}{{#last}}{"a": 1}{{/last}}{{/alerts}})", "for a message without alerts"},
  };
  for (const auto& [text, problem] : rows) {
    try {
      static_cast<void>(makeTemplate(text));
      FAIL() << text;
    } catch (const FormatError& error) {
      EXPECT_THAT(error.what(), HasSubstr(problem)) << text;
    }
  }
}

TEST(Template, NeverSendsWhatIsNoJson) {
  // In order for both samples, but not for an alert without an exit code.
  const auto format =
      makeTemplate(R"({"a": [{{#alerts}}{{exitCode}}{{^last}},{{/last}}{{/alerts}}]})");
  EXPECT_THROW(static_cast<void>(format->render(hostileMessage("x", 2), contextAt())), FormatError);
}

}  // namespace
}  // namespace holdfast::webhook
