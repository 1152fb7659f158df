// SPDX-License-Identifier: Apache-2.0
// Answers captured from Podman 4.3.1, and those of later versions and of crun that are worded
// differently.
#include "runtime/podman/error_table.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace holdfast::podman {
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

const std::string kSource = "initializing source docker://H/R:T: ";
const std::string kPing = kSource + "pinging container registry H: Get \"https://H/v2/\": ";
const std::string kRunc = "runc: runc create failed: ";
const std::string kInit = kRunc + "unable to start container process: ";
const std::string kNoCommand = ": OCI runtime attempted to invoke a command that was not found";

const Capture kPulls[] = {
    {runtime::kPull, 200, kSource + "reading manifest T in H/R: manifest unknown: manifest unknown",
     ErrorClass::NotFound, "manifest unknown"},
    {runtime::kPull, 200,
     kSource + "reading manifest T in H/R: name unknown: repository name not known to registry",
     ErrorClass::NotFound, "name unknown: repository name not known to registry"},
    {runtime::kPull, 200,
     kSource + "reading manifest T in docker.io/library/x: requested access to the resource is "
               "denied",
     ErrorClass::Denied, "requested access to the resource is denied"},
    {runtime::kPull, 200, kPing + "dial tcp 127.0.0.1:1: connect: connection refused",
     ErrorClass::Transient, "dial tcp 127.0.0.1:1: connect: connection refused"},
    {runtime::kPull, 200, kPing + "dial tcp: lookup reg.lab on 127.0.0.1:53: no such host",
     ErrorClass::Transient, "lookup reg.lab on 127.0.0.1:53: no such host"},
    {runtime::kPull, 200, kPing + "dial tcp: lookup reg.lab on 127.0.0.1:53: server misbehaving",
     ErrorClass::Transient, "lookup reg.lab on 127.0.0.1:53: server misbehaving"},
    {runtime::kPull, 200, kPing + "dial tcp 192.0.2.1:5000: connect: network is unreachable",
     ErrorClass::Transient, "dial tcp 192.0.2.1:5000: connect: network is unreachable"},
    {runtime::kPull, 200, kPing + "http: server gave HTTP response to HTTPS client",
     ErrorClass::Transient, "server gave HTTP response to HTTPS client"},
    {runtime::kPull, 200, kPing + "x509: certificate signed by unknown authority",
     ErrorClass::Transient, "x509: certificate signed by unknown authority"},
    {runtime::kPull, 200, kPing + "x509: certificate is valid for reg.lab, not reg.ext",
     ErrorClass::Transient, "x509: certificate is valid for reg.lab, not reg.ext"},
    {runtime::kPull, 200,
     kSource + "reading manifest T in H/R: unauthorized: authentication required",
     ErrorClass::Denied, "unauthorized: authentication required"},
    // Names that hold the words of a refusal.
    {runtime::kPull, 200,
     "initializing source docker://reg.ext/acme/access-denied:1: pinging container registry "
     "reg.ext: "
     "Get \"https://reg.ext/v2/\": dial tcp 192.0.2.1:443: connect: connection refused",
     ErrorClass::Transient, "dial tcp 192.0.2.1:443: connect: connection refused"},
    {runtime::kPull, 200,
     "initializing source docker://reg.ext/acme/unauthorized:toomanyrequests: reading manifest "
     "toomanyrequests-1 in reg.ext/acme/unauthorized: received unexpected HTTP status: 503 Service "
     "Unavailable",
     ErrorClass::Transient, "received unexpected HTTP status: 503 Service Unavailable"},
    {runtime::kPull, 200,
     "initializing source docker://reg.ext/denied/app:1: reading manifest 1 in reg.ext/denied/app: "
     "denied: access forbidden",
     ErrorClass::Denied, "denied: access forbidden"},
    {runtime::kPull, 200,
     kSource + "unable to retrieve auth token: invalid username/password: unauthorized: "
               "authentication required",
     ErrorClass::Denied, "unauthorized: authentication required"},
    {runtime::kPull, 200, kSource + "unable to retrieve auth token: unauthorized",
     ErrorClass::Denied, "unauthorized"},
    {runtime::kPull, 200, kSource + "reading manifest T in H/R: denied", ErrorClass::Denied,
     "denied"},
    {runtime::kPull, 200,
     kSource + "reading manifest T in H/R: toomanyrequests: You have reached your pull rate limit",
     ErrorClass::RateLimited, "toomanyrequests: You have reached your pull rate limit"},
    {runtime::kPull, 200,
     "writing blob: storing blob to file \"/var/tmp/storage1/2\": reading blob sha256:ab: too many "
     "requests to registry",
     ErrorClass::RateLimited, "too many requests to registry"},
    {runtime::kPull, 200,
     kSource +
         "reading manifest T in H/R: received unexpected HTTP status: 503 Service Unavailable",
     ErrorClass::Transient, "received unexpected HTTP status: 503 Service Unavailable"},
    {runtime::kPull, 200,
     "parsing image configuration: Error fetching blob: invalid status code from registry 503 "
     "(Service Unavailable)",
     ErrorClass::Transient, "invalid status code from registry 503 (Service Unavailable)"},
    {runtime::kPull, 200, "Error fetching blob: invalid status code from registry 404 (Not Found)",
     ErrorClass::Transient, "invalid status code from registry 404 (Not Found)"},
    {runtime::kPull, 200,
     kSource + "reading manifest T in H/R: invalid character '<' looking for beginning of value",
     ErrorClass::Transient, "invalid character '<' looking for beginning of value"},
    {runtime::kPull, 200,
     "writing blob: storing blob to file \"/var/tmp/storage1/2\": Digest did not match, expected "
     "sha256:ab, got sha256:cd",
     ErrorClass::Transient, "Digest did not match, expected sha256:ab, got sha256:cd"},
    {runtime::kPull, 200, "Manifest does not match provided manifest digest sha256:ab",
     ErrorClass::Transient, "Manifest does not match provided manifest digest sha256:ab"},
    {runtime::kPull, 200,
     "writing blob: storing blob to file \"/var/tmp/storage1/2\": happened during read: unexpected "
     "EOF",
     ErrorClass::Transient, "unexpected EOF"},
    {runtime::kPull, 200,
     "choosing an image from manifest list docker://H/R:T: no image found in manifest list for "
     "architecture amd64, variant \"\", OS linux",
     ErrorClass::NotFound,
     "no image found in manifest list for architecture amd64, variant \"\", OS linux"},
    {runtime::kPull, 500,
     "normalizing image: normalizing name for compat API: invalid reference "
     "format: repository name must be lowercase",
     ErrorClass::Invalid, "invalid reference format: repository name must be lowercase"},
    {runtime::kPull, 200, "short-name resolution enforced but cannot prompt without a TTY",
     ErrorClass::Invalid, "short-name resolution enforced but cannot prompt without a TTY"},
    {runtime::kPull, 200,
     "writing blob: adding layer with blob \"sha256:ab\": processing tar file(write /data4: no "
     "space left on device): exit status 1",
     ErrorClass::Transient, "no space left on device): exit status 1"},
    {runtime::kPull, 200,
     "2 errors occurred while pulling:\n * " + kSource + "manifest unknown\n * " + kSource +
         "reading manifest T in I/R: unauthorized: authentication required",
     ErrorClass::Denied, "unauthorized: authentication required"},
};

const Capture kStarts[] = {
    {runtime::kStart, 500,
     kInit + "exec: \"nosuch\": executable file not found in $PATH" + kNoCommand,
     ErrorClass::Rejected, "exec: \"nosuch\": executable file not found in $PATH"},
    {runtime::kStart, 500,
     kInit + "exec: \"/nosuch\": stat /nosuch: no such file or directory" + kNoCommand,
     ErrorClass::Rejected, "exec: \"/nosuch\": stat /nosuch: no such file or directory"},
    {runtime::kStart, 500,
     kInit + "exec: \"/usr/bin/noexec\": permission denied: OCI permission denied",
     ErrorClass::Rejected, "exec: \"/usr/bin/noexec\": permission denied"},
    {runtime::kStart, 500,
     "crun: executable file `nosuch` not found in $PATH: No such file or directory" + kNoCommand,
     ErrorClass::Rejected,
     "crun: executable file `nosuch` not found in $PATH: No such file or directory"},
    {runtime::kStart, 500, "unable to find user ghost: no matching entries in passwd file",
     ErrorClass::Rejected, "unable to find user ghost: no matching entries in passwd file"},
    {runtime::kStart, 500, "workdir \"/nodir\" does not exist on container 16d5e4294576",
     ErrorClass::Rejected, "workdir \"/nodir\" does not exist on container 16d5e4294576"},
    {runtime::kStart, 500,
     "cannot listen on the TCP port: listen tcp4 :5055: bind: address already in use",
     ErrorClass::Conflict, "listen tcp4 :5055: bind: address already in use"},
    {runtime::kStart, 500,
     "cannot listen on the TCP port: listen tcp4 10.99.99.99:1: bind: cannot assign requested "
     "address",
     ErrorClass::Transient, "listen tcp4 10.99.99.99:1: bind: cannot assign requested address"},
    {runtime::kStart, 500,
     kInit + "error during container init: open /proc/sys/net/nosuch: no such file or directory" +
         kNoCommand,
     ErrorClass::Rejected, "open /proc/sys/net/nosuch: no such file or directory"},
    {runtime::kStart, 500,
     kRunc + "sysctl \"foo.nosuch\" is not in a separate kernel namespace: OCI runtime error",
     ErrorClass::Rejected, "sysctl \"foo.nosuch\" is not in a separate kernel namespace"},
    {runtime::kStart, 500,
     kInit + "error during container init: error setting rlimits for ready process: error setting "
             "rlimit type 7: invalid argument: OCI runtime error",
     ErrorClass::Rejected, "error setting rlimit type 7: invalid argument"},
    {runtime::kStart, 500,
     kInit +
         "error during container init: error setting cgroup config for procHooks process: "
         "unable to set memory limit to 4096 (current usage: 2478080, peak usage: 2478080): OCI "
         "runtime error",
     ErrorClass::Rejected,
     "unable to set memory limit to 4096 (current usage: 2478080, peak usage: 2478080)"},
    {runtime::kStart, 500,
     "unable to start container 16d5: container must be in Created or Stopped state to be started: "
     "container state improper",
     ErrorClass::Conflict,
     "unable to start container 16d5: container must be in Created or Stopped state to be started: "
     "container state improper"},
    {runtime::kStart, 500, "starting some containers: internal libpod error", ErrorClass::Conflict,
     "a container that it depends on does not start"},
    {runtime::kStart, 500, "unable to find network with name or ID late: network not found",
     ErrorClass::NotFound, "unable to find network with name or ID late: network not found"},
    {runtime::kStart, 500, kRunc + "what nobody has seen yet: OCI runtime error",
     ErrorClass::Rejected, "runc create failed: what nobody has seen yet"},
};

const Capture kOthers[] = {
    {runtime::kCreate, 500,
     "creating container storage: the container name \"c1\" is already in use by 469025eae49f. You "
     "have to remove that container to be able to reuse that name: that name is already in use",
     ErrorClass::Conflict,
     "the container name \"c1\" is already in use by 469025eae49f. You have to remove that "
     "container to be able to reuse that name: that name is already in use"},
    {runtime::kCreate, 500, "H/R:T: image not known", ErrorClass::NotFound,
     "H/R:T: image not known"},
    {runtime::kCreate, 500, "unable to find network with name or ID nope: network not found",
     ErrorClass::NotFound, "unable to find network with name or ID nope: network not found"},
    {runtime::kCreate, 500, "statfs /no/such: no such file or directory", ErrorClass::NotFound,
     "statfs /no/such: no such file or directory"},
    {runtime::kCreate, 500, "stat /dev/nope: no such file or directory", ErrorClass::Rejected,
     "stat /dev/nope: no such file or directory"},
    {runtime::kCreate, 500, "\"CAP_NOSUCH\": unknown capability", ErrorClass::Invalid,
     "\"CAP_NOSUCH\": unknown capability"},
    {runtime::kCreate, 500, "running container create option: invalid log driver: invalid argument",
     ErrorClass::Invalid, "running container create option: invalid log driver: invalid argument"},
    {runtime::kCreate, 500, "unknown mount option \"bogus=1\": invalid mount option",
     ErrorClass::Invalid, "unknown mount option \"bogus=1\": invalid mount option"},
    {runtime::kCreate, 500,
     "opening seccomp profile failed: open /nope.json: no such file or directory",
     ErrorClass::Invalid,
     "opening seccomp profile failed: open /nope.json: no such file or directory"},
    {runtime::kCreate, 500,
     "apparmor profile \"nope\" specified, but Apparmor is not enabled on this system",
     ErrorClass::Rejected,
     "apparmor profile \"nope\" specified, but Apparmor is not enabled on this system"},
    {runtime::kCreate, 500,
     "looking up container to share net namespace with: no container with name or ID \"x\" found: "
     "no such container",
     ErrorClass::NotFound,
     "looking up container to share net namespace with: no container with name or ID \"x\" found: "
     "no such container"},
    {runtime::kCreate, 500, "container-init binary not found on the host: stat /usr/libexec/x",
     ErrorClass::Rejected, "container-init binary not found on the host: stat /usr/libexec/x"},
    {runtime::kCreate, 500,
     "decode(): json: cannot unmarshal number into Go struct field SpecGenerator.name of type "
     "string",
     ErrorClass::Invalid,
     "cannot unmarshal number into Go struct field SpecGenerator.name of type string"},
    {runtime::kNetwork, 409, "network name n1 already used: network already exists",
     ErrorClass::Conflict, "network name n1 already used: network already exists"},
    {runtime::kNetwork, 500,
     "\"n1\" has associated containers with it. Use -f to forcefully delete containers and pods: "
     "network is being used",
     ErrorClass::Conflict,
     "\"n1\" has associated containers with it. Use -f to forcefully delete containers and pods: "
     "network is being used"},
    {runtime::kVolume, 500, "volume with name v1 already exists: volume already exists",
     ErrorClass::Conflict, "volume with name v1 already exists: volume already exists"},
    {runtime::kVolume, 409,
     "volume zz is being used by the following container(s): 1b26: volume is being used",
     ErrorClass::Conflict,
     "volume zz is being used by the following container(s): 1b26: volume is being used"},
    {runtime::kRemove, 409, "image used by 69fd: image is in use by a container",
     ErrorClass::Conflict, "image used by 69fd: image is in use by a container"},
    {runtime::kStop, 500, "\"created\" is not running, can't pause: container state improper",
     ErrorClass::Conflict, "\"created\" is not running, can't pause: container state improper"},
    {runtime::kLogs, 500,
     "failed to obtain logs for Container 'mute': this container is using the 'none' log driver, "
     "cannot read logs: this container is not logging output",
     ErrorClass::Invalid,
     "this container is using the 'none' log driver, cannot read logs: this container is not "
     "logging output"},
    {runtime::kExec, 500,
     "can only create exec sessions on running containers: container state improper",
     ErrorClass::Conflict,
     "can only create exec sessions on running containers: container state improper"},
    {runtime::kExec, 404, "no container with name or ID \"none\" found: no such container",
     ErrorClass::NotFound, "no container with name or ID \"none\" found: no such container"},
    {runtime::kExec, 200,
     "Error: runc: exec failed: unable to start container process: exec: \"nosuch\": executable "
     "file not found in $PATH" +
         kNoCommand +
         "\nError: read unixpacket @->/proc/self/fd/14/attach: read: connection reset by peer",
     ErrorClass::Rejected, "exec: \"nosuch\": executable file not found in $PATH"},
    {runtime::kLook, 500, "database is locked", ErrorClass::Transient, "database is locked"},
};

class PodmanErrorTable : public ::testing::TestWithParam<Capture> {};

TEST_P(PodmanErrorTable, GivesClassAndRootCauseOfACapture) {
  const Capture& capture = GetParam();
  const runtime::ClassifiedError error =
      runtime::classify(errorTable(), capture.call, capture.status, rootLineOf(capture.text));
  EXPECT_EQ(static_cast<int>(error.errorClass), static_cast<int>(capture.errorClass))
      << capture.text;
  EXPECT_EQ(error.message, capture.message);
}

INSTANTIATE_TEST_SUITE_P(Pulls, PodmanErrorTable, ::testing::ValuesIn(kPulls));
INSTANTIATE_TEST_SUITE_P(Starts, PodmanErrorTable, ::testing::ValuesIn(kStarts));
INSTANTIATE_TEST_SUITE_P(Others, PodmanErrorTable, ::testing::ValuesIn(kOthers));

TEST(PodmanErrorTableRules, FitEveryCallAndStatus) {
  for (runtime::EngineCall call = 1; call < runtime::kAnyCall; call <<= 1) {
    for (const int status : {200, 301, 400, 403, 404, 409, 500, 503}) {
      const auto error = runtime::classify(errorTable(), call, status, "never seen");
      EXPECT_NE(error.errorClass, ErrorClass::Internal) << call << " " << status;
      EXPECT_NE(error.errorClass, ErrorClass::Ok);
    }
  }
}

TEST(RootLineOf, ReducesSeveralLinesToTheOneThatSaysWhy) {
  EXPECT_EQ(rootLineOf("one line"), "one line");
  EXPECT_EQ(rootLineOf("\n first\nsecond\n"), "first");
  EXPECT_EQ(rootLineOf("1 error occurred:\n\t* the cause\n\n"), "the cause");
  EXPECT_EQ(rootLineOf("x:\n * one\n * two\n"), "two");
  EXPECT_EQ(
      rootLineOf("runc: time=\"t\" level=warning msg=\"w\"\ntime=\"t\" level=error msg=\"e\""),
      "time=\"t\" level=error msg=\"e\"");
  EXPECT_EQ(rootLineOf(""), "");
}

}  // namespace
}  // namespace holdfast::podman
