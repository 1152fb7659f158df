// SPDX-License-Identifier: Apache-2.0
#include "uplink/iotistic/enrolment.hpp"

#include "holdfast/support/json.hpp"

#include <boost/json.hpp>

namespace holdfast::iotistic {
namespace {

namespace json = boost::json;

void addText(json::object& object, std::string_view name, std::string_view text) {
  if (!text.empty()) {
    object[name] = text;
  }
}

// Clouds count devices by numbers, fleets by texts.
std::string idAt(const json::value& value, std::string_view name) {
  const json::value* const at = support::jsonAt(value, {name});
  if (at == nullptr || at->is_object() || at->is_array() || at->is_null()) {
    return {};
  }
  return at->is_string() ? std::string(at->get_string()) : json::serialize(*at);
}

// Line ends come escaped a second time from clouds that keep the certificate in one line.
std::string pemOf(std::string_view text) {
  std::string pem;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.substr(at).starts_with("\\n")) {
      pem += '\n';
      ++at;
    } else {
      pem += text[at];
    }
  }
  return pem.find("-----BEGIN CERTIFICATE-----") == std::string::npos ? std::string() : pem;
}

}  // namespace

std::string registrationBody(const Identity& identity, const sdk::DeviceInfo& device,
                             const std::string& deviceType) {
  const std::string name =
      device.name.empty() ? "device-" + identity.uuid.substr(0, 8) : std::string(device.name);
  json::object body = {{"uuid", identity.uuid},
                       {"deviceName", name},
                       {"deviceType", deviceType},
                       {"deviceApiKey", identity.deviceKey}};
  addText(body, "macAddress", device.macAddress);
  addText(body, "osVersion", device.osVersion);
  addText(body, "agentVersion", device.agentVersion);
  return json::serialize(body);
}

std::string keyExchangeBody(const Identity& identity) {
  return json::serialize(
      json::object{{"uuid", identity.uuid}, {"deviceApiKey", identity.deviceKey}});
}

std::optional<Registration> readRegistration(std::string_view answer) {
  const std::optional<json::value> value = support::parseJson(answer);
  if (!value || !value->is_object()) {
    return std::nullopt;
  }
  Registration registration;
  registration.deviceId = idAt(*value, "id");
  registration.fleetId = idAt(*value, "fleetId");
  registration.caCertificate = pemOf(support::jsonText(*value, {"api", "tlsConfig", "caCert"}));
  return registration;
}

}  // namespace holdfast::iotistic
