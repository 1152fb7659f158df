// SPDX-License-Identifier: Apache-2.0
// Entity tags: whether a client has an answer already (RFC 9110, 8.8.3 and 13.1.2). Pure.
#pragma once

#include "api/http.hpp"

#include <string>
#include <string_view>

namespace holdfast::api {

// Whether the list of an If-None-Match has `tag` in it, weak ones being equal to strong ones; '*'
// has every tag. What is malformed has none from there on, so that the answer is sent in full.
[[nodiscard]] bool matchesTag(std::string_view ifNoneMatch, std::string_view tag);

// `response` under `tag`; 304 without a body where the request has it already.
[[nodiscard]] Response tagged(Response response, const Request& request, const std::string& tag);

// The same under a tag that changes with the body and with nothing else.
[[nodiscard]] Response taggedByContent(Response response, const Request& request);

}  // namespace holdfast::api
