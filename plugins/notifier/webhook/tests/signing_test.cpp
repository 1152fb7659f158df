// SPDX-License-Identifier: Apache-2.0
#include "notifier/webhook/signing.hpp"

#include <gtest/gtest.h>

namespace holdfast::webhook {
namespace {

constexpr char kSecret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

// The example of the Standard Webhooks libraries.
TEST(Signing, GivesTheExampleOfStandardWebhooks) {
  const SigningKeys keys = signingKeys(SignatureStyle::Standard, {kSecret});
  ASSERT_EQ(keys.problem, "");
  EXPECT_EQ(standardSignature(keys.keys, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
                              R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

// The example of GitHub's documentation.
TEST(Signing, GivesTheExampleOfGithub) {
  const SigningKeys keys = signingKeys(SignatureStyle::Github, {"It's a Secret to Everybody"});
  ASSERT_EQ(keys.keys.size(), 1u);
  EXPECT_EQ(githubSignature(keys.keys.front(), "Hello, World!"),
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
}

TEST(Signing, SignsWithEachKeyDuringAChange) {
  const std::string old = std::string("whsec_") + "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
  const SigningKeys both = signingKeys(SignatureStyle::Standard, {kSecret, old});
  ASSERT_EQ(both.keys.size(), 2u);
  const auto with = [](const std::vector<std::string>& keys) {
    return standardSignature(keys, "id", 1, "body");
  };
  EXPECT_EQ(with(both.keys), with({both.keys[0]}) + " " + with({both.keys[1]}));
}

TEST(Signing, TakesAKeyWithoutPrefix) {
  EXPECT_EQ(signingKeys(SignatureStyle::Standard, {std::string(kSecret).substr(6)}).keys,
            signingKeys(SignatureStyle::Standard, {kSecret}).keys);
}

TEST(Signing, RefusesWhatIsNoKeyWithoutRepeatingIt) {
  const std::string shortKey = "whsec_canarycanarycanary";
  const std::string longKey = "whsec_" + std::string(92, 'A');  // 69 bytes
  const std::vector<std::vector<std::string>> files = {
      {},
      {shortKey},
      {longKey},
      {"canary is no base64!"},
      {kSecret, shortKey},
      {kSecret, kSecret, kSecret, kSecret, kSecret}};
  for (const auto& lines : files) {
    const SigningKeys keys = signingKeys(SignatureStyle::Standard, lines);
    EXPECT_TRUE(keys.keys.empty() || !keys.problem.empty());
    EXPECT_FALSE(keys.problem.empty());
    EXPECT_EQ(keys.problem.find("canary"), std::string::npos);
  }
  EXPECT_FALSE(signingKeys(SignatureStyle::Github, {"a", "b"}).problem.empty());
  EXPECT_FALSE(signingKeys(SignatureStyle::Github, {}).problem.empty());
}

}  // namespace
}  // namespace holdfast::webhook
