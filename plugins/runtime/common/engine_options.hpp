// SPDX-License-Identifier: Apache-2.0
// The options that all plugins for container engines have.
#pragma once

#include "holdfast/sdk/types.hpp"
#include "holdfast/support/http.hpp"

#include <string>
#include <string_view>

namespace holdfast::runtime {

// clang-format off
// Members of "properties" in the schema of such a plugin's options, beside its own "url". A macro,
// because a schema is one constant text.
#define HOLDFAST_ENGINE_OPTIONS                                                                   \
  R"("caFile": {"type": "path", "description": "Certificate authority, PEM, that the engine's )"  \
  R"(certificate must come from. Default: those of the system."},)"                               \
  R"("certFile": {"type": "path", "description": "Client certificate, PEM, for an engine that )"  \
  R"(asks for one. Goes with keyFile."},)"                                                        \
  R"("keyFile": {"type": "path", "description": "Key of the client certificate, PEM. Goes with )" \
  R"(certFile."},)"                                                                               \
  R"("authFile": {"type": "path", "description": "Registry credentials in the format of )"        \
  R"(Docker's config.json; looked at before Docker's own file."})"
// clang-format on

struct EngineOptions {
  support::HttpEndpoint endpoint;
  std::string authFile;
};

// `url` stands for the option of that name. Throws std::invalid_argument that names the option and
// what was expected.
[[nodiscard]] EngineOptions readEngineOptions(const sdk::Host& host, std::string_view url);

}  // namespace holdfast::runtime
