// SPDX-License-Identifier: Apache-2.0
#include "cli/context.hpp"

#include "cli/json_view.hpp"
#include "cli/text.hpp"
#include "holdfast/support/http.hpp"
#include "holdfast/support/json.hpp"

#include <ctime>
#include <utility>

namespace holdfast::cli {
namespace {

constexpr int kUnprocessable = 422;

// RFC 9110 "Sun, 06 Nov 1994 08:49:37 GMT".
std::optional<model::WallTime> fromHttpDate(const std::string& date) {
  std::tm parts{};
  const char* const end = ::strptime(date.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') {
    return std::nullopt;
  }
  return model::WallTime(std::chrono::seconds(::timegm(&parts)));
}

// The answer's own milliseconds, else the second of its Date header, else this machine's clock.
model::WallTime serverTime(const ApiResponse& response, const boost::json::value& body) {
  if (const auto at = instant(body, "at")) {
    return *at;
  }
  if (const auto date = fromHttpDate(response.date)) {
    return *date;
  }
  return std::chrono::time_point_cast<model::Milliseconds>(std::chrono::system_clock::now());
}

}  // namespace

std::string problemText(const ApiResponse& response) {
  if (const auto body = support::parseJson(response.body)) {
    for (const char* name : {"detail", "title"}) {
      if (std::string said = text(*body, name); !said.empty()) {
        const std::string word = text(*body, "class");
        return word.empty() ? said : said + " (" + word + ")";
      }
    }
  }
  return "the agent answered with HTTP status " + std::to_string(response.status);
}

Answer ask(Context& context, const ApiRequest& request) {
  const ApiResponse response = context.api.send(request);
  if (response.status >= 400 && response.status != kUnprocessable) {
    throw Failed(problemText(response));
  }
  boost::json::value body;
  if (!response.body.empty()) {
    auto parsed = support::parseJson(response.body);
    if (!parsed) {
      throw Failed("the answer to " + request.method + " " + request.target +
                   " is no JSON; is this socket holdfastd's?");
    }
    body = std::move(*parsed);
  }
  const model::WallTime at = serverTime(response, body);
  return {response.status, std::move(body), response.etag, at};
}

Answer get(Context& context, const std::string& target) {
  return ask(context, {.target = target});
}

Answer post(Context& context, const std::string& target, std::string body) {
  return ask(context, {.method = "POST", .target = target, .body = std::move(body)});
}

ServiceName serviceName(std::string_view text) {
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == text.size()) {
    throw Failed("'" + oneLine(text) + "' is not APP/SERVICE (as in monitoring/nodered; " +
                     "'holdfast status' lists them)",
                 kUsage);
  }
  return {std::string(text.substr(0, slash)), std::string(text.substr(slash + 1))};
}

std::string servicePath(const ServiceName& name, std::string_view rest) {
  return "/v1/services/" + support::urlEncode(name.app) + "/" + support::urlEncode(name.service) +
         std::string(rest);
}

void printJson(Context& context, const boost::json::value& value) {
  context.console.out(prettyJson(value));
}

bool confirmed(Context& context, std::string_view question) {
  if (context.arguments.has("yes")) {
    return true;
  }
  if (!context.console.inIsTerminal()) {
    throw Failed("nobody can be asked, since standard input is no terminal; add --yes to go ahead",
                 kUsage);
  }
  context.console.err(std::string(question) + " [y/N] ");
  const auto reply = context.console.readLine();
  return reply && (*reply == "y" || *reply == "Y" || *reply == "yes");
}

}  // namespace holdfast::cli
