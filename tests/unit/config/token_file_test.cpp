// SPDX-License-Identifier: Apache-2.0
#include "config/token_file.hpp"

#include "fixtures/plugins/temporary_directory.hpp"
#include "model/sha256.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace holdfast::config {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kToken = "Zt7-._~+/0123456";

TEST(Tokens, HaveRoleAndName) {
  const auto file = parseTokens(
      "# who may\n"
      "\n"
      "read:grafana:0123456789abcdef\r\n"
      "  operate:ops.desk-1:fedcba9876543210  \n" +
      std::string(kToken));
  EXPECT_THAT(file.problems, IsEmpty());
  ASSERT_EQ(file.tokens.size(), 3U);
  EXPECT_EQ(file.tokens[0],
            (Token{TokenRole::Read, "grafana", model::sha256Hex("0123456789abcdef")}));
  EXPECT_EQ(file.tokens[1],
            (Token{TokenRole::Operate, "ops.desk-1", model::sha256Hex("fedcba9876543210")}));
  EXPECT_EQ(file.tokens[2], (Token{TokenRole::Operate, "operate", model::sha256Hex(kToken)}));
}

struct BadLine {
  const char* name;
  std::string line;
  const char* told;
};

class BadLines : public testing::TestWithParam<BadLine> {};

TEST_P(BadLines, AreToldByNumberWithoutTheToken) {
  const auto file = parseTokens("read:a:0123456789abcdef\n" + GetParam().line + "\n");
  ASSERT_EQ(file.problems.size(), 1U);
  EXPECT_EQ(file.problems[0].line, 2);
  EXPECT_THAT(file.problems[0].text, AllOf(HasSubstr(GetParam().told), Not(HasSubstr("S3CR3T"))));
  EXPECT_EQ(file.tokens.size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadLines,
    testing::Values(BadLine{"short", "S3CR3T", "has 6 characters; expected 16 to 512"},
                    BadLine{"long", std::string(513, 'a'), "has 513 characters"},
                    BadLine{"role", "admin:a:S3CR3T0123456789", "with the role read or operate"},
                    BadLine{"twoParts", "read:S3CR3T0123456789", "expected role:name:token"},
                    BadLine{"noName", "read::S3CR3T0123456789", "expected a name"},
                    BadLine{"badName", "read:a b:S3CR3T0123456789", "expected a name"},
                    BadLine{"space", "S3CR3T 0123456789", "a character that none may have"},
                    BadLine{"colon", "read:a:S3CR3T:0123456789", "a character that none may have"},
                    BadLine{"zero",
                            std::string("S3CR3T\0"
                                        "0123456789",
                                        17),
                            "a character that"},
                    BadLine{"twice", "operate:b:0123456789abcdef", "the same token"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Tokens, AreBoundedInNumber) {
  std::string text;
  for (int i = 0; i < 257; ++i) {
    text += "0123456789abcdef" + std::to_string(i) + "\n";
  }
  const auto file = parseTokens(text);
  EXPECT_EQ(file.tokens.size(), 256U);
  ASSERT_EQ(file.problems.size(), 1U);
  EXPECT_EQ(file.problems[0].line, 257);
}

class TokenFileTest : public testing::Test {
 protected:
  TokenFileTest() {
    path_ = directory_.path() / "tokens";
    std::ofstream(path_) << kToken << "\n";
    ::chmod(path_.c_str(), 0600);
  }

  [[nodiscard]] std::string refusal() const {
    const auto file = readTokenFile(path_);
    EXPECT_THAT(file.tokens, IsEmpty());
    return file.problems.size() == 1 && file.problems[0].line == 0 ? file.problems[0].text : "";
  }

  test::TemporaryDirectory directory_;
  std::filesystem::path path_;
};

TEST_F(TokenFileTest, IsReadWhenItIsClosedToOthers) {
  for (const mode_t mode : {0600U, 0400U}) {
    ::chmod(path_.c_str(), mode);
    EXPECT_EQ(readTokenFile(path_).tokens.size(), 1U) << mode;
  }
}

TEST_F(TokenFileTest, IsRefusedWhenOthersMayUseIt) {
  for (const mode_t mode : {0640U, 0604U, 0620U, 0602U, 0610U}) {
    ::chmod(path_.c_str(), mode);
    EXPECT_THAT(refusal(), HasSubstr("chmod 0600 " + path_.string())) << mode;
  }
}

TEST_F(TokenFileTest, IsRefusedWhenItBelongsToSomebodyElse) {
  constexpr uid_t kNobody = 65534;
  if (::geteuid() == 0) {
    ASSERT_EQ(::chown(path_.c_str(), kNobody, kNobody), 0);
    EXPECT_THAT(refusal(), HasSubstr("belongs to uid 65534"));
  } else {
    path_ = "/etc/passwd";  // root's, but open to all
    EXPECT_THAT(refusal(), HasSubstr("may be used by others"));
  }
}

TEST_F(TokenFileTest, IsRefusedWhenItIsNoFileOrTooLarge) {
  std::ofstream(path_) << std::string(65u * 1024, '#');
  EXPECT_EQ(refusal(), "is larger than 64 KiB");
  std::filesystem::remove(path_);
  EXPECT_THAT(refusal(), HasSubstr("cannot be read: No such file"));
  path_ = directory_.path();
  EXPECT_EQ(refusal(), "is no regular file");
}

}  // namespace
}  // namespace holdfast::config
