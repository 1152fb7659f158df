// SPDX-License-Identifier: Apache-2.0
// Commands that act once however often they are sent: whoever got no answer sends the same again
// under the same Idempotency-Key (draft-ietf-httpapi-idempotency-key-header).
#pragma once

#include "api/agent.hpp"
#include "api/http.hpp"

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace holdfast::api {

// The answers of the latest commands that had a key, while the agent runs. Thread-safe.
class IdempotencyBook {
 public:
  // A client that comes back after a day has lost more than an answer. The number bounds the
  // memory: an answer of a command has a few hundred bytes.
  static constexpr model::Milliseconds kKept = std::chrono::hours{24};
  static constexpr std::size_t kMost = 256;
  static constexpr std::size_t kMaxKey = 255;

  // What `handler` answers, unless the same request succeeded under this key before: then what it
  // answered at that time, with the header Idempotency-Replayed. What failed is done again. 400: no
  // key; 409: the first one is not answered yet; 422: the key was used for something else. A
  // request without a key is always done. Throws what `handler` throws.
  Response once(const Request& request, Agent& agent,
                const std::function<Response(const Request&, Agent&)>& handler);

 private:
  struct Entry {
    std::string what;  // digest of the request
    std::optional<Response> answer;
  };
  struct Age {
    std::string key;
    model::BootTime since;
  };

  std::optional<Response> begin(const Request& request, model::BootTime now);
  void end(const std::string& key, const Response& answer, model::BootTime now);
  void forget(const std::string& key);
  void dropOld(model::BootTime now);

  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
  std::deque<Age> answered_;  // oldest first
};

}  // namespace holdfast::api
