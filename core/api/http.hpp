// SPDX-License-Identifier: Apache-2.0
// Requests and responses of the API as plain values, so that handlers can be tested without a
// socket.
#pragma once

#include "api/access.hpp"

#include <boost/json/value.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::api {

struct Request {
  std::string method;
  std::string path;                          // decoded per segment when it was routed
  std::map<std::string, std::string> query;  // decoded; of a repeated name the last
  std::string ifNoneMatch;
  std::string lastEventId;
  std::string idempotencyKey;
  std::string body;
  std::map<std::string, std::string> captures;  // of the route: "app", "service"
  Caller caller;

  // The query's value, empty when it is not there.
  [[nodiscard]] std::string_view parameter(const std::string& name) const;
};

// Where a streaming handler writes. False from write() means that the client has gone or the agent
// is stopping: return soon.
class StreamWriter {
 public:
  virtual ~StreamWriter() = default;
  virtual bool write(std::string_view bytes) = 0;  // sent at once
  [[nodiscard]] virtual bool open() const = 0;     // looks without writing
};

struct Response {
  int status = 200;
  std::string contentType = "application/json";
  std::map<std::string, std::string> headers;
  std::string body;
  // Set: the body is what it writes, until it returns. It runs on the connection's thread.
  std::function<void(StreamWriter&)> stream;
};

[[nodiscard]] Response json(int status, const boost::json::value& value);

// RFC 9457 application/problem+json: title from the status, `detail` one sentence for people.
[[nodiscard]] Response problem(int status, std::string_view detail);
[[nodiscard]] Response problem(int status, std::string_view detail,
                               const boost::json::array& problems);
// With further members.
[[nodiscard]] Response problem(int status, std::string_view detail,
                               const boost::json::object& members);

// "Not Found"; empty for statuses that the API does not use.
[[nodiscard]] std::string_view titleOf(int status);

// Percent-decoding of one path segment or query part; '+' is a space in a query. Nothing of a
// malformed escape.
[[nodiscard]] bool decode(std::string_view text, bool query, std::string& out);

// "?a=1&b=2" without the '?'. False when an escape is malformed.
[[nodiscard]] bool parseQuery(std::string_view text, std::map<std::string, std::string>& out);

}  // namespace holdfast::api
