// SPDX-License-Identifier: Apache-2.0
#include "api/http.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace holdfast::api {
namespace {

int hexDigit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

boost::json::object problemObject(int status, std::string_view detail) {
  return {
      {"type", "about:blank"}, {"title", titleOf(status)}, {"status", status}, {"detail", detail}};
}

Response problemResponse(int status, const boost::json::object& object) {
  Response response = json(status, object);
  response.contentType = "application/problem+json";
  return response;
}

}  // namespace

std::string_view Request::parameter(const std::string& name) const {
  const auto found = query.find(name);
  return found == query.end() ? std::string_view{} : std::string_view(found->second);
}

Response json(int status, const boost::json::value& value) {
  return {.status = status, .body = boost::json::serialize(value) + "\n"};
}

Response problem(int status, std::string_view detail) {
  return problemResponse(status, problemObject(status, detail));
}

Response problem(int status, std::string_view detail, const boost::json::array& problems) {
  auto object = problemObject(status, detail);
  object["problems"] = problems;
  return problemResponse(status, object);
}

Response problem(int status, std::string_view detail, const boost::json::object& members) {
  auto object = problemObject(status, detail);
  for (const auto& member : members) {
    object[member.key()] = member.value();
  }
  return problemResponse(status, object);
}

std::string_view titleOf(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "";
  }
}

bool decode(std::string_view text, bool query, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += query && text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const int high = text.size() - i > 2 ? hexDigit(text[i + 1]) : -1;
    const int low = text.size() - i > 2 ? hexDigit(text[i + 2]) : -1;
    if (high < 0 || low < 0 || (high == 0 && low == 0)) {
      return false;
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return true;
}

bool parseQuery(std::string_view text, std::map<std::string, std::string>& out) {
  for (std::string_view rest = text; !rest.empty();) {
    const auto end = rest.find('&');
    const auto part = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    const auto equals = part.find('=');
    std::string name;
    std::string value;
    if (!decode(part.substr(0, equals), true, name) ||
        (equals != std::string_view::npos && !decode(part.substr(equals + 1), true, value))) {
      return false;
    }
    if (!name.empty()) {
      out[name] = value;
    }
  }
  return true;
}

}  // namespace holdfast::api
