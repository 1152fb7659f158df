// SPDX-License-Identifier: Apache-2.0
#include "runtime/docker/options.hpp"

#include <stdexcept>

namespace holdfast::docker {
namespace {

std::string option(const sdk::Host& host, std::string_view name) {
  return std::string(host.option(name));
}

}  // namespace

Options readOptions(const sdk::Host& host) {
  const std::string url = option(host, "url");
  const std::string caFile = option(host, "caFile");
  const std::string certFile = option(host, "certFile");
  const std::string keyFile = option(host, "keyFile");
  if (certFile.empty() != keyFile.empty()) {
    throw std::invalid_argument("certFile and keyFile go together: one of them is missing");
  }
  Options options;
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

}  // namespace holdfast::docker
