// SPDX-License-Identifier: Apache-2.0
#include "manual/roff.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast::manual {
namespace {

using testing::HasSubstr;

TEST(Roff, TakesNothingForACommandOrAnotherCharacter) {
  EXPECT_EQ(roffText(R"(a\b -c 'd' "e" `f` ^~)"),
            R"(a\eb \-c \(aqd\(aq \(dqe\(dq \(gaf\(ga \(ha\(ti)");
  EXPECT_EQ(roffText("one\ntwo"), "one two");
}

TEST(Roff, ALineThatBeginsLikeARequestIsText) {
  RoffPage page("x", 1, "y", "1");
  page.paragraph(".so /etc/passwd");
  page.example("first\n.second\n'third");
  EXPECT_THAT(page.text(), HasSubstr("\n\\&.so /etc/passwd\n"));
  EXPECT_THAT(page.text(), HasSubstr("\nfirst\n\\&.second\n\\&\\(aqthird\n.EE\n"));
}

}  // namespace
}  // namespace holdfast::manual
