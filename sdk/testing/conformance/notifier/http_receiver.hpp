// SPDX-License-Identifier: Apache-2.0
// A receiver of notifications: an HTTP server on loopback that keeps every request and answers as
// the test says.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace holdfast::conformance {

struct ReceivedRequest {
  std::string head;  // request line and headers
  std::string body;

  // Head and body: what a receiver has been told.
  [[nodiscard]] std::string all() const { return head + "\n" + body; }
  // Value of a header, by its lower-case name; empty when it is not there.
  [[nodiscard]] std::string header(const std::string& name) const;
};

struct Answer {
  std::string status = "200 OK";
  std::string headers;  // each with its "\r\n"
  std::string body;
};

// Thread-safe.
class HttpReceiver {
 public:
  // Listens on a free port of 127.0.0.1. Throws std::system_error.
  HttpReceiver();
  ~HttpReceiver();
  HttpReceiver(const HttpReceiver&) = delete;
  HttpReceiver& operator=(const HttpReceiver&) = delete;

  [[nodiscard]] const std::string& address() const { return address_; }  // "127.0.0.1:40123"

  // Answers each request from now on by `answer`, and forgets those of before.
  void script(std::function<Answer(const ReceivedRequest&)> answer);
  [[nodiscard]] std::vector<ReceivedRequest> requests() const;

 private:
  void run();
  void serve(int fd);

  std::string address_;
  int listener_ = -1;
  mutable std::mutex mutex_;
  std::function<Answer(const ReceivedRequest&)> answer_;
  std::vector<ReceivedRequest> requests_;
  std::thread thread_;
};

}  // namespace holdfast::conformance
