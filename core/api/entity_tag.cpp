// SPDX-License-Identifier: Apache-2.0
#include "api/entity_tag.hpp"

#include "model/sha256.hpp"

namespace holdfast::api {
namespace {

// Half of a digest: nobody gains by a collision with what he was shown himself.
constexpr std::size_t kTagDigits = 32;

// The next tag of the list with its quotes, and the list without it; nothing at its end, and
// nothing of what is no tag.
std::string_view takeTag(std::string_view& list) {
  const auto begin = list.find_first_not_of(" \t,");
  list.remove_prefix(begin == std::string_view::npos ? list.size() : begin);
  if (list.starts_with("W/")) {
    list.remove_prefix(2);
  }
  const auto end = list.starts_with('"') ? list.find('"', 1) : std::string_view::npos;
  if (end == std::string_view::npos) {
    return {};
  }
  const auto tag = list.substr(0, end + 1);
  list.remove_prefix(tag.size());
  const auto next = list.find_first_not_of(" \t");
  if (next != std::string_view::npos && list[next] != ',') {
    list = {};  // more behind the quote than a comma
    return {};
  }
  return tag;
}

}  // namespace

bool matchesTag(std::string_view ifNoneMatch, std::string_view tag) {
  if (ifNoneMatch == "*") {
    return true;
  }
  for (auto next = takeTag(ifNoneMatch); !next.empty(); next = takeTag(ifNoneMatch)) {
    if (next == tag) {
      return true;
    }
  }
  return false;
}

Response tagged(Response response, const Request& request, const std::string& tag) {
  if (matchesTag(request.ifNoneMatch, tag)) {
    response.status = 304;  // with the headers that 200 would have (RFC 9110, 15.4.5)
    response.contentType.clear();
    response.body.clear();
  }
  response.headers["ETag"] = tag;
  return response;
}

Response taggedByContent(Response response, const Request& request) {
  const auto tag = '"' + model::sha256Hex(response.body).substr(0, kTagDigits) + '"';
  return tagged(std::move(response), request, tag);
}

}  // namespace holdfast::api
