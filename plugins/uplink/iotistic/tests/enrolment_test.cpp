// SPDX-License-Identifier: Apache-2.0
#include "uplink/iotistic/enrolment.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace holdfast::iotistic {
namespace {

namespace json = boost::json;

Identity sample() {
  return {.uuid = "6f1c1c1e-7f0e-4b7e-a2f5-1f6a3f1f7c55",
          .deviceKey = std::string(64, 'a'),
          .deviceId = {},
          .fleetId = {}};
}

TEST(Enrolment, RegistersWithWhatIsKnown) {
  sdk::DeviceInfo device;
  device.uuid = "another";
  device.name = "gateway-17";
  device.macAddress = "02:42:ac:11:00:02";
  device.osVersion = "Debian GNU/Linux 12 (bookworm)";
  device.agentVersion = "0.1.0";
  EXPECT_EQ(json::parse(registrationBody(sample(), device, "generic")),
            json::parse(R"json({"uuid": "6f1c1c1e-7f0e-4b7e-a2f5-1f6a3f1f7c55",
                "deviceName": "gateway-17", "deviceType": "generic",
                "deviceApiKey": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "macAddress": "02:42:ac:11:00:02",
                "osVersion": "Debian GNU/Linux 12 (bookworm)", "agentVersion": "0.1.0"})json"));
}

TEST(Enrolment, LeavesOutWhatIsNotButNeverTheName) {
  const json::value body = json::parse(registrationBody(sample(), {}, "generic"));
  EXPECT_EQ(body.at("deviceName"), "device-6f1c1c1e");
  EXPECT_EQ(body.as_object().size(), 4u);
}

TEST(Enrolment, ProvesTheKeyByItself) {
  EXPECT_EQ(json::parse(keyExchangeBody(sample())),
            json::value({{"uuid", sample().uuid}, {"deviceApiKey", sample().deviceKey}}));
}

TEST(Enrolment, KeepsTheIdsAndTheAuthority) {
  const auto registration = readRegistration(
      R"({"id": 4711, "fleetId": "fleet-1", "mqtt": {"password": "x"},
          "api": {"tlsConfig": {"caCert":
            "-----BEGIN CERTIFICATE-----\\nMIIB\\n-----END CERTIFICATE-----\\n"}}})");
  ASSERT_TRUE(registration);
  EXPECT_EQ(registration->deviceId, "4711");
  EXPECT_EQ(registration->fleetId, "fleet-1");
  EXPECT_EQ(registration->caCertificate,
            "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
}

TEST(Enrolment, TakesAnAnswerWithoutThem) {
  const auto registration =
      readRegistration(R"({"id": null, "fleetId": {}, "api": {"tlsConfig": {"caCert": "none"}}})");
  ASSERT_TRUE(registration);
  EXPECT_EQ(registration->deviceId, "");
  EXPECT_EQ(registration->fleetId, "");
  EXPECT_EQ(registration->caCertificate, "");
  EXPECT_FALSE(readRegistration("[]"));
  EXPECT_FALSE(readRegistration("<html>"));
}

}  // namespace
}  // namespace holdfast::iotistic
