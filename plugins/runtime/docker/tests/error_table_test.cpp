// SPDX-License-Identifier: Apache-2.0
// Answers captured from dockerd 20.10.24, and those of later versions that are worded differently.
#include "runtime/docker/error_table.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace holdfast::docker {
namespace {

using sdk::ErrorClass;

struct Capture {
  runtime::EngineCall call;
  int status;
  std::string text;
  ErrorClass errorClass;
  std::string message;
  friend std::ostream& operator<<(std::ostream& out, const Capture& capture) {
    return out << capture.status << " " << capture.text;
  }
};

const std::string kRunc =
    "failed to create shim task: OCI runtime create failed: runc create failed: ";
const std::string kInit = kRunc + "unable to start container process: ";
const std::string kPort =
    "driver failed programming external connectivity on endpoint web "
    "(db40392475691ca23ab288ca4a958756c57dfd07470db109aac6773129bbd0b0): ";

const Capture kPulls[] = {
    {runtime::kPull, 404, "manifest for R:T not found: manifest unknown: manifest unknown",
     ErrorClass::NotFound, "manifest unknown"},
    {runtime::kPull, 404,
     "pull access denied for X, repository does not exist or may require 'docker login'",
     ErrorClass::Denied,
     "pull access denied for X, repository does not exist or may require 'docker login'"},
    {runtime::kPull, 404,
     "pull access denied for X, repository does not exist or may require 'docker login': denied: "
     "requested access to the resource is denied",
     ErrorClass::Denied,
     "pull access denied for X, repository does not exist or may require 'docker login': denied: "
     "requested access to the resource is denied"},
    {runtime::kPull, 500,
     "Get \"http://127.0.0.1:1/v2/\": dial tcp 127.0.0.1:1: connect: connection refused",
     ErrorClass::Transient, "dial tcp 127.0.0.1:1: connect: connection refused"},
    {runtime::kPull, 500,
     "Get \"https://reg.ext/v2/\": dial tcp: lookup reg.ext on 127.0.0.1:53: no such host",
     ErrorClass::Transient, "lookup reg.ext on 127.0.0.1:53: no such host"},
    {runtime::kPull, 500,
     "Get \"https://reg.ext/v2/\": dial tcp: lookup reg.ext on 127.0.0.1:53: server misbehaving",
     ErrorClass::Transient, "lookup reg.ext on 127.0.0.1:53: server misbehaving"},
    {runtime::kPull, 500,
     "Get \"https://reg.ext/v2/\": dial tcp: lookup reg.ext on 127.0.0.1:53: read udp "
     "127.0.0.1:33334->127.0.0.1:53: i/o timeout",
     ErrorClass::Transient,
     "dial tcp: lookup reg.ext on 127.0.0.1:53: read udp 127.0.0.1:33334->127.0.0.1:53: i/o "
     "timeout"},
    {runtime::kPull, 500,
     "Get \"https://192.0.2.1/v2/\": dial tcp 192.0.2.1:443: connect: network is unreachable",
     ErrorClass::Transient, "dial tcp 192.0.2.1:443: connect: network is unreachable"},
    {runtime::kPull, 500, "Get \"https://H/v2/\": http: server gave HTTP response to HTTPS client",
     ErrorClass::Transient, "server gave HTTP response to HTTPS client"},
    {runtime::kPull, 500, "Get \"https://H/v2/\": x509: certificate signed by unknown authority",
     ErrorClass::Transient, "x509: certificate signed by unknown authority"},
    {runtime::kPull, 500,
     "Get \"https://H/v2/\": tls: failed to verify certificate: x509: certificate is valid for "
     "reg.lab, not reg.ext",
     ErrorClass::Transient, "x509: certificate is valid for reg.lab, not reg.ext"},
    {runtime::kPull, 500, "Head \"http://H/v2/R/manifests/T\": no basic auth credentials",
     ErrorClass::Denied, "no basic auth credentials"},
    {runtime::kPull, 500,
     "Head \"http://H/v2/R/manifests/T\": unauthorized: authentication required",
     ErrorClass::Denied, "unauthorized: authentication required"},
    {runtime::kPull, 500, "unauthorized", ErrorClass::Denied, "unauthorized"},
    {runtime::kPull, 500, "denied", ErrorClass::Denied, "denied"},
    {runtime::kPull, 500,
     "toomanyrequests: You have reached your pull rate limit. You may increase the limit",
     ErrorClass::RateLimited,
     "toomanyrequests: You have reached your pull rate limit. You may increase the limit"},
    {runtime::kPull, 200, "toomanyrequests", ErrorClass::RateLimited, "toomanyrequests"},
    {runtime::kPull, 500, "received unexpected HTTP status: 503 Service Unavailable",
     ErrorClass::Transient, "received unexpected HTTP status: 503 Service Unavailable"},
    {runtime::kPull, 200, "received unexpected HTTP status: 503 Service Unavailable",
     ErrorClass::Transient, "received unexpected HTTP status: 503 Service Unavailable"},
    {runtime::kPull, 200, "unknown blob", ErrorClass::Transient, "unknown blob"},
    {runtime::kPull, 500,
     "error unmarshalling content: invalid character '<' looking for beginning of value",
     ErrorClass::Transient,
     "error unmarshalling content: invalid character '<' looking for beginning of value"},
    {runtime::kPull, 200, "filesystem layer verification failed for digest sha256:00ff",
     ErrorClass::Transient, "filesystem layer verification failed for digest sha256:00ff"},
    {runtime::kPull, 200, "unexpected EOF", ErrorClass::Transient, "unexpected EOF"},
    {runtime::kPull, 200, "no matching manifest for linux/amd64 in the manifest list entries",
     ErrorClass::NotFound, "no matching manifest for linux/amd64 in the manifest list entries"},
    {runtime::kPull, 400, "invalid reference format: repository name must be lowercase",
     ErrorClass::Invalid, "invalid reference format: repository name must be lowercase"},
    {runtime::kPull, 200,
     "failed to register layer: Error processing tar file(exit status 1): write /data1: no space "
     "left on device",
     ErrorClass::Transient, "no space left on device"},
    {runtime::kPull, 200, "failed to write digest data: write /x: no space left on device",
     ErrorClass::Transient, "no space left on device"},
    {runtime::kPull, 500, "mkdir /var/lib/docker/tmp: permission denied", ErrorClass::Transient,
     "mkdir /var/lib/docker/tmp: permission denied"},
    {runtime::kPull, 500, "Get \"https://H/v2/\": net/http: TLS handshake timeout",
     ErrorClass::Transient, "TLS handshake timeout"},
    {runtime::kPull, 500,
     "Get \"https://H/v2/\": net/http: request canceled while waiting for connection "
     "(Client.Timeout exceeded while awaiting headers)",
     ErrorClass::Transient,
     "net/http: request canceled while waiting for connection (Client.Timeout exceeded while "
     "awaiting headers)"},
    // Names that hold the words of a refusal.
    {runtime::kPull, 500,
     "Head \"https://reg.ext/v2/acme/unauthorized-page/manifests/1\": dial tcp 192.0.2.1:443: "
     "connect: connection refused",
     ErrorClass::Transient, "dial tcp 192.0.2.1:443: connect: connection refused"},
    {runtime::kPull, 500,
     "Head \"https://denied.ext/v2/denied/manifests/toomanyrequests\": received unexpected HTTP "
     "status: 503 Service Unavailable",
     ErrorClass::Transient, "received unexpected HTTP status: 503 Service Unavailable"},
    {runtime::kPull, 500,
     "Head \"https://reg.ext/v2/acme/unauthorized-page/manifests/1\": unauthorized: access "
     "refused",
     ErrorClass::Denied, "unauthorized: access refused"},
    {runtime::kPull, 500, "something new", ErrorClass::Transient, "something new"},
};

const Capture kStarts[] = {
    {runtime::kStart, 400, kInit + "exec: \"nosuch\": executable file not found in $PATH: unknown",
     ErrorClass::Rejected, "exec: \"nosuch\": executable file not found in $PATH"},
    {runtime::kStart, 400, kInit + "exec: \"/x/y\": stat /x/y: no such file or directory: unknown",
     ErrorClass::Rejected, "exec: \"/x/y\": stat /x/y: no such file or directory"},
    {runtime::kStart, 400, kInit + "exec: \"/usr/bin/noexec\": permission denied: unknown",
     ErrorClass::Rejected, "exec: \"/usr/bin/noexec\": permission denied"},
    {runtime::kStart, 500, "unable to find user ghost: no matching entries in passwd file",
     ErrorClass::Rejected, "unable to find user ghost: no matching entries in passwd file"},
    {runtime::kStart, 404, "network lab-nonet not found", ErrorClass::NotFound,
     "network lab-nonet not found"},
    {runtime::kStart, 404, "No such container: nosuch", ErrorClass::NotFound,
     "No such container: nosuch"},
    {runtime::kStart, 500,
     "failed to create endpoint dup on network bridge: network 4145af293f2c does not exist",
     ErrorClass::NotFound, "network 4145af293f2c does not exist"},
    {runtime::kStart, 500, kPort + "Bind for 0.0.0.0:18095 failed: port is already allocated",
     ErrorClass::Conflict, "Bind for 0.0.0.0:18095 failed: port is already allocated"},
    {runtime::kStart, 500,
     kPort + "Error starting userland proxy: listen tcp4 0.0.0.0:18099: bind: address already in "
             "use",
     ErrorClass::Conflict, "listen tcp4 0.0.0.0:18099: bind: address already in use"},
    {runtime::kStart, 500,
     kPort + "Error starting userland proxy: listen tcp4 10.99.99.99:80: bind: cannot assign "
             "requested address",
     ErrorClass::Transient, "listen tcp4 10.99.99.99:80: bind: cannot assign requested address"},
    {runtime::kStart, 500,
     "error gathering device information while adding custom device \"/dev/nope\": no such file or "
     "directory",
     ErrorClass::Rejected,
     "error gathering device information while adding custom device \"/dev/nope\": no such file or "
     "directory"},
    {runtime::kStart, 400,
     kInit + "error during container init: open /proc/sys/net/nosuch: no such file or directory: "
             "unknown",
     ErrorClass::Rejected, "open /proc/sys/net/nosuch: no such file or directory"},
    {runtime::kStart, 500,
     kRunc + "sysctl \"kernel.nosuch\" is not in a separate kernel namespace: unknown",
     ErrorClass::Rejected, "sysctl \"kernel.nosuch\" is not in a separate kernel namespace"},
    {runtime::kStart, 500,
     kInit + "error during container init: error setting rlimits for ready process: error setting "
             "rlimit type 7: invalid argument: unknown",
     ErrorClass::Rejected, "error setting rlimit type 7: invalid argument"},
    {runtime::kStart, 500, kRunc + "wrong rlimit value: RLIMIT_NOSUCH: unknown",
     ErrorClass::Rejected, "wrong rlimit value: RLIMIT_NOSUCH"},
    {runtime::kStart, 500, "invalid tmpfs option [\"nosuchopt\"]", ErrorClass::Rejected,
     "invalid tmpfs option [\"nosuchopt\"]"},
    {runtime::kStart, 500,
     "Decoding seccomp profile failed: invalid character '/' looking for beginning of value",
     ErrorClass::Rejected,
     "Decoding seccomp profile failed: invalid character '/' looking for beginning of value"},
    {runtime::kStart, 400, kRunc + "some new reason: unknown", ErrorClass::Rejected,
     "runc create failed: some new reason"},
    {runtime::kStart, 500, kRunc + "some new reason: unknown", ErrorClass::Rejected,
     "runc create failed: some new reason"},
    {runtime::kStart, 500, "write /var/lib/docker/x: no space left on device",
     ErrorClass::Transient, "no space left on device"},
    {runtime::kStart, 500, "something new", ErrorClass::Transient, "something new"},
};

const std::string kTaken =
    "Conflict. The container name \"/n\" is already in use by container \"fe2c156aed99\". You have "
    "to remove (or rename) that container to be able to reuse that name.";

const Capture kOthers[] = {
    {runtime::kCreate, 404, "No such image: R", ErrorClass::NotFound, "No such image: R"},
    {runtime::kCreate, 409, kTaken, ErrorClass::Conflict, kTaken},
    {runtime::kCreate, 400,
     "invalid mount config for type \"bind\": bind source path does not exist: /nosuch/dir",
     ErrorClass::NotFound, "bind source path does not exist: /nosuch/dir"},
    {runtime::kCreate, 400, "invalid CapAdd: unknown capability: \"CAP_NOSUCH\"",
     ErrorClass::Invalid, "invalid CapAdd: unknown capability: \"CAP_NOSUCH\""},
    {runtime::kCreate, 400,
     "Range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available", ErrorClass::Invalid,
     "Range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available"},
    {runtime::kCreate, 400, "Minimum memory limit allowed is 6MB", ErrorClass::Invalid,
     "Minimum memory limit allowed is 6MB"},
    {runtime::kCreate, 400, "Invalid signal: SIGNOPE", ErrorClass::Invalid,
     "Invalid signal: SIGNOPE"},
    {runtime::kCreate, 400, "error looking up logging plugin nosuch: plugin \"nosuch\" not found",
     ErrorClass::Invalid, "error looking up logging plugin nosuch: plugin \"nosuch\" not found"},
    {runtime::kCreate, 500, "invalid --security-opt 2: \"nosuch=1\"", ErrorClass::Invalid,
     "invalid --security-opt 2: \"nosuch=1\""},
    {runtime::kCreate, 500, "Cannot mkdir: /etc/passwd is not a directory", ErrorClass::Rejected,
     "Cannot mkdir: /etc/passwd is not a directory"},
    {runtime::kCreate, 500, "mkdir /x: no space left on device", ErrorClass::Transient,
     "no space left on device"},
    {runtime::kNetwork, 409, "network with name n1 already exists", ErrorClass::Conflict,
     "network with name n1 already exists"},
    {runtime::kNetwork, 404, "plugin \"nosuch\" not found", ErrorClass::NotFound,
     "plugin \"nosuch\" not found"},
    {runtime::kNetwork, 403, "Pool overlaps with other one on this address space",
     ErrorClass::Conflict, "Pool overlaps with other one on this address space"},
    {runtime::kNetwork, 404,
     "could not find an available, non-overlapping IPv4 address pool among the defaults to assign "
     "to the network",
     ErrorClass::Conflict,
     "could not find an available, non-overlapping IPv4 address pool among the defaults to assign "
     "to the network"},
    {runtime::kNetwork, 403,
     "error while removing network: network n1 id 0f9c has active endpoints", ErrorClass::Conflict,
     "network n1 id 0f9c has active endpoints"},
    {runtime::kNetwork, 403, "operation is not permitted on predefined host network ",
     ErrorClass::Invalid, "operation is not permitted on predefined host network"},
    {runtime::kNetwork, 400, "network lab-dup is ambiguous (2 matches found based on name)",
     ErrorClass::Conflict, "network lab-dup is ambiguous (2 matches found based on name)"},
    {runtime::kVolume, 404,
     "create v1: error looking up volume plugin nosuch: plugin \"nosuch\" not found",
     ErrorClass::NotFound,
     "create v1: error looking up volume plugin nosuch: plugin \"nosuch\" not found"},
    {runtime::kVolume, 400, "create v1: missing required option: \"device\"", ErrorClass::Invalid,
     "create v1: missing required option: \"device\""},
    {runtime::kVolume, 409, "remove v1: volume is in use - [fe2c156aed99]", ErrorClass::Conflict,
     "remove v1: volume is in use - [fe2c156aed99]"},
    {runtime::kRemove, 409, "removal of container X is already in progress", ErrorClass::Conflict,
     "removal of container X is already in progress"},
    {runtime::kStop, 500,
     "cannot stop container: X: tried to kill container, but did not receive "
     "an exit event",
     ErrorClass::Transient,
     "cannot stop container: X: tried to kill container, but did not receive an exit event"},
    {runtime::kStop, 409, "Container X is not running", ErrorClass::Conflict,
     "Container X is not running"},
    {runtime::kLogs, 501, "configured logging driver does not support reading", ErrorClass::Invalid,
     "configured logging driver does not support reading"},
    {runtime::kExec, 409, "Container X is not running", ErrorClass::Conflict,
     "Container X is not running"},
    {runtime::kExec, 404, "No such container: X", ErrorClass::NotFound, "No such container: X"},
    {runtime::kExec, 200,
     "OCI runtime exec failed: exec failed: unable to start container process: exec: \"nosuch\": "
     "executable file not found in $PATH: unknown\r\n",
     ErrorClass::Rejected, "exec: \"nosuch\": executable file not found in $PATH"},
    {runtime::kLook, 500, "unexpected EOF", ErrorClass::Transient, "unexpected EOF"},
};

class ErrorTable : public ::testing::TestWithParam<Capture> {};

TEST_P(ErrorTable, GivesClassAndRootCauseOfACapture) {
  const Capture& capture = GetParam();
  const runtime::ClassifiedError error =
      runtime::classify(errorTable(), capture.call, capture.status, capture.text);
  EXPECT_EQ(static_cast<int>(error.errorClass), static_cast<int>(capture.errorClass))
      << capture.text;
  EXPECT_EQ(error.message, capture.message);
}

INSTANTIATE_TEST_SUITE_P(Pulls, ErrorTable, ::testing::ValuesIn(kPulls));
INSTANTIATE_TEST_SUITE_P(Starts, ErrorTable, ::testing::ValuesIn(kStarts));
INSTANTIATE_TEST_SUITE_P(Others, ErrorTable, ::testing::ValuesIn(kOthers));

TEST(ErrorTableRules, FitEveryCallAndStatus) {
  for (runtime::EngineCall call = 1; call < runtime::kAnyCall; call <<= 1) {
    for (const int status : {200, 301, 400, 403, 404, 409, 500, 503}) {
      const auto error = runtime::classify(errorTable(), call, status, "never seen");
      EXPECT_NE(error.errorClass, ErrorClass::Internal) << call << " " << status;
      EXPECT_NE(error.errorClass, ErrorClass::Ok);
    }
  }
}

}  // namespace
}  // namespace holdfast::docker
