// SPDX-License-Identifier: Apache-2.0
#include "runtime/docker/error_table.hpp"

#include "runtime/common/registry_way_rules.hpp"

#include <array>

namespace holdfast::docker {
namespace {

using runtime::ErrorRule;
using runtime::kAnyCall;
using runtime::kCreate;
using runtime::kExec;
using runtime::kLogs;
using runtime::kLook;
using runtime::kNetwork;
using runtime::kPull;
using runtime::kRemove;
using runtime::kStart;
using runtime::kStop;
using runtime::kVolume;
using runtime::Tell;
using sdk::ErrorClass;

// The order matters where one text holds another: the root cause stands at the end of Docker's
// chains, so causes come before what wraps them, and the disk before everything.
constexpr auto kRefusalRules = std::to_array<ErrorRule>({
    {kAnyCall, 0, "no space left on device", ErrorClass::Transient, Tell::FromMatch},
    {kAnyCall, 0, "disk quota exceeded", ErrorClass::Transient, Tell::FromMatch},

    // --- pull: the registry refuses ---
    {kPull, 0, "toomanyrequests", ErrorClass::RateLimited, Tell::FromMatch},
    {kPull, 0, "429 Too Many Requests", ErrorClass::RateLimited, Tell::FromMatch},
    {kPull, 0, "too many requests", ErrorClass::RateLimited, Tell::FromMatch},
    {kPull, 0, "manifest unknown", ErrorClass::NotFound, Tell::Words, "manifest unknown"},
    {kPull, 0, "pull access denied for", ErrorClass::Denied, Tell::FromMatch},
    {kPull, 0, "no basic auth credentials", ErrorClass::Denied, Tell::FromMatch},
    {kPull, 0, "unauthorized", ErrorClass::Denied, Tell::FromMatch},
    {kPull, 0, "permission denied", ErrorClass::Transient, Tell::All},  // of Docker's own files
    {kPull, 0, "denied", ErrorClass::Denied, Tell::All},
    {kPull, 0, "received unexpected HTTP status: 401", ErrorClass::Denied, Tell::FromMatch},
    {kPull, 0, "received unexpected HTTP status: 403", ErrorClass::Denied, Tell::FromMatch},
    {kPull, 0, "received unexpected HTTP status:", ErrorClass::Transient, Tell::FromMatch},
    {kPull, 0, "repository name not known to registry", ErrorClass::NotFound, Tell::FromMatch},
    {kPull, 0, "no matching manifest for", ErrorClass::NotFound, Tell::FromMatch},
    {kPull, 0, "does not match the specified platform", ErrorClass::NotFound, Tell::All},
    {kPull, 400, "invalid reference format", ErrorClass::Invalid, Tell::FromMatch},
    {kPull, 400, "", ErrorClass::Invalid, Tell::All},

});

// The way to the registry stands between (runtime::kRegistryWayRules).
constexpr auto kOtherRules = std::to_array<ErrorRule>({
    {kPull, 0, "error unmarshalling content", ErrorClass::Transient, Tell::FromMatch},
    {kPull, 0, "unknown blob", ErrorClass::Transient, Tell::FromMatch},
    {kPull, 0, "filesystem layer verification failed", ErrorClass::Transient, Tell::FromMatch},
    {kPull, 0, "manifest verification failed", ErrorClass::Transient, Tell::FromMatch},
    {kPull, 404, "", ErrorClass::NotFound, Tell::All},
    {kPull, 0, "", ErrorClass::Transient, Tell::All},

    // --- start: the engine refuses the program or its surroundings ---
    {kStart, 0, "executable file not found", ErrorClass::Rejected, Tell::FromWords, "exec: "},
    {kStart, 400, "permission denied", ErrorClass::Rejected, Tell::FromWords, "exec: "},
    {kStart, 0, "open /proc/sys/", ErrorClass::Rejected, Tell::FromMatch},
    {kStart, 0, "error mounting ", ErrorClass::Rejected, Tell::FromMatch},
    {kStart, 400, "no such file or directory", ErrorClass::Rejected, Tell::FromWords, "exec: "},
    {kStart, 0, "unable to find user", ErrorClass::Rejected, Tell::FromMatch},
    {kStart, 0, "unable to find group", ErrorClass::Rejected, Tell::FromMatch},
    {kStart, 0, "error gathering device information", ErrorClass::Rejected, Tell::FromMatch},
    {kStart, 0, "sysctl \"", ErrorClass::Rejected, Tell::FromMatch},
    {kStart, 0, "error setting rlimit type", ErrorClass::Rejected, Tell::FromMatch},
    {kStart, 0, "wrong rlimit value", ErrorClass::Rejected, Tell::FromMatch},
    {kStart, 0, "invalid tmpfs option", ErrorClass::Rejected, Tell::FromMatch},
    {kStart, 0, "seccomp", ErrorClass::Rejected, Tell::All},
    {kStart, 0, "apparmor", ErrorClass::Rejected, Tell::All},

    // --- start: something else holds or misses what it needs ---
    {kStart, 0, "port is already allocated", ErrorClass::Conflict, Tell::FromWords, "Bind for"},
    {kStart, 0, "address already in use", ErrorClass::Conflict, Tell::FromWords, "listen "},
    {kStart, 0, "cannot assign requested address", ErrorClass::Transient, Tell::FromWords,
     "listen "},
    {kStart, 0, "bind source path does not exist", ErrorClass::NotFound, Tell::FromMatch},
    {kStart, 0, "cannot join network of a non running container", ErrorClass::Conflict, Tell::All},
    {kStart, 0, "cannot start a paused container", ErrorClass::Conflict, Tell::FromMatch},
    {kStart, 0, "marked for removal", ErrorClass::Conflict, Tell::FromMatch},
    {kStart, 404, "", ErrorClass::NotFound, Tell::All},
    {kStart, 409, "", ErrorClass::Conflict, Tell::All},
    {kStart, 500, "does not exist", ErrorClass::NotFound, Tell::FromWords, "network "},
    {kStart, 0, "runc create failed: ", ErrorClass::Rejected, Tell::FromMatch},
    {kStart, 0, "OCI runtime create failed: ", ErrorClass::Rejected, Tell::FromMatch},
    {kStart, 400, "", ErrorClass::Rejected, Tell::All},
    {kStart, 0, "", ErrorClass::Transient, Tell::All},

    // --- create ---
    {kCreate, 404, "No such image", ErrorClass::NotFound, Tell::All},
    {kCreate, 409, "", ErrorClass::Conflict, Tell::All},
    {kCreate, 400, "bind source path does not exist", ErrorClass::NotFound, Tell::FromMatch},
    {kCreate, 400, "invalid reference format", ErrorClass::Invalid, Tell::FromMatch},
    {kCreate, 400, "", ErrorClass::Invalid, Tell::All},
    {kCreate, 404, "", ErrorClass::NotFound, Tell::All},
    {kCreate, 500, "invalid --security-opt", ErrorClass::Invalid, Tell::FromMatch},
    {kCreate, 500, "cannot unmarshal", ErrorClass::Invalid, Tell::FromMatch},
    {kCreate, 500, "is not a directory", ErrorClass::Rejected, Tell::All},
    {kCreate, 0, "", ErrorClass::Transient, Tell::All},

    // --- networks ---
    {kNetwork, 0, "Pool overlaps", ErrorClass::Conflict, Tell::FromMatch},
    {kNetwork, 0, "non-overlapping IPv4 address pool", ErrorClass::Conflict, Tell::All},
    {kNetwork, 0, "has active endpoints", ErrorClass::Conflict, Tell::FromWords, "network"},
    {kNetwork, 409, "", ErrorClass::Conflict, Tell::All},
    {kNetwork, 403, "already exists in network", ErrorClass::Conflict, Tell::All},
    {kNetwork, 403, "", ErrorClass::Invalid, Tell::All},
    {kNetwork, 400, "ambiguous", ErrorClass::Conflict, Tell::All},
    {kNetwork, 400, "", ErrorClass::Invalid, Tell::All},
    {kNetwork, 404, "", ErrorClass::NotFound, Tell::All},
    {kNetwork, 0, "", ErrorClass::Transient, Tell::All},

    // --- volumes, removals, stops, output, information ---
    {kVolume | kRemove | kStop | kExec, 409, "", ErrorClass::Conflict, Tell::All},
    {kLogs, 501, "", ErrorClass::Invalid, Tell::FromWords, "configured logging driver"},
    {kExec, 0, "executable file not found", ErrorClass::Rejected, Tell::FromWords, "exec: "},
    {kExec, 200, "permission denied", ErrorClass::Rejected, Tell::FromWords, "exec: "},
    {kExec, 200, "no such file or directory", ErrorClass::Rejected, Tell::FromWords, "exec: "},
    {kExec, 0, "OCI runtime exec failed", ErrorClass::Rejected, Tell::FromMatch},
    {kAnyCall & ~kLook, 400, "", ErrorClass::Invalid, Tell::All},
    {kAnyCall, 404, "", ErrorClass::NotFound, Tell::All},
    {kAnyCall, 0, "", ErrorClass::Transient, Tell::All},
});

constexpr auto kRules = runtime::joinRules(kRefusalRules, runtime::kRegistryWayRules, kOtherRules);

}  // namespace

std::span<const ErrorRule> errorTable() {
  return kRules;
}

}  // namespace holdfast::docker
