// SPDX-License-Identifier: Apache-2.0
#include "holdfast/support/url.hpp"

#include <gtest/gtest.h>

namespace holdfast::support {
namespace {

TEST(Url, IsTakenApart) {
  struct Row {
    const char* url;
    const char* baseUrl;
    const char* host;
    const char* target;
    const char* credentials;
  };
  const Row rows[] = {
      {"https://example.org", "https://example.org", "example.org", "/", ""},
      {"https://example.org/a/b?c=d&e=%20#f", "https://example.org", "example.org",
       "/a/b?c=d&e=%20", ""},
      {"http://example.org:8080/", "http://example.org:8080", "example.org", "/", ""},
      {"HTTPS://example.org/x", "https://example.org", "example.org", "/x", ""},
      {"https://al%40ice:s%3Acret@example.org/x", "https://example.org", "example.org", "/x",
       "al@ice:s:cret"},
      {"https://alice@example.org", "https://example.org", "example.org", "/", "alice:"},
      {"http://[::1]:81/x", "http://[::1]:81", "::1", "/x", ""},
      {"http://2852039166/latest", "http://169.254.169.254", "169.254.169.254", "/latest", ""},
  };
  for (const Row& row : rows) {
    HttpUrl parts;
    std::string problem;
    ASSERT_TRUE(parseUrl(row.url, parts, problem)) << row.url << ": " << problem;
    EXPECT_EQ(parts.baseUrl, row.baseUrl);
    EXPECT_EQ(parts.host, row.host);
    EXPECT_EQ(parts.target, row.target);
    EXPECT_EQ(parts.credentials, row.credentials);
  }
}

TEST(Url, ThatIsNoneIsRefusedWithoutRepeatingIt) {
  for (const char* url :
       {"", "canary", "/canary", "https://", "https://exa mple/canary", "file:///canary",
        "ftp://example.org/canary", "https://e.org:99999/canary", "https://example.org/\ncanary"}) {
    HttpUrl parts;
    std::string problem;
    EXPECT_FALSE(parseUrl(url, parts, problem)) << url;
    EXPECT_FALSE(problem.empty()) << url;
    EXPECT_EQ(problem.find("canary"), std::string::npos) << problem;
  }
}

TEST(Url, IsResolvedAgainstAnother) {
  const std::string base = "https://example.org/a/b?c=d";
  EXPECT_EQ(resolveUrl(base, "https://example.net/x"), "https://example.net/x");
  EXPECT_EQ(resolveUrl(base, "/x?y=z"), "https://example.org/x?y=z");
  EXPECT_EQ(resolveUrl(base, "x"), "https://example.org/a/x");
  EXPECT_EQ(resolveUrl(base, "http://exa mple"), "");
}

}  // namespace
}  // namespace holdfast::support
