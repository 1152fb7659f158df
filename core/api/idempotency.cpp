// SPDX-License-Identifier: Apache-2.0
#include "api/idempotency.hpp"

#include "model/sha256.hpp"

#include <algorithm>

namespace holdfast::api {
namespace {

bool isKey(const std::string& text) {
  return text.size() <= IdempotencyBook::kMaxKey &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

// The same for the same request. Each part ends with what no other part can have in it.
std::string digestOf(const Request& request) {
  std::string text = request.method + ' ' + request.path + '\0';
  for (const auto& [name, value] : request.query) {
    text += std::to_string(name.size()) + ':' + name + std::to_string(value.size()) + ':' + value;
  }
  return model::sha256Hex(text + '\0' + request.body);
}

bool succeeded(const Response& answer) {
  return answer.status >= 200 && answer.status < 300;
}

}  // namespace

Response IdempotencyBook::once(const Request& request, Agent& agent,
                               const std::function<Response(const Request&, Agent&)>& handler) {
  const auto& key = request.idempotencyKey;
  if (key.empty()) {
    return handler(request, agent);
  }
  if (!isKey(key)) {
    return problem(400, "Idempotency-Key: expected at most 255 visible ASCII characters");
  }
  if (auto known = begin(request, agent.now().boot)) {
    return *std::move(known);
  }
  try {
    auto answer = handler(request, agent);
    end(key, answer, agent.now().boot);
    return answer;
  } catch (...) {
    forget(key);
    throw;
  }
}

// Nothing when the request is to be done.
std::optional<Response> IdempotencyBook::begin(const Request& request, model::BootTime now) {
  auto what = digestOf(request);
  const std::lock_guard lock(mutex_);
  dropOld(now);
  const auto [found, added] = entries_.try_emplace(request.idempotencyKey);
  Entry& entry = found->second;
  if (added) {
    entry.what = std::move(what);
    return std::nullopt;
  }
  if (entry.what != what) {
    return problem(422, "this Idempotency-Key was used for another request; make a new one");
  }
  if (!entry.answer) {
    return problem(409, "the first request with this Idempotency-Key is not answered yet");
  }
  Response again = *entry.answer;
  again.headers["Idempotency-Replayed"] = "true";
  return again;
}

void IdempotencyBook::end(const std::string& key, const Response& answer, model::BootTime now) {
  if (!succeeded(answer)) {
    return forget(key);
  }
  const std::lock_guard lock(mutex_);
  entries_[key].answer = answer;
  answered_.push_back({key, now});
  dropOld(now);
}

void IdempotencyBook::forget(const std::string& key) {
  const std::lock_guard lock(mutex_);
  entries_.erase(key);
}

void IdempotencyBook::dropOld(model::BootTime now) {
  while (!answered_.empty() &&
         (answered_.size() > kMost || now - answered_.front().since > kKept)) {
    entries_.erase(answered_.front().key);
    answered_.pop_front();
  }
}

}  // namespace holdfast::api
