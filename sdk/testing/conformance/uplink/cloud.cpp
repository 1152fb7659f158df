// SPDX-License-Identifier: Apache-2.0
#include "conformance/uplink/cloud.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace holdfast::conformance {
namespace {

constexpr std::string_view kDocument = "@document@";

// The facts with the request of a kind, and with the body of a good answer to it where there is
// one.
struct Named {
  Ask ask;
  std::string_view request;
  std::string_view body;
};
constexpr Named kFacts[] = {
    {Ask::Register, "register", "registered"},
    {Ask::Exchange, "exchange", "exchanged"},
    {Ask::Fetch, "fetch", "fetched"},
    {Ask::Report, "report", ""},
    {Ask::Logs, "logs", ""},
    {Ask::Health, "health", ""},
};

}  // namespace

Cloud::Cloud(const Kit& kit) {
  for (const Named& named : kFacts) {
    const std::string request = kit.fact(named.request).value.value_or("");
    if (request.empty()) {
      continue;  // there is none, or the tests that need it will say so
    }
    const std::size_t space = request.find(' ');
    if (space == std::string::npos || request.compare(space, 2, " /") != 0) {
      throw std::invalid_argument("conformance." + std::string(named.request) + " is \"" + request +
                                  "\", expected METHOD /path");
    }
    rules_.push_back({named.ask, request.substr(0, space), request.substr(space + 1)});
    if (!named.body.empty()) {
      bodies_[named.ask] = kit.fact(named.body).value.value_or("");
    }
  }
  etagHeader_ = kit.fact("etag").value.value_or("");
  reset();
}

void Cloud::reset(const std::string& document, const std::string& etag) {
  {
    const std::lock_guard lock(mutex_);
    answers_.clear();
    document_ = document;
    etag_ = etag;
  }
  receiver_.script([this](const ReceivedRequest& request) { return respond(request); });
}

void Cloud::answer(Ask ask, Answers answers) {
  const std::lock_guard lock(mutex_);
  answers_[ask] = std::move(answers);
}

void Cloud::answer(Ask ask, const Answer& answer) {
  this->answer(ask, [answer](const ReceivedRequest&) { return answer; });
}

Answer Cloud::target(const std::string& document, const std::string& etag) const {
  Answer answer;
  answer.headers = "Content-Type: application/json\r\n";
  if (!etagHeader_.empty() && !etag.empty()) {
    answer.headers += etagHeader_ + ": " + etag + "\r\n";
  }
  answer.body = bodies_.at(Ask::Fetch);
  if (const std::size_t at = answer.body.find(kDocument); at != std::string::npos) {
    answer.body.replace(at, kDocument.size(), document);
  }
  return answer;
}

std::optional<Ask> Cloud::askOf(const ReceivedRequest& request) const {
  const auto rule = std::find_if(rules_.begin(), rules_.end(), [&](const Rule& known) {
    return known.method == request.method() &&
           ::fnmatch(known.path.c_str(), request.path().c_str(), FNM_PATHNAME) == 0;
  });
  return rule == rules_.end() ? std::nullopt : std::optional(rule->ask);
}

Answer Cloud::good(Ask ask, const ReceivedRequest& request) const {
  std::string document;
  std::string etag;
  {
    const std::lock_guard lock(mutex_);
    document = document_;
    etag = etag_;
  }
  if (ask == Ask::Fetch) {
    const bool known = !etagHeader_.empty() && request.header("if-none-match") == etag;
    return known ? Answer{"304 Not Modified", {}, {}} : target(document, etag);
  }
  const auto body = bodies_.find(ask);
  return {"200 OK", "Content-Type: application/json\r\n",
          body == bodies_.end() ? "{}" : body->second};
}

Answer Cloud::respond(const ReceivedRequest& request) const {
  const auto ask = askOf(request);
  if (!ask) {
    return {"404 Not Found", {}, {}};
  }
  Answers scripted;
  {
    const std::lock_guard lock(mutex_);
    const auto found = answers_.find(*ask);
    scripted = found == answers_.end() ? Answers() : found->second;
  }
  return scripted ? scripted(request) : good(*ask, request);
}

std::vector<ReceivedRequest> Cloud::requests(Ask ask) const {
  std::vector<ReceivedRequest> found;
  for (const ReceivedRequest& request : receiver_.requests()) {
    if (askOf(request) == ask) {
      found.push_back(request);
    }
  }
  return found;
}

std::vector<std::string> Cloud::strays() const {
  std::vector<std::string> found;
  for (const ReceivedRequest& request : receiver_.requests()) {
    if (!askOf(request)) {
      found.push_back(request.method() + " " + request.path());
    }
  }
  return found;
}

}  // namespace holdfast::conformance
