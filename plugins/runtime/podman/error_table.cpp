// SPDX-License-Identifier: Apache-2.0
#include "runtime/podman/error_table.hpp"

#include "runtime/common/registry_way_rules.hpp"

#include <array>

namespace holdfast::podman {
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

// The order matters where one text holds another: the cause stands at the end of Podman's chains,
// so causes come before what wraps them, and the disk before everything.
constexpr auto kRefusalRules = std::to_array<ErrorRule>({
    {kAnyCall, 0, "no space left on device", ErrorClass::Transient, Tell::FromMatch},
    {kAnyCall, 0, "disk quota exceeded", ErrorClass::Transient, Tell::FromMatch},

    // --- pull: the registry refuses ---
    {kPull, 0, "toomanyrequests", ErrorClass::RateLimited, Tell::FromMatch},
    {kPull, 0, "too many requests", ErrorClass::RateLimited, Tell::FromMatch},
    {kPull, 0, "429 (Too Many Requests)", ErrorClass::RateLimited, Tell::FromMatch},
    {kPull, 0, "429 Too Many Requests", ErrorClass::RateLimited, Tell::FromMatch},
    {kPull, 0, "manifest unknown", ErrorClass::NotFound, Tell::Words, "manifest unknown"},
    {kPull, 0, "name unknown", ErrorClass::NotFound, Tell::FromMatch},
    {kPull, 0, "repository name not known to registry", ErrorClass::NotFound, Tell::FromMatch},
    {kPull, 0, "requested access to the resource is denied", ErrorClass::Denied, Tell::FromMatch},
    {kPull, 0, "unauthorized", ErrorClass::Denied, Tell::FromMatch},
    {kPull, 0, "authentication required", ErrorClass::Denied, Tell::FromMatch},
    {kPull, 0, "permission denied", ErrorClass::Transient, Tell::All},  // of Podman's own files
    {kPull, 0, "denied", ErrorClass::Denied, Tell::FromMatch},
    {kPull, 0, "received unexpected HTTP status: 401", ErrorClass::Denied, Tell::FromMatch},
    {kPull, 0, "received unexpected HTTP status: 403", ErrorClass::Denied, Tell::FromMatch},
    {kPull, 0, "received unexpected HTTP status:", ErrorClass::Transient, Tell::FromMatch},
    {kPull, 0, "invalid status code from registry 401", ErrorClass::Denied, Tell::FromMatch},
    {kPull, 0, "invalid status code from registry 403", ErrorClass::Denied, Tell::FromMatch},
    {kPull, 0, "invalid status code from registry", ErrorClass::Transient, Tell::FromMatch},
    {kPull, 0, "no image found in manifest list for", ErrorClass::NotFound, Tell::FromMatch},
    {kPull, 0, "no image found in image index for", ErrorClass::NotFound, Tell::FromMatch},
    {kPull, 0, "Source image rejected: ", ErrorClass::Denied, Tell::FromMatch},  // policy.json
    {kPull, 0, "invalid reference format", ErrorClass::Invalid, Tell::FromMatch},
    {kPull, 0, "repository name must be lowercase", ErrorClass::Invalid, Tell::FromMatch},
    {kPull, 0, "short-name ", ErrorClass::Invalid, Tell::FromMatch},
    {kPull, 400, "", ErrorClass::Invalid, Tell::All},
});

// The way to the registry stands between (runtime::kRegistryWayRules).
constexpr auto kOtherRules = std::to_array<ErrorRule>({
    {kPull, 0, "invalid character ", ErrorClass::Transient, Tell::FromMatch},
    {kPull, 0, "Digest did not match", ErrorClass::Transient, Tell::FromMatch},
    {kPull, 0, "Manifest does not match provided manifest digest", ErrorClass::Transient,
     Tell::FromMatch},
    {kPull, 0, "", ErrorClass::Transient, Tell::All},

    // --- looks: what went between the engine's finding it and its looking at it ---
    {kLook, 0, "no such container", ErrorClass::NotFound, Tell::All},
    {kLook, 0, "container has already been removed", ErrorClass::NotFound, Tell::All},

    // --- start: the engine refuses the program or its surroundings ---
    {kStart, 0, "executable file not found", ErrorClass::Rejected, Tell::FromWords, "exec: "},
    {kStart, 0, "open /proc/sys/", ErrorClass::Rejected, Tell::FromMatch},
    {kStart, 0, "error mounting ", ErrorClass::Rejected, Tell::FromMatch},
    {kStart, 0, "OCI permission denied", ErrorClass::Rejected, Tell::FromWords, "exec: "},
    {kStart, 0, "OCI runtime attempted to invoke a command that was not found",
     ErrorClass::Rejected, Tell::FromWords, "exec: "},
    {kStart, 0, "unable to find user", ErrorClass::Rejected, Tell::FromMatch},
    {kStart, 0, "unable to find group", ErrorClass::Rejected, Tell::FromMatch},
    {kStart, 0, "no matching entries in ", ErrorClass::Rejected, Tell::All},
    {kStart, 0, "workdir \"", ErrorClass::Rejected, Tell::FromMatch},
    {kStart, 0, "sysctl \"", ErrorClass::Rejected, Tell::FromMatch},
    {kStart, 0, "error setting rlimit type", ErrorClass::Rejected, Tell::FromMatch},
    {kStart, 0, "wrong rlimit value", ErrorClass::Rejected, Tell::FromMatch},
    {kStart, 0, "unable to set memory limit", ErrorClass::Rejected, Tell::FromMatch},
    {kStart, 0, "cannot expose privileged port", ErrorClass::Rejected,
     Tell::FromMatch},  // rootless
    {kStart, 0, "seccomp", ErrorClass::Rejected, Tell::All},
    {kStart, 0, "apparmor", ErrorClass::Rejected, Tell::All},

    // --- start: something else holds or misses what it needs ---
    {kStart, 0, "address already in use", ErrorClass::Conflict, Tell::FromWords, "listen "},
    {kStart, 0, "cannot assign requested address", ErrorClass::Transient, Tell::FromWords,
     "listen "},
    {kStart, 0, "container state improper", ErrorClass::Conflict, Tell::All},
    {kStart, 0, "starting some containers", ErrorClass::Conflict, Tell::Words,
     "a container that it depends on does not start"},
    {kStart, 0, "network not found", ErrorClass::NotFound, Tell::FromWords,
     "unable to find network"},
    {kStart, 0, "image not known", ErrorClass::NotFound, Tell::All},
    {kStart, 404, "", ErrorClass::NotFound, Tell::All},
    {kStart, 409, "", ErrorClass::Conflict, Tell::All},
    {kStart, 0, "runc create failed: ", ErrorClass::Rejected, Tell::FromMatch},
    {kStart, 0, "OCI runtime error", ErrorClass::Rejected, Tell::All},
    {kStart, 0, "", ErrorClass::Transient, Tell::All},

    // --- create ---
    {kCreate, 0, kNameTaken, ErrorClass::Conflict, Tell::FromWords, "the container name"},
    {kCreate, 0, "image not known", ErrorClass::NotFound, Tell::All},
    {kCreate, 0, "network not found", ErrorClass::NotFound, Tell::All},
    {kCreate, 0, "no such container", ErrorClass::NotFound, Tell::All},
    {kCreate, 0, "opening seccomp profile failed", ErrorClass::Invalid, Tell::FromMatch},
    {kCreate, 0, "stat /dev/", ErrorClass::Rejected, Tell::FromMatch},
    {kCreate, 0, "no such file or directory", ErrorClass::NotFound, Tell::All},
    {kCreate, 0, "unknown capability", ErrorClass::Invalid, Tell::All},
    {kCreate, 0, "invalid mount option", ErrorClass::Invalid, Tell::All},
    {kCreate, 0, "invalid argument", ErrorClass::Invalid, Tell::All},
    {kCreate, 0, "cannot unmarshal", ErrorClass::Invalid, Tell::FromMatch},
    {kCreate, 0, "container-init binary not found", ErrorClass::Rejected, Tell::FromMatch},
    {kCreate, 0, "is not enabled on this system", ErrorClass::Rejected, Tell::All},
    {kCreate, 0, "rootless", ErrorClass::Rejected, Tell::All},
    {kCreate, 404, "", ErrorClass::NotFound, Tell::All},
    {kCreate, 409, "", ErrorClass::Conflict, Tell::All},
    {kCreate, 400, "", ErrorClass::Invalid, Tell::All},
    {kCreate, 0, "", ErrorClass::Transient, Tell::All},

    // --- networks ---
    {kNetwork, 0, "network is being used", ErrorClass::Conflict, Tell::All},
    {kNetwork, 0, "is already used on the host", ErrorClass::Conflict, Tell::All},
    {kNetwork, 0, "is already being used by", ErrorClass::Conflict, Tell::All},
    {kNetwork, 0, "could not find free subnet", ErrorClass::Conflict, Tell::FromMatch},
    {kNetwork, 0, "network already exists", ErrorClass::Conflict, Tell::All},
    {kNetwork, 0, "unsupported driver", ErrorClass::Invalid, Tell::FromMatch},
    {kNetwork, 0, "unsupported network option", ErrorClass::Invalid, Tell::FromMatch},
    {kNetwork, 0, "unsupported bridge network option", ErrorClass::Invalid, Tell::FromMatch},
    {kNetwork, 0, "invalid argument", ErrorClass::Invalid, Tell::All},
    {kNetwork, 409, "", ErrorClass::Conflict, Tell::All},

    // --- volumes, removals, stops, output, information ---
    {kVolume, 0, "volume already exists", ErrorClass::Conflict, Tell::All},
    {kVolume, 0, "volume is being used", ErrorClass::Conflict, Tell::All},
    {kVolume, 0, "no such volume plugin", ErrorClass::NotFound, Tell::All},
    {kVolume, 0, "volume plugin", ErrorClass::NotFound, Tell::All},
    {kVolume, 0, "invalid argument", ErrorClass::Invalid, Tell::All},
    {kRemove, 0, "image is in use by a container", ErrorClass::Conflict, Tell::All},
    {kRemove | kStop | kExec, 0, "container state improper", ErrorClass::Conflict, Tell::All},
    {kVolume | kRemove | kStop | kExec, 409, "", ErrorClass::Conflict, Tell::All},
    {kLogs, 0, "cannot read logs", ErrorClass::Invalid, Tell::FromWords, "this container is using"},
    {kLogs, 0, "is not logging output", ErrorClass::Invalid, Tell::All},
    {kExec, 0, "executable file not found", ErrorClass::Rejected, Tell::FromWords, "exec: "},
    {kExec, 0, "OCI permission denied", ErrorClass::Rejected, Tell::FromWords, "exec: "},
    {kExec, 0, "OCI runtime attempted to invoke a command that was not found", ErrorClass::Rejected,
     Tell::FromWords, "exec: "},
    {kExec, 200, "exec failed", ErrorClass::Rejected, Tell::FromMatch},
    {kAnyCall & ~kLook, 400, "", ErrorClass::Invalid, Tell::All},
    {kAnyCall, 404, "", ErrorClass::NotFound, Tell::All},
    {kAnyCall, 0, "", ErrorClass::Transient, Tell::All},
});

constexpr auto kRules = runtime::joinRules(kRefusalRules, runtime::kRegistryWayRules, kOtherRules);

std::string_view trimmed(std::string_view line) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t begin = line.find_first_not_of(kBlank);
  return begin == std::string_view::npos
             ? std::string_view{}
             : line.substr(begin, line.find_last_not_of(kBlank) - begin + 1);
}

}  // namespace

std::span<const ErrorRule> errorTable() {
  return kRules;
}

std::string rootLineOf(std::string_view text) {
  constexpr std::string_view kBullet = "* ";
  std::string_view first;
  std::string_view root;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (line.starts_with(kBullet)) {
      root = line.substr(kBullet.size());
    } else if (line.find("level=error") != std::string_view::npos) {
      root = line;
    } else if (first.empty()) {
      first = line;
    }
  }
  return std::string(root.empty() ? first : root);
}

}  // namespace holdfast::podman
