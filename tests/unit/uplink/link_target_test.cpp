// SPDX-License-Identifier: Apache-2.0
// Documents of the cloud: with which etag they are asked for, and what becomes of them.
#include "unit/uplink/link_fixture.hpp"

#include <gmock/gmock.h>

namespace holdfast::uplink {
namespace {

using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kGood = R"({"apps":{"1":{"appName":"a","services":[]}},"version":"17"})";
constexpr const char* kNewer = R"({"apps":{"1":{"appName":"b","services":[]}},"version":"18"})";
constexpr const char* kBad = R"({"some-uuid":{"apps":"none","version":18}})";

class LinkTargetTest : public LinkFixture {
 protected:
  LinkTargetTest() { stored_.reset(); }

  void offer(const char* text, const char* etag) { cloud_.document = FetchedTarget{text, etag}; }

  // One more poll.
  void poll() {
    const auto before = cloud_.polls.size();
    for (int i = 0; i < 10 && cloud_.polls.size() == before; ++i)
      pass(10s);
    ASSERT_EQ(cloud_.polls.size(), before + 1);
  }
};

TEST_F(LinkTargetTest, IsGivenToTheEngineWithItsEtag) {
  offer(kGood, "e1");
  show({});
  poll();
  EXPECT_EQ(cloud_.etags.back(), "");
  ASSERT_THAT(submitted_, SizeIs(1));
  EXPECT_EQ(submitted_[0].text, kGood);
  EXPECT_EQ(submitted_[0].etag, "e1");
  EXPECT_EQ(submitted_[0].strictness, model::Strictness::Lenient);
  EXPECT_EQ(submitted_[0].source, engine::TargetSource::Cloud);
  EXPECT_EQ(submitted_[0].sourceDetail, "https://cloud.example");
  poll();
  EXPECT_EQ(cloud_.etags.back(), "e1");
  EXPECT_THAT(submitted_, SizeIs(1));
  pass(5s);
  EXPECT_EQ(lastReport().at("target").at("version"), "17");
  EXPECT_EQ(lastReport().at("target").at("source"), "cloud");
}

TEST_F(LinkTargetTest, IsAskedForByItsEtagAfterARestart) {
  offer(kGood, "e1");
  show({});
  poll();
  kill();
  poll();
  EXPECT_EQ(cloud_.etags.back(), "e1");
  EXPECT_THAT(submitted_, SizeIs(1));
}

TEST_F(LinkTargetTest, WithoutATargetInForceTheWholeDocumentIsAskedFor) {
  offer(kGood, "e1");
  show({});
  poll();
  stored_.reset();  // as a version that cannot read it would have it
  kill();
  show({});
  poll();
  EXPECT_EQ(cloud_.etags.back(), "");
  EXPECT_THAT(submitted_, SizeIs(2));
}

TEST_F(LinkTargetTest, UnchangedWithoutAnEtagMeansNoneYet) {
  show({});
  poll();
  poll();
  EXPECT_THAT(cloud_.etags, Each(""));
  EXPECT_THAT(submitted_, IsEmpty());
  EXPECT_FALSE(link_->view().wanted);
}

TEST_F(LinkTargetTest, NoVersionAndNoAppsMeansNoneAndIsNotFetchedAgain) {
  offer(R"({"some-uuid":{"apps":{},"config":{}}})", "e0");
  applyLocally(kGood);
  poll();
  EXPECT_THAT(submitted_, IsEmpty());
  EXPECT_EQ(stored_->text, kGood);
  poll();
  EXPECT_EQ(cloud_.etags.back(), "e0");
  kill();
  poll();
  EXPECT_EQ(cloud_.etags.back(), "e0");
  EXPECT_FALSE(link_->view().rejected);
  offer(kNewer, "e1");
  poll();
  EXPECT_THAT(submitted_, SizeIs(1));
}

TEST_F(LinkTargetTest, NoAppsButAVersionIsATargetWithoutApps) {
  offer(R"({"apps":{},"version":3})", "e0");
  show({});
  poll();
  EXPECT_THAT(submitted_, SizeIs(1));
}

TEST_F(LinkTargetTest, ARejectedDocumentChangesNothingAndIsReported) {
  offer(kGood, "e1");
  show({});
  poll();
  offer(kBad, "e2");
  poll();
  pass(5s);
  EXPECT_EQ(stored_->text, kGood);
  const auto& target = lastReport().at("target").as_object();
  EXPECT_EQ(target.at("version"), "17");
  EXPECT_EQ(target.at("rejected").at("version"), "18");
  EXPECT_THAT(std::string(target.at("rejected").at("problems").at(0).at("message").as_string()),
              ::testing::HasSubstr("expected"));
  EXPECT_EQ(link_->view().wanted, "18");

  poll();
  EXPECT_EQ(cloud_.etags.back(), "e2");
  EXPECT_THAT(submitted_, SizeIs(2));
}

TEST_F(LinkTargetTest, ARejectionSurvivesARestartOfTheSameVersion) {
  offer(kBad, "e2");
  show({});
  poll();
  kill();
  poll();
  EXPECT_EQ(cloud_.etags.back(), "e2");
  pass(5s);
  EXPECT_EQ(lastReport().at("target").at("rejected").at("version"), "18");
  EXPECT_THAT(submitted_, SizeIs(1));
}

TEST_F(LinkTargetTest, AnotherVersionMayThinkOtherwiseOfIt) {
  offer(kGood, "e1");
  show({});
  poll();
  offer(kBad, "e2");
  poll();
  agentVersion_ = "0.2.0";
  kill();
  poll();
  EXPECT_EQ(cloud_.etags.back(), "e1");
  EXPECT_THAT(submitted_, SizeIs(3));
}

TEST_F(LinkTargetTest, AnUpgradeWithoutATargetAsksForTheWholeDocument) {
  offer(kBad, "e2");
  show({});
  poll();
  agentVersion_ = "0.2.0";
  kill();
  poll();
  EXPECT_EQ(cloud_.etags.back(), "");
}

TEST_F(LinkTargetTest, TheRejectionIsOverWithTheNextAcceptedDocument) {
  offer(kBad, "e2");
  show({});
  poll();
  offer(kNewer, "e3");
  poll();
  pass(5s);
  EXPECT_EQ(stored_->text, kNewer);
  EXPECT_FALSE(lastReport().at("target").as_object().contains("rejected"));
  EXPECT_EQ(store_.kept.count("seen"), 0U);
  EXPECT_EQ(link_->view().wanted, "18");
}

TEST_F(LinkTargetTest, TheRejectionIsOverWhenTheCloudTakesTheDocumentBack) {
  offer(kGood, "e1");
  show({});
  poll();
  offer(kBad, "e2");
  poll();
  offer(kGood, "e1");
  poll();
  pass(5s);
  EXPECT_THAT(submitted_, SizeIs(2));  // it is in force already
  EXPECT_FALSE(lastReport().at("target").as_object().contains("rejected"));
  poll();
  EXPECT_EQ(cloud_.etags.back(), "e1");
}

TEST_F(LinkTargetTest, AKillBeforeTheRejectionIsForgottenDoesNoHarm) {
  offer(kGood, "e1");
  show({});
  poll();
  offer(kBad, "e2");
  poll();
  const auto seen = store_.kept.at("seen");
  offer(kNewer, "e3");
  poll();
  store_.kept["seen"] = seen;  // the target was stored, this was not
  kill();
  poll();
  EXPECT_EQ(cloud_.etags.back(), "e2");
  EXPECT_THAT(submitted_, SizeIs(3));
  EXPECT_EQ(store_.kept.count("seen"), 0U);
}

TEST_F(LinkTargetTest, ALocalTargetStaysUntilTheCloudsNextChange) {
  offer(kGood, "e1");
  show({});
  poll();
  applyLocally(R"({"apps":{"9":{"services":[]}},"version":"mine"})");
  poll();
  poll();
  EXPECT_EQ(stored_->source, engine::TargetSource::Api);
  EXPECT_EQ(cloud_.etags.back(), "e1");
  offer(kGood, "e2");  // deployed once more
  poll();
  EXPECT_EQ(stored_->source, engine::TargetSource::Cloud);
}

TEST_F(LinkTargetTest, ABadDocumentThatIsTakenBackIsAChangeForALocalTarget) {
  offer(kGood, "e1");
  show({});
  poll();
  applyLocally(R"({"apps":{"9":{"services":[]}},"version":"mine"})");
  offer(kBad, "e2");
  poll();
  EXPECT_EQ(stored_->source, engine::TargetSource::Api);
  offer(kGood, "e1");
  poll();
  EXPECT_EQ(stored_->source, engine::TargetSource::Cloud);
}

TEST_F(LinkTargetTest, WithoutEtagsTheTextDecides) {
  offer(kGood, "");
  show({});
  poll();
  poll();
  kill();
  poll();
  EXPECT_THAT(submitted_, SizeIs(1));
  offer(kBad, "");
  poll();
  poll();
  kill();
  poll();
  EXPECT_THAT(submitted_, SizeIs(2));
  offer(kGood, "");
  poll();
  EXPECT_THAT(submitted_, SizeIs(2));
  EXPECT_FALSE(link_->view().rejected);
}

TEST_F(LinkTargetTest, WhatIsNoJsonIsRejectedWithoutAVersion) {
  offer("<html>sign in</html>", "e1");
  show({});
  poll();
  ASSERT_TRUE(link_->view().rejected);
  EXPECT_EQ(link_->view().rejected->version, "");
  EXPECT_THAT(link_->view().rejected->problems, SizeIs(1));
}

TEST_F(LinkTargetTest, AFaultInOneServiceRejectsNothing) {
  offer(R"({"apps":{"1":{"appName":"a","services":[{"serviceName":"x"}]}},"version":"4"})", "e1");
  show({});
  poll();
  EXPECT_EQ(link_->view().wanted, "4");
  EXPECT_FALSE(link_->view().rejected);
}

TEST_F(LinkTargetTest, WhatIsKeptOfARejectionIsBounded) {
  std::string many = R"({"apps":[)";
  for (int i = 0; i < 200; ++i)
    many += std::string(i == 0 ? "" : ",") + "1";
  many += "]}";
  offer(many.c_str(), "e1");
  show({});
  poll();
  ASSERT_TRUE(link_->view().rejected);
  EXPECT_LE(link_->view().rejected->problems.size(), 16U);
}

TEST_F(LinkTargetTest, NoPollWhileTheEngineLooksAtADocument) {
  offer(kGood, "e1");
  show({});
  settling_ = true;  // the engine does not get to it
  clock_.pass(5s);
  link_->tick();
  auto fetched = std::move(posts_.front());
  posts_.pop_front();
  fetched();
  ASSERT_THAT(submitted_, SizeIs(1));
  for (int i = 0; i < 20; ++i) {
    clock_.pass(1min);
    link_->tick();
  }
  EXPECT_THAT(cloud_.polls, SizeIs(1));
  settling_ = false;
  settle();
  EXPECT_THAT(cloud_.polls, SizeIs(2));
}

TEST_F(LinkTargetTest, ADamagedRecordIsForgotten) {
  store_.kept["seen"] = "{";
  kill();
  show({});
  pass(1min);
  EXPECT_EQ(store_.kept.count("seen"), 0U);
  EXPECT_THAT(log_, ::testing::Contains(::testing::HasSubstr("refused target cannot be read")));
}

}  // namespace
}  // namespace holdfast::uplink
