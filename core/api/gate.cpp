// SPDX-License-Identifier: Apache-2.0
#include "api/gate.hpp"

#include "api/session_cookie.hpp"
#include "model/sha256.hpp"

#include <algorithm>
#include <cctype>

namespace holdfast::api {
namespace {

constexpr std::string_view kChallenge = "Bearer realm=\"holdfast\"";
constexpr std::string_view kNoToken = "the token is none of api.tokenFile";

Response unauthorized(std::string_view detail, bool wrongToken = false) {
  auto response = problem(401, detail);
  response.headers["WWW-Authenticate"] =
      std::string(kChallenge) + (wrongToken ? ", error=\"invalid_token\"" : "");
  return response;
}

Response tooMany(std::chrono::seconds wait) {
  auto response = problem(429, "too many wrong tokens came from your address; try again in " +
                                   std::to_string(wait.count()) + " s");
  response.headers["Retry-After"] = std::to_string(wait.count());
  return response;
}

bool changesNothing(const std::string& method) {
  return method == "GET" || method == "HEAD";
}

// The token of "Bearer <token>"; empty when it is of another scheme.
std::string_view bearerIn(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  if (authorization.size() <= kScheme.size() ||
      !std::equal(kScheme.begin(), kScheme.end(), authorization.begin(),
                  [&](char b, char a) { return same(a, b); })) {
    return {};
  }
  const auto token = authorization.substr(kScheme.size());
  return token.substr(std::min(token.find_first_not_of(' '), token.size()));
}

Caller callerOf(const config::Token& token, const std::string& network) {
  return {accessOf(token.role), token.name, network, token.digest, ""};
}

}  // namespace

Access accessOf(config::TokenRole role) {
  return role == config::TokenRole::Operate ? Access::Operate : Access::Read;
}

Gate::Gate(const std::vector<std::string>& hosts, std::function<void(const std::string&)> warn,
           std::function<Instant()> now)
    : warn_(std::move(warn)), now_(std::move(now)), hosts_(hosts) {}

void Gate::setHosts(const std::vector<std::string>& hosts) {
  HostList list(hosts);
  const std::lock_guard lock(mutex_);
  hosts_ = std::move(list);
}

void Gate::setTokens(std::vector<config::Token> tokens) {
  // In this order: who signs in meanwhile either has a session that is ended here, or finds the new
  // tokens once it has one (see signIn).
  const std::lock_guard lock(mutex_);
  tokens_ = std::move(tokens);
  sessions_.keepOnly(tokens_);
}

bool Gate::isOurs(const Knock& knock) const {
  const std::lock_guard lock(mutex_);
  return hosts_.allows(knock.host, knock.from.host);
}

std::optional<Response> Gate::strange(const Knock& knock, const Route& route) const {
  if (knock.from.peer) {
    return std::nullopt;
  }
  if (knock.host.empty()) {
    return problem(400, "expected a Host header");
  }
  if (!isOurs(knock)) {
    return problem(421,
                   "this device does not answer to the name in the Host header; use its address "
                   "or name, or add the name to api.hosts");
  }
  if (!knock.origin.empty() && !isSameOrigin(knock.origin, knock.host)) {
    return problem(403, "requests from pages of other sites are refused (Origin)");
  }
  const bool foreign =
      !knock.fetchSite.empty() && knock.fetchSite != "same-origin" && knock.fetchSite != "none";
  // Following a link to the dashboard is no request of the page that has the link.
  const bool follows = knock.fetchMode == "navigate" && changesNothing(knock.method) &&
                       route.access == Access::Public;
  if (foreign && !follows) {
    return problem(403, "requests from pages of other sites are refused (Sec-Fetch-Site)");
  }
  return std::nullopt;
}

std::optional<config::Token> Gate::tokenOf(std::string_view text) const {
  const auto digest = model::sha256Hex(text);
  std::optional<config::Token> found;
  const std::lock_guard lock(mutex_);
  for (const auto& token : tokens_) {  // all of them, whichever it is
    if (model::sameDigest(token.digest, digest)) {
      found = token;
    }
  }
  return found;
}

std::variant<config::Token, Response> Gate::check(std::string_view text,
                                                  const std::string& network) {
  const auto now = now_();
  if (const auto wait = failures_.wait(network, now); wait.count() > 0) {
    return tooMany(wait);
  }
  if (auto token = tokenOf(text)) {
    return *token;
  }
  if (failures_.failed(network, now)) {
    warn_("many wrong tokens from " + network + "; it has to wait for a minute");
  }
  return unauthorized(kNoToken, true);
}

std::variant<Caller, Response> Gate::bySession(const Knock& knock, Caller caller) {
  caller.session = sessionIn(knock.cookie);
  const auto token = caller.session.empty() ? std::nullopt : sessions_.find(caller.session, now_());
  if (!token) {
    return caller;
  }
  // A browser adds the cookie by itself. What changes something has to show that a page of this
  // very origin asked for it; strange() has refused all others.
  if (!changesNothing(knock.method) && knock.origin.empty() && knock.fetchSite != "same-origin") {
    return problem(403, "expected an Origin header beside the cookie of a session");
  }
  auto known = callerOf(*token, caller.network);
  known.session = caller.session;
  return known;
}

std::variant<Caller, Response> Gate::identify(const Knock& knock, const Route& route) {
  if (const auto& peer = knock.from.peer) {
    return Caller{
        .access = peer->access,
        .name = "uid " + std::to_string(peer->uid) + " (pid " + std::to_string(peer->pid) + ")"};
  }
  const auto bearer = bearerIn(knock.authorization);
  const bool byKey = route.takesApiKey && knock.authorization.empty() && !knock.apiKey.empty();
  if (knock.authorization.empty() && !byKey) {
    return bySession(knock, {.network = knock.from.network});
  }
  if (!byKey && bearer.empty()) {
    return unauthorized("expected Authorization: Bearer <token>");
  }
  auto checked = check(byKey ? knock.apiKey : bearer, knock.from.network);
  if (auto* refused = std::get_if<Response>(&checked)) {
    return std::move(*refused);
  }
  return callerOf(std::get<config::Token>(checked), knock.from.network);
}

std::optional<Response> Gate::refusal(const Caller& caller, const Route& route) {
  if (caller.access >= route.access) {
    return std::nullopt;
  }
  const std::string needed = route.access == Access::Operate ? "operate" : "read";
  if (caller.access == Access::Public && caller.network.empty()) {
    return problem(403, caller.name +
                            " may not use this socket: expected root, the agent's own user or a "
                            "member of the group in api.group or api.readGroup");
  }
  if (caller.access == Access::Public) {
    return unauthorized("expected a token of api.tokenFile with the role " + needed +
                        " as Authorization: Bearer <token>, or a session (POST /v1/session)");
  }
  return problem(403, caller.name + " may read, but this needs the role " + needed);
}

bool Gate::stillHolds(const Caller& caller) const {
  if (caller.tokenDigest.empty()) {
    return true;
  }
  if (!caller.session.empty()) {
    return sessions_.isOpen(caller.session, now_());
  }
  const std::lock_guard lock(mutex_);
  return std::any_of(tokens_.begin(), tokens_.end(), [&](const config::Token& token) {
    return token.digest == caller.tokenDigest && accessOf(token.role) >= caller.access;
  });
}

std::variant<Gate::SignIn, Response> Gate::signIn(std::string_view token, const Caller& caller) {
  auto checked = check(token, caller.network);
  if (auto* refused = std::get_if<Response>(&checked)) {
    return std::move(*refused);
  }
  auto& good = std::get<config::Token>(checked);
  auto session = sessions_.open(good, now_());
  if (tokenOf(token) != good) {  // the tokens were replaced before there was a session to end
    sessions_.close(session);
    return unauthorized("the tokens were changed meanwhile; sign in again", true);
  }
  return SignIn{std::move(good), std::move(session)};
}

}  // namespace holdfast::api
