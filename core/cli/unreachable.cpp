// SPDX-License-Identifier: Apache-2.0
#include "cli/unreachable.hpp"

#include "cli/text.hpp"

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <system_error>

namespace holdfast::cli {
namespace {

using support::HttpError;

std::string groupName(gid_t id) {
  std::array<char, 4096> buffer{};
  group entry{};
  group* found = nullptr;
  if (::getgrgid_r(id, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
    return found->gr_name;
  }
  return std::to_string(id);
}

// The group that may pass the first obstacle on the way to the socket: a folder that may not be
// entered, or the socket itself. Empty when that would not help.
std::string groupToJoin(const std::string& socketPath, const MayAccess& mayAccess) {
  std::filesystem::path passed;
  const std::filesystem::path whole(socketPath);
  for (const auto& part : whole) {
    passed /= part;
    struct stat info {};
    if (::stat(passed.c_str(), &info) != 0) {
      return {};
    }
    const bool last = passed == whole;
    if (mayAccess(passed.string(), last ? R_OK | W_OK : X_OK)) {
      continue;
    }
    const mode_t needed = last ? S_IRGRP | S_IWGRP : S_IXGRP;
    return (info.st_mode & needed) == needed ? groupName(info.st_gid) : std::string();
  }
  return {};
}

std::string advice() {
  return "  Is the agent running?    systemctl status holdfastd\n"
         "  Is its setup all right?  holdfastd --check-config\n"
         "  Another socket?          --socket PATH, or HOLDFAST_SOCKET\n";
}

std::string permissionAdvice(const std::string& socketPath, const MayAccess& mayAccess) {
  const std::string group = groupToJoin(socketPath, mayAccess);
  if (group.empty()) {
    return "  Only its owner may use it: try with sudo\n";
  }
  return "  Members of the group '" + group + "' may use it:  sudo usermod -aG " + group +
         " \"$USER\"   (then log in again)\n";
}

}  // namespace

bool systemMayAccess(const std::string& path, int mode) {
  return ::access(path.c_str(), mode) == 0;
}

std::string explainUnreachable(const std::string& socketPath, const support::HttpResult& result,
                               const MayAccess& mayAccess) {
  const std::string where = "cannot reach the agent at " + socketPath + ": ";
  switch (result.error) {
    case HttpError::NoSocket:
      return where + "there is no such file\n" + advice();
    case HttpError::Refused:
      return where + "nobody listens there; the agent has stopped or crashed\n" + advice();
    case HttpError::PermissionDenied:
      return where + "permission denied\n" + permissionAdvice(socketPath, mayAccess);
    case HttpError::Timeout:
      return where + "it does not answer in time\n" + advice();
    case HttpError::Broken:
      return where + "the connection ended in the middle of an answer; the agent has stopped or " +
             "was restarted\n" + advice();
    default:
      return where + oneLine(result.errorText) + "\n" + advice();
  }
}

}  // namespace holdfast::cli
