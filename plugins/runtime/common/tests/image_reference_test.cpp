// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/image_reference.hpp"

#include <gtest/gtest.h>

#include <string>

namespace holdfast::runtime {
namespace {

const std::string kHex(64, 'a');
const std::string kDigest = "sha256:" + kHex;

TEST(ImageReference, SpellsOutWhatEnginesFillIn) {
  struct Row {
    std::string text;
    std::string canonical;
  };
  const Row rows[] = {
      {"nginx", "docker.io/library/nginx:latest"},
      {"nginx:1.25", "docker.io/library/nginx:1.25"},
      {"nodered/node-red:3", "docker.io/nodered/node-red:3"},
      {"docker.io/nginx", "docker.io/library/nginx:latest"},
      {"index.docker.io/library/nginx", "docker.io/library/nginx:latest"},
      {"localhost/app", "localhost/app:latest"},
      {"127.0.0.1:5055/demo/sleeper:1.0", "127.0.0.1:5055/demo/sleeper:1.0"},
      {"host:5000/a", "host:5000/a:latest"},
      {"[::1]:5000/a:b", "[::1]:5000/a:b"},
      {"reg.example.org/a/b/c@" + kDigest, "reg.example.org/a/b/c@" + kDigest},
      {"nginx:1.25@" + kDigest, "docker.io/library/nginx@" + kDigest},
      {"a__b/c-d.e--f:T_1.2-x", "docker.io/a__b/c-d.e--f:T_1.2-x"},
  };
  for (const Row& row : rows) {
    const auto reference = parseImageReference(row.text);
    ASSERT_TRUE(reference.has_value()) << row.text;
    EXPECT_EQ(reference->canonical(), row.canonical);
  }
}

TEST(ImageReference, RefusesWhatEnginesRefuse) {
  for (const std::string& text : {std::string(""),
                                  std::string("bad reference"),
                                  std::string("UPPER"),
                                  std::string("a/UPPER"),
                                  std::string("nginx:"),
                                  std::string("nginx:bad tag"),
                                  std::string("nginx@sha256:short"),
                                  "nginx@" + kHex,
                                  std::string("nginx@"),
                                  std::string("/nginx"),
                                  std::string("nginx/"),
                                  std::string("a//b"),
                                  std::string("-a"),
                                  std::string("a_"),
                                  std::string("a___b"),
                                  std::string("a..b"),
                                  std::string("host:port/a"),
                                  std::string("https://host/a"),
                                  std::string("nginx:") + std::string(129, 'x'),
                                  std::string(256, 'x'),
                                  std::string("nginx\n:1"),
                                  std::string("../etc/passwd"),
                                  std::string("a?b=c:1")}) {
    EXPECT_FALSE(parseImageReference(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace holdfast::runtime
