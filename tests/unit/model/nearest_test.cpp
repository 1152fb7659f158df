// SPDX-License-Identifier: Apache-2.0
#include "model/nearest.hpp"

#include <gtest/gtest.h>

#include <array>

namespace holdfast::model {
namespace {

constexpr std::array<std::string_view, 3> kWords{"environment", "entrypoint", "dns"};

TEST(Nearest, FindsTheWordThatWasMeant) {
  EXPECT_EQ(nearest("enviroment", kWords), "environment");
  EXPECT_EQ(nearest("ENTRYPOINT", kWords), "entrypoint");
  EXPECT_EQ(nearest("entry_point", kWords), "entrypoint");
  EXPECT_EQ(nearest("dnss", kWords), "dns");
}

TEST(Nearest, SaysNothingWhenNoWordIsNear) {
  EXPECT_EQ(nearest("volumes", kWords), "");
  EXPECT_EQ(nearest("", kWords), "");
}

TEST(Nearest, LongWordsCostNoMoreThanTheirBeginning) {
  EXPECT_EQ(nearest(std::string(1 << 20, 'x'), kWords), "");
}

TEST(EditDistance, CountsEdits) {
  EXPECT_EQ(editDistance("kitten", "sitting"), 3u);
  EXPECT_EQ(editDistance("", "abc"), 3u);
  EXPECT_EQ(editDistance("abc", "ABC"), 0u);
}

}  // namespace
}  // namespace holdfast::model
