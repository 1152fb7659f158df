// SPDX-License-Identifier: Apache-2.0
#include "uplink/iotistic/options.hpp"

#include "holdfast/testing/fake_host.hpp"

#include <gmock/gmock.h>

#include <stdexcept>

namespace holdfast::iotistic {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Configured = testing::FakeHost::Options;

std::string refusalOf(Configured configured) {
  configured.emplace("url", "https://cloud.example");
  configured.emplace("deviceType", "generic");
  try {
    static_cast<void>(readOptions(testing::FakeHost(configured)));
    return {};
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

TEST(IotisticOptions, AppendTheVersionUnlessTheUrlEndsSo) {
  const struct {
    const char* url;
    const char* text;
  } rows[] = {{"https://cloud.example", "https://cloud.example/api/v1"},
              {"https://cloud.example/", "https://cloud.example/api/v1"},
              {"https://cloud.example:8443/api/v1", "https://cloud.example:8443/api/v1"},
              {"https://cloud.example/api/v1/", "https://cloud.example/api/v1"},
              {"http://10.0.0.1/iot//", "http://10.0.0.1/iot/api/v1"},
              {"https://cloud.example/api", "https://cloud.example/api/api/v1"}};
  for (const auto& row : rows) {
    EXPECT_EQ(readApiUrl(row.url).text(), row.text) << row.url;
  }
  EXPECT_TRUE(readApiUrl("https://cloud.example").encrypted());
  EXPECT_FALSE(readApiUrl("http://cloud.example").encrypted());
}

TEST(IotisticOptions, RefuseAUrlThatIsNone) {
  for (const char* url : {"cloud.example", "ftp://cloud.example", "https://cloud.example/?a=canary",
                          "https://user:canary@cloud.example"}) {
    const std::string refusal = refusalOf({{"url", url}});
    EXPECT_THAT(refusal, HasSubstr("url: ")) << url;
    EXPECT_THAT(refusal, Not(HasSubstr("canary"))) << url;
  }
}

TEST(IotisticOptions, ReadWhatIsConfigured) {
  const testing::FakeHost host(Configured{{"url", "https://cloud.example"},
                                          {"provisioningKeyFile", "/key"},
                                          {"deviceType", "gateway"},
                                          {"caFile", "/ca"},
                                          {"certFile", "/cert"},
                                          {"keyFile", "/certkey"},
                                          {"proxy", "none"},
                                          {"timeout", "5000"}});
  const Options options = readOptions(host);
  EXPECT_EQ(options.provisioningKeyFile, "/key");
  EXPECT_EQ(options.deviceType, "gateway");
  EXPECT_EQ(options.tls.caFile, "/ca");
  EXPECT_EQ(options.proxy, "");
  EXPECT_EQ(options.timeoutMs, 5000);
}

TEST(IotisticOptions, RefuseWhatCannotBe) {
  EXPECT_THAT(refusalOf({{"url", "http://cloud.example"}, {"caFile", "/ca"}}),
              HasSubstr("not encrypted"));
  EXPECT_THAT(refusalOf({{"certFile", "/cert"}}), HasSubstr("keyFile"));
  EXPECT_THAT(refusalOf({{"deviceType", ""}}), HasSubstr("deviceType"));
  EXPECT_THAT(refusalOf({{"timeout", "1"}}), HasSubstr("timeout"));
  EXPECT_EQ(refusalOf({}), "");
}

}  // namespace
}  // namespace holdfast::iotistic
