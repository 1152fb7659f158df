// SPDX-License-Identifier: Apache-2.0
#include "api/entity_tag.hpp"
#include "api/handlers.hpp"
#include "api/openapi_document.hpp"

namespace holdfast::api {

Response describeApi(const Request& request, Agent&) {
  return taggedByContent(
      {.status = 200, .headers = {}, .body = std::string(kOpenapiJson), .stream = {}}, request);
}

}  // namespace holdfast::api
