// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fixtures/lab/process.hpp"
#include "fixtures/lab/temp_dir.hpp"
#include "fixtures/tls/certificates.hpp"

#include <boost/json.hpp>

#include <memory>
#include <string>
#include <vector>

namespace holdfast::syslog {

// rsyslog as it is packaged, with a configuration of the test's own. Writes what it received, taken
// apart, as JSON lines.
class Rsyslog {
 public:
  // Lines of its configuration that make it listen; modules are loaded.
  [[nodiscard]] static std::string udp(int port);
  [[nodiscard]] static std::string tcp(int port);
  [[nodiscard]] static std::string unixSocket(const std::string& path);

  // TLS on all of its tcp inputs; clients need a certificate from the same authority.
  void useTls(const fixtures::Certificates& certificates);
  void listenTo(const std::string& input) { inputs_ += input; }

  // Returns when it listens on all ports and paths. Throws std::runtime_error when it does not.
  void start();
  // SIGTERM, or without a chance to say good-bye.
  void stop(int signal);

  // Waits for `count` messages and gives all that are there by then; fewer after 10 s.
  [[nodiscard]] std::vector<boost::json::object> messages(std::size_t count) const;

 private:
  [[nodiscard]] bool listens() const;

  fixtures::TempDir directory_;
  std::string global_;
  std::string inputs_;
  std::unique_ptr<fixtures::Process> process_;
};

}  // namespace holdfast::syslog
