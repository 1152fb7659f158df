// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/engine_options.hpp"

#include "holdfast/support/options.hpp"

#include <utility>

namespace holdfast::runtime {

EngineOptions readEngineOptions(const sdk::Host& host, std::string_view address) {
  const std::string url(address);
  support::TlsFiles files = support::readTlsFiles(host);
  EngineOptions options;
  options.authFile = support::option(host, "authFile");
  std::string problem;
  if (!support::parseEndpoint(url, files.any(), options.endpoint, problem)) {
    support::refuse("url '" + url + "': " + problem);
  }
  const bool encrypted = options.endpoint.baseUrl.starts_with("https://");
  if (!encrypted && files.any()) {
    support::refuse("url '" + url +
                    "' is not encrypted: caFile, certFile and keyFile need https:// or tcp://");
  }
  options.endpoint.tls = std::move(files);
  return options;
}

}  // namespace holdfast::runtime
