// SPDX-License-Identifier: Apache-2.0
#include "notifier/webhook/chat.hpp"
#include "rendered.hpp"

#include <gmock/gmock.h>

namespace holdfast::webhook {
namespace {

using support::jsonArray;
using support::jsonText;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Grows under every kind of escaping, and mentions everybody where it can.
std::string hostileText(int times) {
  std::string text;
  for (int i = 0; i < times; ++i) {
    text += "<!channel>&\"\\\n\x01@everyone é😀";
  }
  return text;
}

// Many alerts, and few with long texts: as much as the host hands over.
std::vector<Message> hostileMessages() {
  return {hostileMessage(hostileText(15), 60), hostileMessage(hostileText(200), 4)};
}

TEST(ChatFormats, SayTheSameInAllOfThem) {
  const Message firing = messageOf(fixtures::firingSample());
  EXPECT_EQ(headline(firing), "\U0001F534 ImagePullFailed monitoring/nodered on Line 3");
  EXPECT_THAT(headline(messageOf(fixtures::resolvedSample())), StartsWith("\u2705 "));
  EXPECT_THAT(headline(messageOf(fixtures::testSample())), StartsWith("\U0001F535 "));
  EXPECT_EQ(alertTitle(firing.alerts[0], firing), "ImagePullFailed monitoring/nodered");
  notifier::Alert over = firing.alerts[0];
  over.state = sdk::NotificationState::Resolved;
  EXPECT_EQ(alertTitle(over, firing), "ImagePullFailed monitoring/nodered (resolved)");
  Message late = firing;
  late.delayedSeconds = 11'100;
  EXPECT_EQ(origin(late), "Line 3, holdfast 0.1.0, delivered 3 h 5 min late");
  EXPECT_EQ(remainder(firing, 1), "");
  EXPECT_EQ(remainder(firing, 0), "and 1 more alert");
  late.truncated = 7;
  EXPECT_EQ(remainder(late, 1), "and 7 more alerts");
}

TEST(ChatFormats, FittingLinesAreWholeAndCounted) {
  EXPECT_THAT(fittingLines("one\ntwo\nthree", 13, 10), ElementsAre("one", "two", "three"));
  EXPECT_THAT(fittingLines("one\ntwo\nthree", 12, 10), ElementsAre("and 3 more lines"));
  EXPECT_THAT(fittingLines("one\n" + std::string(60, 'x'), 40, 100),
              ElementsAre("one", "and 1 more line"));
  EXPECT_THAT(fittingLines("abcdefgh", 100, 4), ElementsAre("abc\u2026"));
  EXPECT_EQ(fittingText("one\ntwo", 100, 10), "one\ntwo");
}

TEST(ChatFormats, ASummaryIsShownLineByLine) {
  const Message message = messageOf(fixtures::summarySample());
  const std::string healed =
      "healed: shop/web1, 3 failures and 2 restarts; 2 times: exited with code 1 (Error)";
  const boost::json::value slack = render(*makeSlack(), message);
  const auto& blocks = slack.at("blocks").as_array();
  ASSERT_EQ(blocks.size(), 3u);
  EXPECT_EQ(jsonText(blocks[1], {"text", "text"}), message.text);
  const boost::json::value teams = render(*makeTeams(), message);
  const auto& body = teams.at("attachments").at(0).at("content").at("body").as_array();
  ASSERT_EQ(body.size(), 6u);
  EXPECT_EQ(jsonText(body[2].at("inlines").at(0), {"text"}), healed);
  const boost::json::value discord = render(*makeDiscord(), message);
  EXPECT_EQ(jsonText(discord.at("embeds").at(0), {"description"}), message.text);
  EXPECT_THAT(std::string(jsonText(discord, {"content"})), Not(HasSubstr("healed: shop")));
  const boost::json::value ntfy = render(*makeNtfy(), message, contextAt("/alerts"));
  EXPECT_EQ(jsonText(ntfy, {"message"}), message.text + "\nLine 3, holdfast 0.1.0");
}

TEST(ChatFormats, ALongSummaryStaysWithinEachLimitAndSaysWhatIsMissing) {
  Message message = messageOf(fixtures::summarySample(200));
  message.text = hostileText(10) + "\n" + message.text;
  const boost::json::value slack = render(*makeSlack(), message);
  EXPECT_LE(slack.at("blocks").as_array().size(), 50u);
  for (const auto& block : slack.at("blocks").as_array()) {
    EXPECT_LE(characters(jsonText(block, {"text", "text"})), 3000u);
  }
  EXPECT_LE(makeTeams()->render(message, contextAt()).body.size(), 20'000u);
  const boost::json::value discord = render(*makeDiscord(), message);
  EXPECT_LE(characters(jsonText(discord.at("embeds").at(0), {"description"})), 4096u);
  const boost::json::value ntfy = render(*makeNtfy(), message, contextAt("/alerts"));
  EXPECT_LE(jsonText(ntfy, {"message"}).size(), 4096u);
  EXPECT_THAT(std::string(jsonText(ntfy, {"message"})), HasSubstr(" more lines\nLine 3"));
}

TEST(ChatFormats, SlackPostsBlocksAndAFallback) {
  const boost::json::value body = render(*makeSlack(), messageOf(fixtures::firingSample()));
  EXPECT_THAT(std::string(jsonText(body, {"text"})), HasSubstr("ImagePullFailed"));
  const auto& blocks = body.at("blocks").as_array();
  ASSERT_EQ(blocks.size(), 3u);
  EXPECT_EQ(jsonText(blocks[0], {"text", "type"}), "plain_text");
  EXPECT_EQ(jsonText(blocks[1], {"text", "text"}),
            "*ImagePullFailed monitoring/nodered*\nmanifest unknown\nReason: ImagePullBackOff\n"
            "Image: nodered/node-red:invalid\nAttempt: 3 of 10\n"
            "Next attempt: 2025-10-24T10:16:10.000Z\nTimes: 3\nSince: 2025-10-24T10:15:00.000Z");
  EXPECT_EQ(jsonText(blocks[2], {"type"}), "context");
}

TEST(ChatFormats, SlackStaysWithinItsLimitsAndMentionsNobody) {
  for (const Message& message : hostileMessages()) {
    const boost::json::value body = render(*makeSlack(), message);
    const auto& blocks = body.at("blocks").as_array();
    EXPECT_LE(blocks.size(), 50u);
    EXPECT_LE(characters(jsonText(blocks[0], {"text", "text"})), 150u);
    for (std::size_t at = 1; at + 1 < blocks.size(); ++at) {
      const std::string text(jsonText(blocks[at], {"text", "text"}));
      EXPECT_LE(characters(text), 3000u);
      EXPECT_GT(text.size(), 0u);
      EXPECT_THAT(text, Not(HasSubstr("<")));
    }
    EXPECT_THAT(std::string(jsonText(body, {"text"})), Not(HasSubstr("<")));
  }
  const boost::json::value many = render(*makeSlack(), hostileMessages().front());
  const auto& blocks = many.at("blocks").as_array();
  EXPECT_EQ(jsonText(blocks[blocks.size() - 2], {"text", "text"}), "and 40 more alerts");
}

TEST(ChatFormats, SlackTakesOnlyItsOwnOk) {
  const auto slack = makeSlack();
  EXPECT_TRUE(slack->accepts(answerOf(200, "ok", "text/html")));
  EXPECT_FALSE(slack->accepts(answerOf(200, "invalid_payload")));
  EXPECT_FALSE(slack->accepts(answerOf(200, "")));
  EXPECT_FALSE(slack->accepts(answerOf(202, "ok")));
}

TEST(ChatFormats, TeamsIsAnAdaptiveCardWithoutMarkdown) {
  const boost::json::value body = render(*makeTeams(), messageOf(fixtures::firingSample()));
  EXPECT_EQ(jsonText(body, {"type"}), "message");
  const boost::json::value& attachment = body.at("attachments").as_array().at(0);
  EXPECT_EQ(jsonText(attachment, {"contentType"}), "application/vnd.microsoft.card.adaptive");
  EXPECT_TRUE(attachment.at("contentUrl").is_null());
  EXPECT_EQ(jsonText(attachment, {"content", "type"}), "AdaptiveCard");
  EXPECT_EQ(jsonText(attachment, {"content", "version"}), "1.2");
  const auto& blocks = attachment.at("content").at("body").as_array();
  for (const boost::json::value& block : blocks) {
    EXPECT_EQ(jsonText(block, {"type"}), "RichTextBlock");
  }
  EXPECT_EQ(jsonText(blocks.at(0).at("inlines").at(0), {"color"}), "attention");
  EXPECT_EQ(jsonText(blocks.at(1).at("inlines").at(0), {"text"}),
            "ImagePullFailed monitoring/nodered");
}

TEST(ChatFormats, TeamsStaysWithin20KilobytesAndSaysWhatIsMissing) {
  for (const Message& message : hostileMessages()) {
    const std::string body = makeTeams()->render(message, contextAt()).body;
    EXPECT_LE(body.size(), 20'000u);
  }
  EXPECT_THAT(makeTeams()->render(hostileMessages().front(), contextAt()).body,
              HasSubstr(" more alerts"));
}

TEST(ChatFormats, DiscordPostsEmbeds) {
  const boost::json::value body = render(*makeDiscord(), messageOf(fixtures::firingSample()));
  EXPECT_TRUE(jsonArray(body, {"allowed_mentions", "parse"})->empty());
  const auto& embeds = body.at("embeds").as_array();
  ASSERT_EQ(embeds.size(), 1u);
  EXPECT_EQ(jsonText(embeds[0], {"title"}), "ImagePullFailed monitoring/nodered");
  EXPECT_EQ(jsonText(embeds[0], {"description"}), "manifest unknown");
  EXPECT_EQ(jsonText(embeds[0].at("fields").at(2), {"value"}), "3 of 10");
}

TEST(ChatFormats, DiscordStaysWithinItsLimits) {
  for (const Message& message : hostileMessages()) {
    const boost::json::value body = render(*makeDiscord(), message);
    const std::string content(jsonText(body, {"content"}));
    EXPECT_LE(characters(content), 2000u);
    EXPECT_THAT(content, HasSubstr(" more alert"));
    const auto& embeds = body.at("embeds").as_array();
    EXPECT_GE(embeds.size(), 1u);
    EXPECT_LE(embeds.size(), 10u);
    std::size_t all = 0;
    for (const boost::json::value& embed : embeds) {
      EXPECT_LE(characters(jsonText(embed, {"title"})), 256u);
      EXPECT_LE(characters(jsonText(embed, {"description"})), 4096u);
      all += characters(jsonText(embed, {"title"})) + characters(jsonText(embed, {"description"}));
      for (const boost::json::value& field : embed.at("fields").as_array()) {
        EXPECT_LE(characters(jsonText(field, {"value"})), 1024u);
        all += characters(jsonText(field, {"name"})) + characters(jsonText(field, {"value"}));
      }
    }
    EXPECT_LE(all, 6000u);
  }
}

TEST(ChatFormats, DiscordTakesNoContentOrThePostedMessage) {
  const auto discord = makeDiscord();
  EXPECT_TRUE(discord->accepts(answerOf(204)));
  EXPECT_TRUE(discord->accepts(answerOf(200, R"({"id":"123"})")));
  EXPECT_FALSE(discord->accepts(answerOf(200, "<html>")));
  EXPECT_FALSE(discord->accepts(answerOf(200, "{}")));
}

TEST(ChatFormats, PagerDutyOpensAndClosesUnderOneKey) {
  FormatContext context = contextAt("/v2/enqueue");
  context.routingKey = "0123456789abcdef0123456789abcdef";
  const boost::json::value trigger =
      render(*makePagerDuty(), messageOf(fixtures::firingSample()), context);
  EXPECT_EQ(jsonText(trigger, {"routing_key"}), context.routingKey);
  EXPECT_EQ(jsonText(trigger, {"event_action"}), "trigger");
  EXPECT_EQ(jsonText(trigger, {"payload", "summary"}),
            "ImagePullFailed monitoring/nodered on Line 3");
  EXPECT_EQ(jsonText(trigger, {"payload", "source"}), "Line 3");
  EXPECT_EQ(jsonText(trigger, {"payload", "severity"}), "error");
  EXPECT_EQ(jsonText(trigger, {"payload", "component"}), "monitoring/nodered");
  const boost::json::value resolve =
      render(*makePagerDuty(), messageOf(fixtures::resolvedSample()), context);
  EXPECT_EQ(jsonText(resolve, {"event_action"}), "resolve");
  EXPECT_EQ(resolve.at("dedup_key"), trigger.at("dedup_key"));
  EXPECT_EQ(resolve.as_object().size(), 3u);
}

TEST(ChatFormats, PagerDutyStaysWithinItsLimits) {
  for (const Message& message : hostileMessages()) {
    const std::string body = makePagerDuty()->render(message, contextAt()).body;
    EXPECT_LE(body.size(), 512'000u);
    const auto parsed = support::parseJson(body);
    ASSERT_TRUE(parsed);
    EXPECT_LE(characters(jsonText(*parsed, {"payload", "summary"})), 1024u);
  }
}

TEST(ChatFormats, PagerDutyTakesOnlyAcceptance) {
  const auto pagerDuty = makePagerDuty();
  EXPECT_TRUE(pagerDuty->accepts(answerOf(202, R"({"status":"success","dedup_key":"x"})")));
  EXPECT_FALSE(pagerDuty->accepts(answerOf(200, R"({"status":"success"})")));
  EXPECT_FALSE(pagerDuty->accepts(answerOf(202, "{}")));
}

TEST(ChatFormats, NtfyPostsToTheRootWithTheTopicInside) {
  const auto ntfy = makeNtfy();
  const Message message = messageOf(fixtures::firingSample());
  const FormatContext context = contextAt("/prefix/alerts?x=y");
  EXPECT_EQ(ntfy->render(message, context).target, "/prefix/");
  const boost::json::value body = render(*ntfy, message, context);
  EXPECT_EQ(jsonText(body, {"topic"}), "alerts");
  EXPECT_THAT(std::string(jsonText(body, {"title"})), HasSubstr("ImagePullFailed"));
  EXPECT_EQ(jsonText(body, {"message"}),
            "monitoring/nodered: manifest unknown\nLine 3, holdfast 0.1.0");
  EXPECT_EQ(support::jsonInteger(body, {"priority"}), 4);
  EXPECT_EQ(jsonText(body.at("tags").at(0), {}), "firing");
  EXPECT_EQ(support::jsonInteger(render(*ntfy, messageOf(fixtures::resolvedSample()), context),
                                 {"priority"}),
            3);
  EXPECT_THROW(static_cast<void>(ntfy->render(message, contextAt("/"))), FormatError);
}

TEST(ChatFormats, NtfyStaysWithinItsLimitOfBytes) {
  for (const Message& message : hostileMessages()) {
    const boost::json::value body = render(*makeNtfy(), message, contextAt("/alerts"));
    EXPECT_LE(jsonText(body, {"message"}).size(), 4096u);
    EXPECT_LE(characters(jsonText(body, {"title"})), 250u);
  }
}

TEST(ChatFormats, NtfyTakesOnlyThePublishedMessage) {
  const auto ntfy = makeNtfy();
  EXPECT_TRUE(ntfy->accepts(answerOf(200, R"({"id":"sPs71M8A2T","event":"message"})")));
  EXPECT_FALSE(ntfy->accepts(answerOf(200, "{}")));
  EXPECT_FALSE(ntfy->accepts(answerOf(200, "<html>")));
}

}  // namespace
}  // namespace holdfast::webhook
