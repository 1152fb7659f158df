// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/pull_stream.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace holdfast::runtime {
namespace {

// As captured, with CR LF between the objects.
const std::string kPulling = "{\"status\":\"Pulling from demo/sleeper\",\"id\":\"1.0\"}\r\n";
const std::string kLayer =
    "{\"status\":\"Pulling fs layer\",\"progressDetail\":{},\"id\":\"771a492b9d84\"}\r\n";
const std::string kDownloading =
    "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":36445,\"total\":1033106},"
    "\"progress\":\"[=\\u003e  ]  36.45kB/1.033MB\",\"id\":\"771a492b9d84\"}\r\n";
const std::string kExtracting =
    "{\"status\":\"Extracting\",\"progressDetail\":{\"current\":32768,\"total\":1033106},"
    "\"id\":\"771a492b9d84\"}\r\n";
const std::string kComplete =
    "{\"status\":\"Pull complete\",\"progressDetail\":{},\"id\":\"771a492b9d84\"}\r\n";
const std::string kDigest = "{\"status\":\"Digest: sha256:5c7f7101\"}\r\n";
const std::string kStatus =
    "{\"status\":\"Status: Downloaded newer image for 127.0.0.1:5055/demo/sleeper:1.0\"}\r\n";
const std::string kWhole =
    kPulling + kLayer + kDownloading + kExtracting + kComplete + kDigest + kStatus;

std::string line(const std::string& id, const std::string& status, int current = -1,
                 int total = 0) {
  std::string detail = "{}";
  if (current >= 0) {
    detail =
        "{\"current\":" + std::to_string(current) + ",\"total\":" + std::to_string(total) + "}";
  }
  return R"({"status":")" + status + R"(","progressDetail":)" + detail + R"(,"id":")" + id +
         "\"}\n";
}

PullPicture pictureOf(const std::vector<std::string>& lines) {
  PullStream stream(PullEnd::StatusLine);
  for (const std::string& text : lines) {
    EXPECT_TRUE(stream.push(text));
  }
  return stream.picture();
}

TEST(PullStream, FollowsAPullToItsSuccess) {
  PullStream stream(PullEnd::StatusLine);
  EXPECT_EQ(stream.picture().phase, "resolving");
  ASSERT_TRUE(stream.push(kPulling));
  EXPECT_EQ(stream.picture().phase, "resolving");
  ASSERT_TRUE(stream.push(kLayer + kDownloading));
  EXPECT_EQ(stream.picture(), (PullPicture{"downloading", 36445, 1033106, false, false}));
  ASSERT_TRUE(stream.push(kExtracting));
  EXPECT_EQ(stream.picture(), (PullPicture{"extracting", 32768, 1033106, false, false}));
  ASSERT_TRUE(stream.push(kComplete + kDigest));
  EXPECT_FALSE(stream.succeeded());
  ASSERT_TRUE(stream.push(kStatus));
  EXPECT_TRUE(stream.succeeded());
  EXPECT_EQ(stream.picture(), (PullPicture{"finishing", 1033106, 1033106, false, false}));
  EXPECT_EQ(stream.error(), "");
}

TEST(PullStream, TakesUpToDateForSuccess) {
  PullStream stream(PullEnd::StatusLine);
  ASSERT_TRUE(stream.push(kPulling + kDigest +
                          "{\"status\":\"Status: Image is up to date for demo/sleeper:1.0\"}\n"));
  EXPECT_TRUE(stream.succeeded());
}

TEST(PullStream, FindsAnErrorInsideTheStream) {
  PullStream stream(PullEnd::StatusLine);
  ASSERT_TRUE(
      stream.push(kPulling + kLayer +
                  "{\"errorDetail\":{\"message\":\"unexpected EOF\"},\"error\":\"unexpected "
                  "EOF\"}\r\n"));
  EXPECT_EQ(stream.error(), "unexpected EOF");
  EXPECT_NE(stream.errorObject().find("errorDetail"), std::string::npos);
  PullStream old(PullEnd::StatusLine);
  ASSERT_TRUE(old.push("{\"error\":\"denied\"}"));
  EXPECT_EQ(old.error(), "denied");
}

TEST(PullStream, ReadsTheSameWhereverTheChunksEnd) {
  std::mt19937 random(20240301);
  for (int round = 0; round < 300; ++round) {
    PullStream stream(PullEnd::StatusLine);
    for (std::size_t at = 0; at < kWhole.size();) {
      const std::size_t length = 1 + random() % 61;
      ASSERT_TRUE(stream.push(std::string_view(kWhole).substr(at, length)));
      at += length;
    }
    ASSERT_TRUE(stream.succeeded()) << "round " << round;
    ASSERT_EQ(stream.picture().totalBytes, 1033106);
  }
}

TEST(PullStream, SumsLayers) {
  EXPECT_EQ(pictureOf({line("a", "Downloading", 10, 100), line("b", "Downloading", 20, 200),
                       line("c", "Already exists")}),
            (PullPicture{"downloading", 30, 300, false, false}));
  EXPECT_EQ(pictureOf({line("a", "Downloading", 10, 100), line("a", "Download complete"),
                       line("b", "Downloading", 20, 200)}),
            (PullPicture{"downloading", 120, 300, false, false}));
}

TEST(PullStream, WaitsOnlyWhenEveryLayerToComeWaits) {
  EXPECT_TRUE(pictureOf({line("a", "Pulling fs layer"), line("b", "Pulling fs layer"),
                         line("a", "Waiting"), line("b", "Waiting")})
                  .waiting);
  // One whose request is under way is silent because of its registry.
  EXPECT_EQ((PullPicture{"queued", 0, 0, false, false}),
            pictureOf({line("a", "Pulling fs layer"), line("b", "Waiting")}));
  EXPECT_FALSE(pictureOf({line("a", "Downloading", 1, 2), line("b", "Waiting")}).waiting);
  EXPECT_FALSE(pictureOf({line("a", "Extracting", 1, 2), line("b", "Waiting")}).waiting);
  EXPECT_FALSE(pictureOf({line("a", "Already exists")}).waiting);
}

TEST(PullStream, SaysWhenDockerRepeatsByItself) {
  const PullPicture retrying =
      pictureOf({line("a", "Downloading", 50, 100), line("a", "Retrying in 5 seconds"),
                 line("a", "Retrying in 4 seconds")});
  EXPECT_EQ(retrying.phase, "retrying");
  EXPECT_TRUE(retrying.retrying);
  EXPECT_EQ(retrying.doneBytes, 50) << "counting seconds is no progress";
  EXPECT_FALSE(
      pictureOf({line("a", "Retrying in 5 seconds"), line("b", "Downloading", 1, 2)}).retrying);
}

TEST(PullStream, RefusesWhatIsNoStreamOfObjects) {
  PullStream stream(PullEnd::StatusLine);
  EXPECT_FALSE(stream.push("404 page not found\n"));
}

TEST(PullStream, SurvivesStrangeObjects) {
  PullStream stream(PullEnd::StatusLine);
  EXPECT_TRUE(stream.push(
      R"({}{"status":7}{"id":"x"}{"status":"Downloading","id":"x","progressDetail":[]})"
      R"({"status":"Downloading","id":"x","progressDetail":{"current":-5,"total":1e30}})"
      R"({"errorDetail":null}{"error":""})"));
  EXPECT_EQ(stream.picture().doneBytes, 0);
  EXPECT_EQ(stream.error(), "");
}

// As captured from Podman 4.3.1: the image's configuration comes as a layer, and twice at the end.
const std::string kPodman = line("9b850e2f2b40", "Pulling fs layer") +
                            line("620bd6e6bbe7", "Already exists") +
                            line("9b850e2f2b40", "Downloading", 9764864, 10487827);
const std::string kPodmanEnd = line("9b850e2f2b40", "Download complete") +
                               line("cedc50713acc", "Pulling fs layer") +
                               line("cedc50713acc", "Download complete");

TEST(PullStreamOfPodman, SucceedsByItsLastLine) {
  PullStream stream(PullEnd::LastLayer);
  ASSERT_TRUE(stream.push(kPodman));
  EXPECT_FALSE(stream.succeeded());
  EXPECT_EQ(stream.picture().phase, "downloading");
  EXPECT_EQ(stream.picture().doneBytes, 9764864);
  EXPECT_FALSE(stream.picture().retrying);
  ASSERT_TRUE(stream.push(kPodmanEnd + line("cedc50713acc", "Download complete")));
  EXPECT_TRUE(stream.succeeded());
  EXPECT_TRUE(stream.error().empty());
}

TEST(PullStreamOfPodman, FailsByAnErrorInItsStream) {
  PullStream stream(PullEnd::LastLayer);
  ASSERT_TRUE(stream.push(
      kPodman +
      R"({"progressDetail":{},"errorDetail":{"message":"manifest unknown"},"error":"x"})"));
  EXPECT_EQ(stream.error(), "manifest unknown");
}

// It repeats refused requests and unpacks without a word: the host waits longer then.
TEST(PullStreamOfPodman, MayRetryWhereItIsSilent) {
  PullStream stream(PullEnd::LastLayer);
  EXPECT_EQ(stream.picture().phase, "resolving");
  EXPECT_TRUE(stream.picture().retrying);
  EXPECT_FALSE(PullStream(PullEnd::StatusLine).picture().retrying);
  ASSERT_TRUE(stream.push(kPodman + kPodmanEnd));
  EXPECT_EQ(stream.picture().phase, "extracting");
  EXPECT_TRUE(stream.picture().retrying);
}

}  // namespace
}  // namespace holdfast::runtime
