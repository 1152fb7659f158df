// SPDX-License-Identifier: Apache-2.0
#include "sources/target_file.hpp"

#include "unit/sources/temp_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

namespace holdfast::sources {
namespace {

using engine::CommandResult;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class TargetFileTest : public testing::Test {
 protected:
  TargetFile open() {
    return {dir_ / "target.json",
            {.submit = [this](engine::TargetRequest request) -> std::optional<CommandResult> {
               requests_.push_back(request);
               if (silent_) {
                 return std::nullopt;
               }
               if (answer_.code == CommandResult::Code::Done) {
                 stored_ = request.text;
               }
               return answer_;
             },
             .lastTaken = [this] { return stored_; },
             .unusable = [this](const std::string& text) { problems_.push_back(text); },
             .refused = [this](const std::string& text) { problems_.push_back(text); },
             .note = [this](const std::string& text) { notes_.push_back(text); }}};
  }
  void write(const std::string& text) { dir_.write("target.json", text); }

  std::vector<std::string> taken() {
    std::vector<std::string> texts;
    for (const auto& request : requests_) {
      texts.push_back(request.text);
    }
    return texts;
  }

  TempDirectory dir_;
  CommandResult answer_;
  bool silent_ = false;  // the agent does not answer in time
  std::optional<std::string> stored_;
  std::vector<engine::TargetRequest> requests_;
  std::vector<std::string> problems_;
  std::vector<std::string> notes_;
};

TEST_F(TargetFileTest, HandsOverLenientlyUnderItsOwnName) {
  write("one");
  open().look();
  ASSERT_EQ(requests_.size(), 1U);
  EXPECT_EQ(requests_[0].text, "one");
  EXPECT_EQ(requests_[0].strictness, model::Strictness::Lenient);
  EXPECT_EQ(requests_[0].source, engine::TargetSource::File);
  EXPECT_EQ(requests_[0].sourceDetail, dir_ / "target.json");
  EXPECT_THAT(problems_, IsEmpty());
}

TEST_F(TargetFileTest, HandsOverOnlyWhatIsNew) {
  auto file = open();
  write("one");
  file.look();
  file.look();
  write("two");
  file.look();
  write("two");
  file.look();
  EXPECT_THAT(taken(), ElementsAre("one", "two"));
}

TEST_F(TargetFileTest, AtTheStartAppliesOnlyWhatDiffersFromTheLastReading) {
  write("one");
  open().look();
  open().look();  // a restart; meanwhile another source may have set another target
  EXPECT_THAT(taken(), ElementsAre("one"));
  write("two");
  open().look();
  EXPECT_THAT(taken(), ElementsAre("one", "two"));
}

TEST_F(TargetFileTest, AppliesAContentThatReturns) {
  auto file = open();
  for (const auto* text : {"one", "two", "one"}) {
    write(text);
    file.look();
  }
  EXPECT_THAT(taken(), ElementsAre("one", "two", "one"));
}

TEST_F(TargetFileTest, AppliesWhenTheStoreWasLost) {
  write("one");
  open().look();
  stored_.reset();
  open().look();
  EXPECT_THAT(taken(), ElementsAre("one", "one"));
}

TEST_F(TargetFileTest, TellsARefusalOnceAndTriesTheNextContent) {
  auto file = open();
  answer_ = {CommandResult::Code::Invalid, "not a target", {{"/apps", "expected an object"}}, 0};
  write("bad");
  file.look();
  file.look();
  EXPECT_THAT(taken(), ElementsAre("bad"));
  EXPECT_THAT(problems_, ElementsAre((dir_ / "target.json") +
                                     " was refused, the last target stays in force: not a target; "
                                     "/apps: expected an object"));
  answer_ = {};
  write("good");
  file.look();
  EXPECT_THAT(taken(), ElementsAre("bad", "good"));
}

TEST_F(TargetFileTest, ARefusedContentIsTriedAgainAfterARestart) {
  answer_.code = CommandResult::Code::Invalid;
  write("bad");
  open().look();
  open().look();
  EXPECT_THAT(taken(), ElementsAre("bad", "bad"));
}

TEST_F(TargetFileTest, NoAnswerYetIsNoRefusal) {
  auto file = open();
  silent_ = true;
  write("slow");
  file.look();
  file.look();
  EXPECT_THAT(taken(), ElementsAre("slow")) << "it is on its way";
  EXPECT_THAT(problems_, IsEmpty());
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("there is no answer yet")));
  open().look();
  EXPECT_THAT(taken(), ElementsAre("slow", "slow")) << "another run knows nothing of it";
}

// It comes into force after all, and then the file says something else.
TEST_F(TargetFileTest, WhatHadNoAnswerIsFollowedByTheContentBeforeIt) {
  auto file = open();
  write("one");
  file.look();
  silent_ = true;
  write("two");
  file.look();
  silent_ = false;
  write("one");
  file.look();
  file.look();
  EXPECT_THAT(taken(), ElementsAre("one", "two", "one"));
}

TEST_F(TargetFileTest, AMissingFileIsNoTrouble) {
  auto file = open();
  file.look();
  file.look();
  EXPECT_THAT(problems_, IsEmpty());
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("does not exist (yet)")));
  write("one");
  file.look();
  EXPECT_THAT(taken(), ElementsAre("one"));
}

TEST_F(TargetFileTest, TellsOnceWhatCannotBeRead) {
  dir_.makeDirectory("target.json");
  auto file = open();
  file.look();
  file.look();
  EXPECT_THAT(problems_, ElementsAre(HasSubstr("Is a directory; the last target stays in force")));
}

TEST_F(TargetFileTest, RefusesAFileOverTheLimit) {
  write(std::string(model::kMaxTargetBytes + 1, ' '));
  open().look();
  EXPECT_THAT(requests_, IsEmpty());
  EXPECT_THAT(problems_, ElementsAre(HasSubstr("larger than 8 MiB")));
}

}  // namespace
}  // namespace holdfast::sources
