// SPDX-License-Identifier: Apache-2.0
#include "holdfast/support/secret_file.hpp"

#include "fixtures/plugins/temporary_directory.hpp"

#include <gmock/gmock.h>

#include <sys/stat.h>

#include <fstream>

namespace holdfast::support {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class SecretFile : public ::testing::Test {
 protected:
  std::string put(const std::string& content, mode_t mode = 0600) {
    const std::string path = directory_.path() / "secret";
    std::ofstream(path, std::ios::binary) << content;
    ::chmod(path.c_str(), mode);
    return path;
  }

  test::TemporaryDirectory directory_;
};

TEST_F(SecretFile, IsReadWhole) {
  EXPECT_EQ(readSecretFile(put("one\ntwo")).text, "one\ntwo");
  EXPECT_EQ(readSecretFile(put("x", 0640)).text, "x");
  EXPECT_EQ(readSecretFile(put(std::string(64 * 1024, 'x'))).text->size(), 64u * 1024);
}

TEST_F(SecretFile, IsRefusedWhenItIsNone) {
  EXPECT_THAT(readSecretFile("/nonexistent/key").problem,
              HasSubstr("cannot open /nonexistent/key"));
  EXPECT_THAT(readSecretFile(directory_.path()).problem, HasSubstr("no regular file"));
  EXPECT_THAT(readSecretFile("/dev/zero").problem, HasSubstr("no regular file"));
  EXPECT_THAT(readSecretFile(put("canary", 0644)).problem, HasSubstr("chmod o= "));
  EXPECT_THAT(readSecretFile(put(std::string(64 * 1024 + 1, 'x'))).problem, HasSubstr("64 KiB"));
}

TEST_F(SecretFile, HasLinesThatMeanSomething) {
  EXPECT_THAT(meaningfulLines("# old keys\n\n  one \r\n#two\nthree"), ElementsAre("one", "three"));
  EXPECT_THAT(meaningfulLines(""), ElementsAre());
}

TEST_F(SecretFile, HasOneLineWhereOneIsAskedFor) {
  EXPECT_EQ(readSecretLine(put("# of the channel\ncanary\n")).text, "canary");
  const SecretLine two = readSecretLine(put("canary\ncanary\n"));
  EXPECT_THAT(two.problem, HasSubstr("found 2"));
  EXPECT_THAT(two.problem, Not(HasSubstr("canary")));
  EXPECT_THAT(readSecretLine(put("\n")).problem, HasSubstr("found 0"));
}

}  // namespace
}  // namespace holdfast::support
