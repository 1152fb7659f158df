// SPDX-License-Identifier: Apache-2.0
// What a verb works with, and the questions that most verbs ask.
#pragma once

#include "cli/api.hpp"
#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/verb.hpp"
#include "model/time.hpp"

#include <boost/json/value.hpp>

#include <stdexcept>
#include <string>
#include <string_view>

namespace holdfast::cli {

struct Context {
  Api& api;
  Console& console;
  const Arguments& arguments;

  [[nodiscard]] bool wantsJson() const { return arguments.value("output") == "json"; }
};

// Ends a verb: what() goes to standard error behind "holdfast: ", the code becomes the exit code.
class Failed : public std::runtime_error {
 public:
  explicit Failed(const std::string& message, int code = kFailed)
      : std::runtime_error(message), code_(code) {}
  [[nodiscard]] int code() const { return code_; }

 private:
  int code_;
};

// An answer of the API, understood.
struct Answer {
  int status = 0;
  boost::json::value body;  // null when there was none (304, or an empty body)
  std::string etag;
  // The server's wall clock when it answered: relative times are told by its clock, since the two
  // need not agree where the API is reached over a network or a clock was just set.
  model::WallTime at;
};

// Sends the request. An answer of 400 and more becomes Failed with the server's own explanation,
// except 422, which the caller prints problem by problem.
[[nodiscard]] Answer ask(Context& context, const ApiRequest& request);
[[nodiscard]] Answer get(Context& context, const std::string& target);
[[nodiscard]] Answer post(Context& context, const std::string& target, std::string body = {});

// What an error answer says, in one line: `detail`, else `title`, else the status; with the class
// of the failure where it has one.
[[nodiscard]] std::string problemText(const ApiResponse& response);

struct ServiceName {
  std::string app;  // name or id
  std::string service;
};

// Takes APP/SERVICE apart; throws Failed with kUsage when it is not that.
[[nodiscard]] ServiceName serviceName(std::string_view text);

// "/v1/services/<app>/<service><rest>", percent-encoded.
[[nodiscard]] std::string servicePath(const ServiceName& name, std::string_view rest = {});

// Prints `value` for -o json.
void printJson(Context& context, const boost::json::value& value);

// Asks for a yes on the terminal; true at once with --yes. Without a terminal nobody can answer:
// throws Failed with kUsage that names --yes.
[[nodiscard]] bool confirmed(Context& context, std::string_view question);

}  // namespace holdfast::cli
