// SPDX-License-Identifier: Apache-2.0
// Who may come in: where a request must come from, whose it is, and whether that is enough.
#pragma once

#include "api/access.hpp"
#include "api/connection.hpp"
#include "api/failure_limiter.hpp"
#include "api/host_list.hpp"
#include "api/http.hpp"
#include "api/router.hpp"
#include "api/sessions.hpp"
#include "config/token_file.hpp"

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace holdfast::api {

// What a request says of its sender, header by header; empty where it does not.
struct Knock {
  const Origin& from;
  std::string method;
  std::string host;
  std::string origin;
  std::string fetchSite;  // Sec-Fetch-Site
  std::string fetchMode;  // Sec-Fetch-Mode
  std::string authorization;
  std::string apiKey;  // X-API-Key
  std::string cookie;
};

// What a token of this role lets its owner do.
[[nodiscard]] Access accessOf(config::TokenRole role);

// Thread-safe.
class Gate {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  // `hosts`: see HostList. Without tokens until setTokens(). `warn` may be called from any thread.
  // `now` is replaced in tests.
  Gate(const std::vector<std::string>& hosts, std::function<void(const std::string&)> warn,
       std::function<Instant()> now = std::chrono::steady_clock::now);

  // The names by which this device may be addressed from now on: see HostList.
  void setHosts(const std::vector<std::string>& hosts);

  // Ends the sessions of tokens that are not among these any more.
  void setTokens(std::vector<config::Token> tokens);

  // A request over TCP that came by a foreign name (421), or from another site's page (403).
  [[nodiscard]] std::optional<Response> strange(const Knock& knock, const Route& route) const;

  // Whose request it is, or 401, 403 or 429.
  [[nodiscard]] std::variant<Caller, Response> identify(const Knock& knock, const Route& route);

  // Nothing when the caller may use the route; else 401 or 403.
  [[nodiscard]] static std::optional<Response> refusal(const Caller& caller, const Route& route);

  // Whether what the caller's access rests on is still there; asked while a stream is open.
  [[nodiscard]] bool stillHolds(const Caller& caller) const;

  struct SignIn {
    config::Token token;
    std::string session;
  };
  // Or 401 or 429.
  [[nodiscard]] std::variant<SignIn, Response> signIn(std::string_view token, const Caller& caller);
  void signOut(const std::string& session) { sessions_.close(session); }

 private:
  [[nodiscard]] bool isOurs(const Knock& knock) const;  // by the name it was sent to
  [[nodiscard]] std::optional<config::Token> tokenOf(std::string_view text) const;
  [[nodiscard]] std::variant<config::Token, Response> check(std::string_view text,
                                                            const std::string& network);
  [[nodiscard]] std::variant<Caller, Response> bySession(const Knock& knock, Caller caller);

  const std::function<void(const std::string&)> warn_;
  const std::function<Instant()> now_;
  FailureLimiter failures_;
  Sessions sessions_;
  mutable std::mutex mutex_;  // of what follows
  HostList hosts_;
  std::vector<config::Token> tokens_;
};

}  // namespace holdfast::api
