// SPDX-License-Identifier: Apache-2.0
#include "notifier/webhook/credentials.hpp"

#include "fixtures/plugins/temporary_directory.hpp"
#include "notifier/webhook/formats/formats.hpp"

#include <gmock/gmock.h>

#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

namespace holdfast::webhook {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class CredentialsTest : public ::testing::Test {
 protected:
  std::string put(const std::string& name, const std::string& content) {
    const std::string path = directory_.path() / name;
    std::ofstream(path) << content;
    ::chmod(path.c_str(), 0600);
    return path;
  }

  bool read() { return readCredentials(options_, credentials_ = {}, problem_); }

  test::TemporaryDirectory directory_;
  Options options_;
  Credentials credentials_;
  std::string problem_;
};

TEST_F(CredentialsTest, AreReadAnewEachTime) {
  options_.urlFile = put("url", "https://example.org/one\n");
  ASSERT_TRUE(read()) << problem_;
  EXPECT_EQ(credentials_.url.target, "/one");
  put("url", "https://example.org/two\n");
  ASSERT_TRUE(read()) << problem_;
  EXPECT_EQ(credentials_.url.target, "/two");
}

TEST_F(CredentialsTest, OfTheUrlBecomeAHeader) {
  options_.url = "https://user:p%40ssword@example.org/hook";
  ASSERT_TRUE(read()) << problem_;
  EXPECT_EQ(credentials_.url.baseUrl, "https://example.org");
  EXPECT_THAT(credentials_.headers, ElementsAre("Authorization: Basic dXNlcjpwQHNzd29yZA=="));
  EXPECT_EQ(credentials_.redactor.redacted("user:p@ssword dXNlcjpwQHNzd29yZA== p@ssword"),
            "*** *** ***");
}

TEST_F(CredentialsTest, OfProxiesInTheEnvironmentAreHidden) {
  options_.url = "https://example.org/";
  ::setenv("https_proxy", "http://user:p%40ssword@proxy.example:3128", 1);
  ::setenv("all_proxy", "socks5h://user:unguessable@proxy.example", 1);
  ASSERT_TRUE(read()) << problem_;
  EXPECT_EQ(
      credentials_.redactor.redacted("user:p@ssword dXNlcjpwQHNzd29yZA== p%40ssword p@ssword"),
      "*** *** *** ***");
  EXPECT_EQ(credentials_.redactor.redacted("not unguessable, nor proxy.example"),
            "not ***, nor proxy.example");
  ::unsetenv("https_proxy");
  ::unsetenv("all_proxy");
}

TEST_F(CredentialsTest, HaveHeadersOfTheUser) {
  options_.url = "https://example.org/";
  options_.headersFile =
      put("headers", "# tenant\nX-Scope-OrgID: plant7\nAuthorization: Bearer tk_canary\n");
  ASSERT_TRUE(read()) << problem_;
  EXPECT_THAT(credentials_.headers,
              ElementsAre("X-Scope-OrgID: plant7", "Authorization: Bearer tk_canary"));
  EXPECT_EQ(credentials_.redactor.redacted("no token tk_canary"), "no token ***");
}

TEST_F(CredentialsTest, HaveKeys) {
  options_.url = "https://example.org/";
  options_.signature = SignatureStyle::Standard;
  options_.secretFile = put("key", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n");
  options_.routingKeyFile = put("routing", "0123456789abcdef\n");
  ASSERT_TRUE(read()) << problem_;
  EXPECT_EQ(credentials_.keys.size(), 1u);
  EXPECT_EQ(credentials_.routingKey, "0123456789abcdef");
}

TEST_F(CredentialsTest, ThatCannotBeRightAreNamedAndNotRepeated) {
  const struct {
    const char* url;
    const char* headers;
    const char* key;
    const char* problem;
  } rows[] = {
      {"ftp://example.org/canary", "", "", "urlFile"},
      {"canary\ncanary\n", "", "", "expected one line"},
      {"https://169.254.169.254/canary", "", "", "link-local"},
      {"https://2852039166/canary", "", "", "link-local"},
      {"https://[fe80::1]/canary", "", "", "link-local"},
      {"https://e.org", "canary", "", "expected 'Name: value'"},
      {"https://e.org", "Na me: canary", "", "expected 'Name: value'"},
      {"https://e.org", ": canary", "", "expected 'Name: value'"},
      {"https://e.org", "X-A: canary\x01", "", "expected 'Name: value'"},
      {"https://e.org", "Content-Length: 0", "", "Content-Length cannot be set"},
      {"https://e.org", "hOST: canary", "", "hOST cannot be set"},
      {"https://e.org", "", "whsec_canary", "secretFile"},
  };
  for (const auto& row : rows) {
    options_ = Options();
    options_.urlFile = put("url", row.url);
    if (*row.headers != '\0') {
      options_.headersFile = put("headers", row.headers);
    }
    if (*row.key != '\0') {
      options_.signature = SignatureStyle::Standard;
      options_.secretFile = put("key", row.key);
    }
    problem_.clear();
    EXPECT_FALSE(read()) << row.url << row.headers;
    EXPECT_THAT(problem_, HasSubstr(row.problem));
    EXPECT_THAT(problem_, Not(HasSubstr("canary")));
  }
  options_ = Options();
  options_.urlFile = "/nonexistent/url";
  EXPECT_FALSE(read());
  EXPECT_THAT(problem_, HasSubstr("urlFile: cannot open /nonexistent/url"));
}

}  // namespace
}  // namespace holdfast::webhook
