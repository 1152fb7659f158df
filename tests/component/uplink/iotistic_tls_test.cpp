// SPDX-License-Identifier: Apache-2.0
#include "fixtures/http/receiver.hpp"
#include "fixtures/tls/system_authority.hpp"
#include "iotistic_fixture.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace holdfast::iotistic {
namespace {

using fixtures::answering;
using fixtures::Certificates;
using fixtures::Cloud;
using fixtures::CloudEndpoint;
using fixtures::connecting;
using fixtures::ScriptedReceiver;
using fixtures::ServerTls;
using sdk::ErrorClass;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

std::string contentOf(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

class IotisticTls : public IotisticTest {
 protected:
  static const Certificates& certificates() {
    static const Certificates certificates;
    return certificates;
  }
  static Options trusting() { return {{"caFile", certificates().caFile()}}; }
};

TEST_F(IotisticTls, ACloudOfTheGivenAuthorityIsTrustedAndItsCertificateWatched) {
  Cloud cloud({.tls = ServerTls{certificates().server(), {}}, .caCertificate = {}});
  const auto uplink = start(cloud.url(), trusting());
  enrolWhole(*uplink);
  EXPECT_THAT(facts(*uplink).at("serverCertificateNotAfter"),
              MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"));
  EXPECT_FALSE(facts(*uplink).contains("clientCertificateNotAfter"));
  EXPECT_FALSE(facts(*uplink).contains("clockFault"));
  EXPECT_EQ(cloud.connections(), 1u);
}

TEST_F(IotisticTls, HandshakesCountAmongTheBytes) {
  Cloud cloud({.tls = ServerTls{certificates().server(), {}}, .caCertificate = {}});
  const auto uplink = start(cloud.url(), trusting());
  EXPECT_TRUE(enrol(*uplink).status.ok());
  EXPECT_GT(std::stol(facts(*uplink).at("bytesReceived")), 1'000);
  EXPECT_GT(std::stol(facts(*uplink).at("bytesSent")), 500);
}

TEST_F(IotisticTls, NoOtherCertificateIs) {
  const struct {
    Certificates::Pair certificate;
    Options options;
    const char* words;
    bool clock;
  } rows[] = {
      {certificates().server(), {}, "TLS: ", false},
      {certificates().otherName(), trusting(), "TLS: ", false},
      {certificates().expired(), trusting(), "the cloud's certificate has expired, unless", true},
      {certificates().notYetValid(), trusting(), "the clock is behind", true}};
  for (const auto& row : rows) {
    Cloud cloud({.tls = ServerTls{row.certificate, {}}, .caCertificate = {}});
    const auto uplink = start(cloud.url(), row.options);
    const Outcome outcome = enrol(*uplink);
    EXPECT_EQ(outcome.status.code, ErrorClass::Transient);
    EXPECT_THAT(outcome.message, HasSubstr(row.words));
    EXPECT_EQ(facts(*uplink).contains("clockFault"), row.clock) << row.words;
    EXPECT_TRUE(cloud.exchanges().empty());
  }
}

TEST_F(IotisticTls, ACaFileExcludesTheSystemsAuthorities) {
  const fixtures::SystemAuthority system(certificates().caFile());
  const Certificates others;
  Cloud cloud({.tls = ServerTls{certificates().server(), {}}, .caCertificate = {}});
  const Outcome refused = enrol(*start(cloud.url(), {{"caFile", others.caFile()}}));
  EXPECT_EQ(refused.status.code, ErrorClass::Transient);
  EXPECT_THAT(refused.message, HasSubstr("TLS: "));
  EXPECT_TRUE(enrol(*start(cloud.url())).status.ok());
}

TEST_F(IotisticTls, ACloudMayAskForACertificate) {
  Cloud cloud(
      {.tls = ServerTls{certificates().server(), certificates().caFile()}, .caCertificate = {}});
  EXPECT_EQ(enrol(*start(cloud.url(), trusting())).status.code, ErrorClass::Transient);
  EXPECT_TRUE(cloud.exchanges().empty());
  const auto uplink = start(cloud.url(), {{"caFile", certificates().caFile()},
                                          {"certFile", certificates().client().certFile},
                                          {"keyFile", certificates().client().keyFile}});
  EXPECT_TRUE(enrol(*uplink).status.ok());
  EXPECT_TRUE(facts(*uplink).contains("clientCertificateNotAfter"));
}

// It is there for the day that the cloud moves to an authority of its own.
TEST_F(IotisticTls, TheAuthorityThatAVerifiedCloudNamesIsTrustedBesides) {
  const std::string authority = contentOf(certificates().caFile());
  fixtures::writeFile(directory_.path() / "cloud-ca.pem", authority);
  Cloud cloud({.tls = ServerTls{certificates().server(), {}}, .caCertificate = authority});
  const auto uplink = start(cloud.url());
  enrolWhole(*uplink);
  EXPECT_TRUE(fetch(*uplink).status.ok());
}

TEST_F(IotisticTls, TheAuthorityIsTakenOverOnlyWhereNoneIsConfiguredAndAllWasVerified) {
  const std::string authority = contentOf(certificates().caFile());
  const std::string kept = directory_.path() / "cloud-ca.pem";
  Cloud open({.tls = {}, .caCertificate = authority});
  EXPECT_TRUE(enrol(*start(open.url())).status.ok());
  EXPECT_FALSE(std::filesystem::exists(kept));
  std::filesystem::remove(directory_.path() / "identity.json");

  Cloud cloud({.tls = ServerTls{certificates().server(), {}}, .caCertificate = authority});
  EXPECT_TRUE(enrol(*start(cloud.url(), trusting())).status.ok());
  EXPECT_FALSE(std::filesystem::exists(kept));
  cloud.forget(kUuid);
  std::filesystem::remove(directory_.path() / "identity.json");

  fixtures::writeFile(kept, authority + "\n");  // an older one, by which this cloud is verified
  const auto uplink = start(cloud.url());
  enrolWhole(*uplink);
  EXPECT_EQ(contentOf(kept), authority);
  EXPECT_GT(std::stol(facts(*uplink).at("bytesSent")), 0);
}

// A file that OpenSSL cannot read to its end would end every later connection.
TEST_F(IotisticTls, WhatIsNoCertificateIsNotTrusted) {
  const std::string authority = contentOf(certificates().caFile());
  const std::string kept = directory_.path() / "cloud-ca.pem";
  for (const std::string& named :
       {std::string("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        authority + authority.substr(0, authority.size() / 2),
        authority + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}) {
    std::filesystem::remove(directory_.path() / "identity.json");
    fixtures::writeFile(kept, authority);
    Cloud cloud({.tls = ServerTls{certificates().server(), {}}, .caCertificate = named});
    const auto uplink = start(cloud.url());
    enrolWhole(*uplink);
    EXPECT_EQ(contentOf(kept), authority);
    EXPECT_TRUE(fetch(*uplink).status.ok());
    ASSERT_FALSE(hosts_.back()->lines().empty());
    EXPECT_EQ(hosts_.back()->lines().back().level, sdk::LogLevel::Warning);
  }
}

TEST_F(IotisticTls, SeveralAuthoritiesAreTrustedTogether) {
  const std::string authority = contentOf(certificates().caFile());
  const Certificates others;
  const std::string both = contentOf(others.caFile()) + authority;
  const std::string kept = directory_.path() / "cloud-ca.pem";
  fixtures::writeFile(kept, authority);
  Cloud cloud({.tls = ServerTls{certificates().server(), {}}, .caCertificate = both});
  enrolWhole(*start(cloud.url()));
  EXPECT_EQ(contentOf(kept), both);
}

// It learns the cloud's name, and none of what is said.
TEST_F(IotisticTls, AProxyIsAskedForTheConnection) {
  ScriptedReceiver proxy({answering("407 Proxy Authentication Required")});
  const auto uplink = start("https://cloud.invalid", {{"proxy", proxy.url("")}});
  const Outcome outcome = enrol(*uplink);
  EXPECT_EQ(outcome.status.code, ErrorClass::Denied);
  EXPECT_THAT(outcome.message, HasSubstr("the proxy answered 407"));
  ASSERT_EQ(proxy.requests().size(), 1u);
  const auto asked = proxy.requests()[0];
  EXPECT_EQ(asked.line, "CONNECT cloud.invalid:443 HTTP/1.1");
  EXPECT_THAT(asked.head, Not(HasSubstr("Authorization:")));
  EXPECT_THAT(asked.head, Not(HasSubstr(Cloud::provisioningKey())));
  EXPECT_EQ(asked.body, "");
}

TEST_F(IotisticTls, OverAProxyEverythingGoesInOneConnection) {
  ::unsetenv("no_proxy");  // the way to this machine would be an exception
  ::unsetenv("NO_PROXY");
  Cloud cloud({.tls = ServerTls{certificates().server(), {}}, .caCertificate = {}});
  const std::string address = cloud.url().substr(std::string_view("https://").size());
  ScriptedReceiver proxy({connecting(std::stoi(address.substr(address.find(':') + 1)))});
  const auto uplink =
      start(cloud.url(), {{"caFile", certificates().caFile()}, {"proxy", proxy.url("")}});
  enrolWhole(*uplink);
  EXPECT_TRUE(fetch(*uplink).status.ok());
  EXPECT_EQ(report(*uplink, kReport).status.code, ErrorClass::Ok);
  ASSERT_EQ(proxy.requests().size(), 1u);
  EXPECT_EQ(proxy.requests()[0].line, "CONNECT " + address + " HTTP/1.1");
  EXPECT_EQ(cloud.connections(), 1u);
}

TEST_F(IotisticTls, AProxyThatCannotConnectIsUnavailable) {
  ScriptedReceiver proxy({answering("502 Bad Gateway")});
  const auto uplink = start("https://cloud.invalid", {{"proxy", proxy.url("")}});
  const Outcome outcome = enrol(*uplink);
  EXPECT_EQ(outcome.status.code, ErrorClass::Unavailable);
  EXPECT_THAT(outcome.message, HasSubstr("the proxy answered 502"));
}

}  // namespace
}  // namespace holdfast::iotistic
