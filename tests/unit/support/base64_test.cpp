// SPDX-License-Identifier: Apache-2.0
#include "holdfast/support/base64.hpp"

#include <gtest/gtest.h>

namespace holdfast::support {
namespace {

using namespace std::string_literals;

TEST(Base64, EncodesWithTheUrlAlphabetAndPadding) {
  EXPECT_EQ(base64UrlEncode(""), "");
  EXPECT_EQ(base64UrlEncode("f"), "Zg==");
  EXPECT_EQ(base64UrlEncode("fo"), "Zm8=");
  EXPECT_EQ(base64UrlEncode("foo"), "Zm9v");
  EXPECT_EQ(base64UrlEncode("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64UrlEncode("\xfb\xff\xfe"s), "-__-");
}

TEST(Base64, EncodesWithTheStandardAlphabet) {
  EXPECT_EQ(base64Encode("fo"), "Zm8=");
  EXPECT_EQ(base64Encode("\xfb\xff\xfe"s), "+//+");
}

TEST(Base64, DecodesBothAlphabetsWithAndWithoutPadding) {
  EXPECT_EQ(base64Decode("YWxpY2U6czNjcmV0"), "alice:s3cret");
  EXPECT_EQ(base64Decode("Zg=="), "f");
  EXPECT_EQ(base64Decode("Zg"), "f");
  EXPECT_EQ(base64Decode("-__-"), "\xfb\xff\xfe"s);
  EXPECT_EQ(base64Decode("+//+"), "\xfb\xff\xfe"s);
  EXPECT_EQ(base64Decode(""), "");
}

TEST(Base64, RefusesWhatIsNoBase64) {
  EXPECT_FALSE(base64Decode("Zm9v!").has_value());
  EXPECT_FALSE(base64Decode("Z").has_value());
  EXPECT_FALSE(base64Decode("Zm 9v").has_value());
  EXPECT_FALSE(base64Decode("Zg===").has_value());
}

TEST(Base64, ComesBackForEveryByte) {
  std::string bytes;
  for (int value = 0; value < 256; ++value) {
    bytes += static_cast<char>(value);
    EXPECT_EQ(base64Decode(base64UrlEncode(bytes)), bytes);
  }
}

}  // namespace
}  // namespace holdfast::support
