// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/engine_options.hpp"

#include <stdexcept>

namespace holdfast::runtime {
namespace {

std::string option(const sdk::Host& host, std::string_view name) {
  return std::string(host.option(name));
}

}  // namespace

EngineOptions readEngineOptions(const sdk::Host& host, std::string_view address) {
  const std::string url(address);
  const std::string caFile = option(host, "caFile");
  const std::string certFile = option(host, "certFile");
  const std::string keyFile = option(host, "keyFile");
  if (certFile.empty() != keyFile.empty()) {
    throw std::invalid_argument("certFile and keyFile go together: one of them is missing");
  }
  EngineOptions options;
  options.authFile = option(host, "authFile");
  std::string problem;
  if (!support::parseEndpoint(url, !caFile.empty() || !certFile.empty(), options.endpoint,
                              problem)) {
    throw std::invalid_argument("url '" + url + "': " + problem);
  }
  const bool encrypted = options.endpoint.baseUrl.starts_with("https://");
  if (!encrypted && (!caFile.empty() || !certFile.empty())) {
    throw std::invalid_argument("url '" + url +
                                "' is not encrypted: caFile, certFile and keyFile need https:// or "
                                "tcp://");
  }
  options.endpoint.caFile = caFile;
  options.endpoint.certFile = certFile;
  options.endpoint.keyFile = keyFile;
  return options;
}

}  // namespace holdfast::runtime
