// SPDX-License-Identifier: Apache-2.0
#include "holdfast/support/options.hpp"

#include "holdfast/support/http.hpp"
#include "holdfast/support/url.hpp"

#include <charconv>
#include <stdexcept>

namespace holdfast::support {
namespace {

constexpr std::int64_t kMinTimeoutMs = 100;

}  // namespace

void refuse(const std::string& problem) {
  throw std::invalid_argument(problem);
}

std::string option(const sdk::Host& host, std::string_view name) {
  return std::string(host.option(name));
}

std::int64_t number(const sdk::Host& host, std::string_view name, std::int64_t otherwise) {
  const std::string_view text = host.option(name);
  std::int64_t value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);  // the host has checked it
  return value;
}

std::int64_t readTimeoutMs(const sdk::Host& host, std::int64_t otherwise) {
  const std::int64_t timeoutMs = number(host, "timeout", otherwise);
  if (timeoutMs < kMinTimeoutMs) {
    refuse("timeout: expected at least 100ms");
  }
  return timeoutMs;
}

TlsFiles readTlsFiles(const sdk::Host& host) {
  TlsFiles files{.caFile = option(host, "caFile"),
                 .certFile = option(host, "certFile"),
                 .keyFile = option(host, "keyFile")};
  if (files.certFile.empty() != files.keyFile.empty()) {
    refuse("certFile and keyFile go together: one of them is missing");
  }
  return files;
}

std::string readProxy(const sdk::Host& host) {
  const std::string proxy = option(host, "proxy");
  if (proxy.empty() || proxy == kProxyFromEnvironment) {
    return kProxyFromEnvironment;
  }
  if (proxy == "none") {
    return {};
  }
  HttpUrl parts;
  std::string problem;
  if (!parseUrl(proxy, parts, problem)) {
    refuse("proxy: expected environment, none or a URL such as http://proxy.example.org:3128");
  }
  if (!parts.credentials.empty()) {
    refuse("proxy: a proxy with a password belongs in the environment, as https_proxy");
  }
  return parts.baseUrl;
}

}  // namespace holdfast::support
