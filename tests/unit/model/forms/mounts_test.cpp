// SPDX-License-Identifier: Apache-2.0
#include "model/forms/mounts.hpp"

#include <gmock/gmock.h>

namespace holdfast::model {
namespace {

using testing::HasSubstr;
using Kind = Mount::Kind;

TEST(Mounts, EveryForm) {
  const std::pair<const char*, Mount> cases[] = {
      {"data:/data", {Kind::Volume, "data", "/data", false}},
      {"data:/data:rw", {Kind::Volume, "data", "/data", false}},
      {"data:/data:ro", {Kind::Volume, "data", "/data", true}},
      {"/etc/localtime:/etc/localtime:ro", {Kind::Bind, "/etc/localtime", "/etc/localtime", true}},
      {"/a:/b", {Kind::Bind, "/a", "/b", false}},
      {"/a:/b:rw", {Kind::Bind, "/a", "/b", false}},
      {"/:/host", {Kind::Bind, "/", "/host", false}},
      {"//a/./b/:/c//d/", {Kind::Bind, "/a/b", "/c/d", false}},
  };
  for (const auto& [text, expected] : cases) {
    const auto parsed = parseMount(text);
    ASSERT_TRUE(parsed) << text << ": " << parsed.error().message;
    EXPECT_EQ(*parsed, expected) << text;
  }
}

TEST(Mounts, RefusesEverythingElse) {
  for (const char* text : {"", "/data", "data", ":/data", "data:", "data:data", "./a:/b", "a/b:/c",
                           "../a:/b", "/a/../b:/c", "/a:/b/..", "/a:/b:z", "/a:/b:ro,z",
                           "/a:/b:", "/a:/b:ro:x", "/a:/", "data:/:ro", "~/a:/b"}) {
    EXPECT_FALSE(parseMount(text)) << text;
  }
  EXPECT_THAT(parseMount("./a:/b").error().message, HasSubstr("no absolute path"));
}

TEST(Tmpfs, BothForms) {
  EXPECT_EQ(*parseTmpfs("/run"), (std::pair<std::string, std::string>("/run", "")));
  EXPECT_EQ(*parseTmpfs("/run/:size=1m,mode=1777"),
            (std::pair<std::string, std::string>("/run", "size=1m,mode=1777")));
  for (const char* text : {"", "run", "/", "size=1m", "/a/../b", ":size=1m"})
    EXPECT_FALSE(parseTmpfs(text)) << text;
}

TEST(Devices, EveryForm) {
  const std::pair<const char*, Device> cases[] = {
      {"/dev/a", {"/dev/a", "/dev/a", "rwm"}},
      {"/dev/a:/dev/b", {"/dev/a", "/dev/b", "rwm"}},
      {"/dev/a:/dev/b:r", {"/dev/a", "/dev/b", "r"}},
      {"/dev/a:/dev/b:mwr", {"/dev/a", "/dev/b", "rwm"}},
  };
  for (const auto& [text, expected] : cases) {
    const auto parsed = parseDevice(text);
    ASSERT_TRUE(parsed) << text << ": " << parsed.error().message;
    EXPECT_EQ(*parsed, expected) << text;
  }
  for (const char* text :
       {"", "dev/a", "/dev/a:b", "/dev/a:rwm", "/dev/a:/dev/b:", "/dev/a:/dev/b:x",
        "/dev/a:/dev/b:rr", "/dev/a:/dev/b:r:w", "/dev/../a"}) {
    EXPECT_FALSE(parseDevice(text)) << text;
  }
}

TEST(Paths, Normalised) {
  EXPECT_EQ(*normalisedPath("/"), "/");
  EXPECT_EQ(*normalisedPath("///"), "/");
  EXPECT_EQ(*normalisedPath("/a//b/./c/"), "/a/b/c");
  EXPECT_FALSE(normalisedPath("a"));
  EXPECT_FALSE(normalisedPath("/.."));
  EXPECT_TRUE(normalisedPath("/..a"));
}

}  // namespace
}  // namespace holdfast::model
