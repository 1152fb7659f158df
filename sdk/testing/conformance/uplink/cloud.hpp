// SPDX-License-Identifier: Apache-2.0
// A cloud by the facts of the options file, which say what each kind of request looks like and what
// a good answer to it is. The kit knows no protocol of its own.
#pragma once

#include "conformance/kit/http_receiver.hpp"
#include "conformance/kit/kit.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::conformance {

enum class Ask { Register, Exchange, Fetch, Report, Logs, Health };

// Thread-safe.
class Cloud {
 public:
  using Answers = std::function<Answer(const ReceivedRequest&)>;

  // Throws std::invalid_argument for a request in the facts that is not of the form METHOD /path.
  explicit Cloud(const Kit& kit);

  [[nodiscard]] const std::string& address() const { return receiver_.address(); }

  // Is good to everybody from now on, has this target, and forgets the requests of before.
  void reset(const std::string& document = R"({"apps": {}})",
             const std::string& etag = "first-etag");

  // Answers requests of this kind by `answers` from now on, which may block for a while.
  void answer(Ask ask, Answers answers);
  void answer(Ask ask, const Answer& answer);

  // The good answer to a request for the target, and to the same with another document or etag.
  [[nodiscard]] Answer target(const std::string& document, const std::string& etag) const;

  // Since reset().
  [[nodiscard]] std::vector<ReceivedRequest> requests(Ask ask) const;
  [[nodiscard]] std::size_t count(Ask ask) const { return requests(ask).size(); }
  // Requests that the facts do not know. They were answered with 404.
  [[nodiscard]] std::vector<std::string> strays() const;
  // Bytes of bodies that were sent.
  [[nodiscard]] std::size_t sent() const { return receiver_.sent(); }

 private:
  struct Rule {
    Ask ask;
    std::string method;
    std::string path;  // '*' is one segment
  };

  [[nodiscard]] std::optional<Ask> askOf(const ReceivedRequest& request) const;
  [[nodiscard]] Answer good(Ask ask, const ReceivedRequest& request) const;
  [[nodiscard]] Answer respond(const ReceivedRequest& request) const;

  std::vector<Rule> rules_;
  std::map<Ask, std::string> bodies_;  // of good answers
  std::string etagHeader_;             // empty: this cloud has no etags
  mutable std::mutex mutex_;
  std::map<Ask, Answers> answers_;
  std::string document_;
  std::string etag_;
  HttpReceiver receiver_;  // last: its threads use the rest
};

}  // namespace holdfast::conformance
