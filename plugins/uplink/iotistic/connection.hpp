// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/uplink.hpp"
#include "holdfast/support/http.hpp"
#include "uplink/iotistic/options.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace holdfast::iotistic {

// The connection to the cloud, kept open from one request to the next: a poll a minute that is
// answered by 304 costs a third of a kilobyte over it, and several for each new handshake. What the
// cloud closed meanwhile is opened again. Thread-safe; requests at the same time have connections
// of their own.
class CloudConnection {
 public:
  // `trustedFile` holds an authority besides the system's; empty: none. It counts where the options
  // have no caFile. `stopFd` ends every request when it becomes readable.
  CloudConnection(const Options& options, const std::string& trustedFile, int stopFd);

  // Makes one request and collects at most `maxBodyBytes` of the answer, unpacked. Blocks until
  // then, at most for the options' timeout or what the call has left. `request.target` is below the
  // options' path.
  [[nodiscard]] support::HttpResult perform(support::HttpRequest request, std::size_t maxBodyBytes,
                                            const sdk::Call& call);

  // From the next connection on.
  void trust(const std::string& trustedFile);

  // What the latest answers showed.
  void facts(sdk::FactSink& sink) const;

 private:
  [[nodiscard]] std::shared_ptr<support::HttpClient> client() const;
  void note(const support::HttpResult& result, std::int64_t beganMs, std::int64_t endedMs);

  const Options& options_;
  const int stopFd_;
  mutable std::mutex mutex_;
  std::shared_ptr<support::HttpClient> client_;
  support::HttpTraffic earlier_;  // of clients before this one
  std::optional<std::int64_t> serverCertificateEnd_;
  std::optional<std::int64_t> clientCertificateEnd_;
  std::optional<std::int64_t> clockOffsetMs_;  // the cloud's clock less this device's
  std::string clockFault_;                     // of the latest request
};

}  // namespace holdfast::iotistic
