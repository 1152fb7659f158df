// SPDX-License-Identifier: Apache-2.0
#include "uplink/iotistic/options.hpp"

#include "holdfast/support/url.hpp"

namespace holdfast::iotistic {
namespace {

using support::option;
using support::refuse;

constexpr std::string_view kVersionPath = "/api/v1";

}  // namespace

ApiUrl readApiUrl(const std::string& url) {
  support::HttpUrl parts;
  std::string problem;
  if (!support::parseUrl(url, parts, problem)) {
    refuse("url: " + problem);
  }
  if (!parts.credentials.empty()) {
    refuse("url: expected none with a password; devices prove themselves by a key of their own");
  }
  if (parts.target.find('?') != std::string::npos) {
    refuse("url: expected none with a query, such as https://cloud.example.org");
  }
  std::string path = parts.target;
  while (path.ends_with('/')) {
    path.pop_back();
  }
  if (!path.ends_with(kVersionPath)) {
    path += kVersionPath;
  }
  return {parts.baseUrl, path};
}

Options readOptions(const sdk::Host& host) {
  Options options;
  options.url = readApiUrl(option(host, "url"));
  options.provisioningKeyFile = option(host, "provisioningKeyFile");
  options.deviceType = option(host, "deviceType");
  if (options.deviceType.empty()) {
    refuse("deviceType: expected a word such as generic");
  }
  options.tls = support::readTlsFiles(host);
  if (options.tls.any() && !options.url.encrypted()) {
    refuse("url is not encrypted: caFile, certFile and keyFile need https://");
  }
  options.proxy = support::readProxy(host);
  options.timeoutMs = support::readTimeoutMs(host, options.timeoutMs);
  return options;
}

}  // namespace holdfast::iotistic
