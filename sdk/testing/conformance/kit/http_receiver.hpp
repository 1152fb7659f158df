// SPDX-License-Identifier: Apache-2.0
// The far side of a plugin that speaks HTTP: a server on loopback that keeps every request and
// answers as the test says.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace holdfast::conformance {

struct ReceivedRequest {
  std::string head;  // request line and headers
  std::string body;

  [[nodiscard]] std::string method() const { return head.substr(0, head.find(' ')); }
  // Without the query.
  [[nodiscard]] std::string path() const;
  // Head and body: what a receiver has been told.
  [[nodiscard]] std::string all() const { return head + "\n" + body; }
  // Value of a header, by its lower-case name; empty when it is not there.
  [[nodiscard]] std::string header(const std::string& name) const;
};

struct Answer {
  std::string status = "200 OK";
  std::string headers;  // each with its "\r\n"
  std::string body;
  std::size_t times = 1;  // the body is sent so often, as one
  // The connection ends when so many bytes of the body have been sent.
  std::size_t cutAt = std::string::npos;
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

  // Answers each request from now on by `answer`, and forgets those of before. Calls it from one
  // thread for each connection, several at once; it may block for a while.
  void script(std::function<Answer(const ReceivedRequest&)> answer);
  [[nodiscard]] std::vector<ReceivedRequest> requests() const;
  // How many bytes of bodies were sent since script(). The system takes some more than are read.
  [[nodiscard]] std::size_t sent() const { return sent_; }

 private:
  void run();
  void serve(int fd);
  void send(int fd, const Answer& answer);

  std::string address_;
  int listener_ = -1;
  mutable std::mutex mutex_;
  std::function<Answer(const ReceivedRequest&)> answer_;
  std::vector<ReceivedRequest> requests_;
  std::atomic<std::size_t> sent_{0};
  std::thread thread_;
};

}  // namespace holdfast::conformance
