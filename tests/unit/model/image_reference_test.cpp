// SPDX-License-Identifier: Apache-2.0
#include "model/image_reference.hpp"

#include <gtest/gtest.h>

namespace holdfast::model {
namespace {

const std::string kHex(64, 'a');

TEST(ImageReference, Normalises) {
  const std::pair<std::string, std::string> cases[] = {
      {"nginx", "docker.io/library/nginx:latest"},
      {"nginx:1.25", "docker.io/library/nginx:1.25"},
      {"nodered/node-red:invalid", "docker.io/nodered/node-red:invalid"},
      {"docker.io/nginx", "docker.io/library/nginx:latest"},
      {"index.docker.io/a/b", "docker.io/a/b:latest"},
      {"docker.io/library/nginx:latest", "docker.io/library/nginx:latest"},
      {"localhost/x", "localhost/x:latest"},
      {"127.0.0.1:5000/x:1", "127.0.0.1:5000/x:1"},
      {"[::1]:5000/x", "[::1]:5000/x:latest"},
      {"[2001:DB8::1]/x", "[2001:DB8::1]/x:latest"},
      {"Example/x", "Example/x:latest"},
      {"ghcr.io/a/b/c__d-e.f:V1_2-x", "ghcr.io/a/b/c__d-e.f:V1_2-x"},
      {"host:5000", "docker.io/library/host:5000"},
      {"a---b", "docker.io/library/a---b:latest"},
      {"nginx@sha256:" + kHex, "docker.io/library/nginx@sha256:" + kHex},
      {"nginx:1@sha256:" + kHex, "docker.io/library/nginx:1@sha256:" + kHex},
      {"x@sha512:" + kHex + kHex, "docker.io/library/x@sha512:" + kHex + kHex},
  };
  for (const auto& [text, expected] : cases) {
    const auto parsed = parseImageReference(text);
    ASSERT_TRUE(parsed) << text << ": " << parsed.error().message;
    EXPECT_EQ(parsed->normalised(), expected);
    const auto again = parseImageReference(expected);
    ASSERT_TRUE(again) << expected;
    EXPECT_EQ(*again, *parsed) << expected;
  }
}

TEST(ImageReference, Refuses) {
  const std::string cases[] = {"",
                               " ",
                               "nginx ",
                               "Nginx",
                               "UPPER:tag",
                               "a/B",
                               "nginx:",
                               "nginx:-x",
                               "nginx:" + std::string(129, 't'),
                               "nginx:a:b",
                               "nginx:t!",
                               "a//b",
                               "/a",
                               "a/",
                               "-a",
                               "a-",
                               "a..b",
                               "a___b",
                               "a._b",
                               "http://x/y",
                               "host:port/x",
                               "host:/x",
                               "-host.io/x",
                               "ho_st.io/x",
                               "[::1/x",
                               "[]/x",
                               "[::1]x/y",
                               "nginx@",
                               "nginx@sha256:abc",
                               "nginx@sha256:" + std::string(64, 'G'),
                               "nginx@md5:" + std::string(32, 'a'),
                               "@sha256:" + kHex,
                               kHex,
                               std::string("a\0b", 3),
                               "n\xC3\xA9",
                               std::string(256, 'a')};
  for (const auto& text : cases) {
    const auto parsed = parseImageReference(text);
    ASSERT_FALSE(parsed) << text << " became " << parsed->normalised();
    EXPECT_NE(parsed.error().message.find("is no image reference"), std::string::npos);
    EXPECT_EQ(registryHost(text), "");
  }
}

TEST(ImageReference, LoginsAreNotShown) {
  EXPECT_EQ(withoutLogin("https://user:pass/word@host/x:1"), "https://***@host/x:1");
  EXPECT_EQ(withoutLogin("user:password@host/x"), "***@host/x");
  EXPECT_EQ(withoutLogin("user:p@ssword@host/x"), "***@host/x");
  EXPECT_EQ(withoutLogin("Not A Reference"), "Not A Reference");
  EXPECT_EQ(withoutLogin("https://host/x"), "https://host/x");
  EXPECT_EQ(withoutLogin("x:1@sha256:short"), "x:1@sha256:short");
  EXPECT_EQ(withoutLogin("https://user:hush@host/x@sha256:1"), "https://***@host/x@sha256:1");
}

TEST(ImageReference, RegistryHost) {
  EXPECT_EQ(registryHost("nginx"), "docker.io");
  EXPECT_EQ(registryHost("a/b:1"), "docker.io");
  EXPECT_EQ(registryHost("ghcr.io/a/b"), "ghcr.io");
  EXPECT_EQ(registryHost("127.0.0.1:5055/x"), "127.0.0.1:5055");
}

}  // namespace
}  // namespace holdfast::model
