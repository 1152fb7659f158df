// SPDX-License-Identifier: Apache-2.0
#include "uplink/iotistic/identity.hpp"

#include "holdfast/support/json.hpp"
#include "holdfast/support/secret_file.hpp"
#include "uplink/iotistic/durable_file.hpp"

#include <boost/json.hpp>

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace holdfast::iotistic {
namespace {

namespace json = boost::json;
using sdk::EnrolmentStep;

constexpr std::size_t kKeyBytes = 32;

constexpr std::array<std::pair<EnrolmentStep, std::string_view>, 3> kSteps = {
    {{EnrolmentStep::Register, "register"},
     {EnrolmentStep::ExchangeKey, "keyExchange"},
     {EnrolmentStep::None, "done"}}};

bool isHex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool isKey(std::string_view text) {
  return text.size() == 2 * kKeyBytes && std::all_of(text.begin(), text.end(), isHex);
}

std::string_view word(EnrolmentStep step) {
  const auto* const at = std::find_if(kSteps.begin(), kSteps.end(),
                                      [&](const auto& entry) { return entry.first == step; });
  return at->second;
}

// A file that a person wrote has no word: the cloud knows the device, and its key is proven first.
EnrolmentStep stepOf(std::string_view text) {
  const auto* const at = std::find_if(kSteps.begin(), kSteps.end(),
                                      [&](const auto& entry) { return entry.second == text; });
  return at == kSteps.end() ? EnrolmentStep::ExchangeKey : at->first;
}

}  // namespace

bool isUuid(std::string_view text) {
  constexpr std::string_view kForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  return text.size() == kForm.size() &&
         std::equal(text.begin(), text.end(), kForm.begin(),
                    [](char c, char form) { return form == '-' ? c == '-' : isHex(c); });
}

Identity newIdentity(std::string_view uuid) {
  std::array<unsigned char, kKeyBytes> bytes{};
  // Up to 256 bytes come whole or not at all.
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw std::system_error(errno, std::generic_category(), "getrandom");
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  Identity identity;
  identity.uuid = uuid;
  for (const unsigned char byte : bytes) {
    identity.deviceKey += kDigits[byte >> 4u];
    identity.deviceKey += kDigits[byte & 15u];
  }
  return identity;
}

IdentityFile::IdentityFile(std::string_view directory)
    : path_((std::filesystem::path(directory) / "identity.json").string()) {}

std::optional<Identity> IdentityFile::load() const {
  std::error_code ignored;
  if (!std::filesystem::exists(std::filesystem::symlink_status(path_, ignored))) {
    return std::nullopt;
  }
  const support::SecretText file = support::readSecretFile(path_);
  if (!file.text) {
    throw std::runtime_error(file.problem);
  }
  const std::optional<json::value> content = support::parseJson(*file.text);
  Identity identity;
  if (content) {
    identity.uuid = support::jsonText(*content, {"uuid"});
    identity.deviceKey = support::jsonText(*content, {"deviceApiKey"});
    identity.next = stepOf(support::jsonText(*content, {"enrolment"}));
    identity.deviceId = support::jsonText(*content, {"deviceId"});
    identity.fleetId = support::jsonText(*content, {"fleetId"});
  }
  if (!isUuid(identity.uuid) || !isKey(identity.deviceKey)) {
    throw std::runtime_error(
        path_ +
        R"( is damaged: expected {"uuid": "...", "deviceApiKey": "64 hexadecimal digits"}; without )"
        "this file the device registers anew, as another one");
  }
  return identity;
}

void IdentityFile::save(const Identity& identity) const {
  const json::object content = {{"uuid", identity.uuid},
                                {"deviceApiKey", identity.deviceKey},
                                {"enrolment", word(identity.next)},
                                {"deviceId", identity.deviceId},
                                {"fleetId", identity.fleetId}};
  writeDurably(path_, json::serialize(content) + "\n");
}

}  // namespace holdfast::iotistic
