// SPDX-License-Identifier: Apache-2.0
// One question for the target: what goes out, what comes back, and how it is said to have ended.

#include "conformance/uplink/fixture.hpp"

namespace holdfast::conformance {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::size_t kMiB = std::size_t{1} << 20;
// The contract allows 8 MiB, and some is on its way always.
constexpr std::size_t kEnough = 32 * kMiB;

// No two clouds write them alike.
const std::vector<std::string> kEtags{
    "5d41402abc4b2a76b9719d911017c592",
    "\"quoted\"",
    "W/\"weak\"",
    "1761300962114-3",
    "a b/c+d=e,f;g\\h\"i",
    std::string(1'024, 'e'),
};

std::string documentWith(const std::string& marker) {
  return R"({"apps": {"1001": {"appId": 1001, "appName": ")" + marker + R"(", "services": []}}})";
}

std::string etagOf(const ReceivedRequest& request) {
  return request.header("if-none-match");
}

bool hasEtag(const ReceivedRequest& request) {
  return request.head.find("f-None-Match:") != std::string::npos ||
         request.head.find("f-none-match:") != std::string::npos;
}

class FetchTest : public UplinkTest {};

TEST_F(FetchTest, BringsTheDocumentOnce) {
  for (const std::string marker : {"first-app", "second-app"}) {
    cloud().reset(documentWith(marker), "etag-of-" + marker);
    Fetched fetched;
    ASSERT_EQ(fetch("", fetched), ErrorClass::Ok);
    EXPECT_EQ(fetched.times, 1);
    EXPECT_THAT(fetched.document, HasSubstr(marker));
    EXPECT_EQ(cloud().count(Ask::Fetch), 1U);
  }
}

TEST_F(FetchTest, BringsTheEtagByteForByte) {
  CONFORMANCE_NEEDS("etag");
  for (const std::string& etag : kEtags) {
    cloud().reset(documentWith("app"), etag);
    Fetched fetched;
    ASSERT_EQ(fetch("", fetched), ErrorClass::Ok);
    EXPECT_EQ(fetched.etag, etag);
  }
}

TEST_F(FetchTest, SendsTheEtagByteForByte) {
  CONFORMANCE_NEEDS("etag");
  for (const std::string& etag : kEtags) {
    cloud().reset();
    Fetched fetched;
    ASSERT_EQ(fetch(etag, fetched), ErrorClass::Ok);
    ASSERT_EQ(cloud().count(Ask::Fetch), 1U);
    EXPECT_EQ(etagOf(cloud().requests(Ask::Fetch).front()), etag);
  }
}

TEST_F(FetchTest, SendsNoEtagWhenItHasNone) {
  CONFORMANCE_NEEDS("etag");
  Fetched fetched;
  ASSERT_EQ(fetch("", fetched), ErrorClass::Ok);
  ASSERT_EQ(fetch("an-etag", fetched), ErrorClass::Ok);
  cloud().reset();
  ASSERT_EQ(fetch("", fetched), ErrorClass::Ok);
  ASSERT_EQ(cloud().count(Ask::Fetch), 1U);
  EXPECT_FALSE(hasEtag(cloud().requests(Ask::Fetch).front())) << "nor one of an earlier fetch";
}

TEST_F(FetchTest, BringsNothingWhenItIsUnchanged) {
  CONFORMANCE_NEEDS("etag");
  Fetched before;
  ASSERT_EQ(fetch("", before), ErrorClass::Ok);
  cloud().answer(Ask::Fetch, Answer{"304 Not Modified", {}, {}});
  Fetched known;
  EXPECT_EQ(fetch("first-etag", known), ErrorClass::Ok);
  EXPECT_EQ(known.times, 0);
  Fetched none;
  EXPECT_EQ(fetch("", none), ErrorClass::Ok) << "the cloud has no target for the device yet";
  EXPECT_EQ(none.times, 0);
}

TEST_F(FetchTest, MakesOneAttempt) {
  cloud().answer(Ask::Fetch, Answer{"503 Service Unavailable", {}, {}});
  Fetched fetched;
  EXPECT_FALSE(fetch("", fetched) == ErrorClass::Ok);
  EXPECT_EQ(cloud().count(Ask::Fetch), 1U) << "the agent repeats, not the plugin";
}

TEST_F(FetchTest, SaysWhyTheCloudRefused) {
  std::vector<Refusal> all = refusals();
  all.push_back({{"404 Not Found", {}, {}}, {ErrorClass::NotFound, ErrorClass::Denied}});
  for (const Refusal& refusal : all) {
    renew();
    cloud().answer(Ask::Fetch, refusal.answer);
    Fetched fetched;
    expectRefused(fetch("an-etag", fetched), refusal);
  }
}

TEST_F(FetchTest, TakesNoHalfDocument) {
  Answer half = cloud().target(documentWith(std::string(64 * 1024, 'x')), "half");
  half.cutAt = half.body.size() / 2;
  cloud().answer(Ask::Fetch, half);
  Fetched fetched;
  const Outcome outcome = fetch("", fetched);
  EXPECT_THAT(outcome.code, ::testing::AnyOf(ErrorClass::Transient, ErrorClass::Unavailable));
  EXPECT_THAT(outcome.message, Not(IsEmpty()));
}

TEST_F(FetchTest, TakesNoDocumentThatIsTooLarge) {
  cloud().answer(Ask::Fetch, cloud().target(documentWith(std::string(9 * kMiB, 'x')), "large"));
  Fetched fetched;
  const Outcome outcome = fetch("", fetched);
  EXPECT_FALSE(outcome == ErrorClass::Ok) << "a document of 9 MiB";
  EXPECT_THAT(outcome.message, Not(IsEmpty()));
}

TEST_F(FetchTest, StopsReadingWhatHasNoEnd) {
  Answer endless = cloud().target("", "endless");
  endless.body = std::string(kMiB, ' ');
  endless.times = 96;
  cloud().answer(Ask::Fetch, endless);
  Fetched fetched;
  EXPECT_FALSE(fetch("", fetched) == ErrorClass::Ok);
  EXPECT_LE(cloud().sent(), kEnough) << "read an answer of 96 MiB, where 8 MiB are too much";
}

TEST_F(FetchTest, BringsNoEtagThatIsTooLong) {
  CONFORMANCE_NEEDS("etag");
  cloud().reset(documentWith("app"), std::string(2'048, 'e'));
  Fetched fetched;
  static_cast<void>(fetch("", fetched));
  EXPECT_LE(fetched.etag.size(), 1'024U);
}

}  // namespace
}  // namespace holdfast::conformance
