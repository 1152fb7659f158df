// SPDX-License-Identifier: Apache-2.0
#include "model/forms/mounts.hpp"

#include <vector>

namespace holdfast::model {

namespace {

constexpr std::string_view kPermissions = "rwm";

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos)
      return parts;
    text.remove_prefix(end + 1);
  }
}

// "mr" -> "rm"; nothing for other letters, repeated ones and an empty text.
std::string normalisedPermissions(std::string_view text) {
  std::string result;
  for (const char c : kPermissions) {
    if (text.find(c) != std::string_view::npos)
      result += c;
  }
  return result.size() == text.size() ? result : std::string();
}

}  // namespace

Form<std::string> normalisedPath(std::string_view text) {
  if (!text.starts_with('/'))
    return formError(inQuotes(text) + " is no absolute path");
  std::string result;
  for (const std::string_view part : split(text, '/')) {
    if (part == "..")
      return formError("the path " + inQuotes(text) + " contains \"..\"");
    if (part.empty() || part == ".")
      continue;
    result += '/';
    result += part;
  }
  if (result.empty())
    result = "/";
  return result;
}

Form<Mount> parseMount(std::string_view text) {
  const auto refused = [&](const std::string& because) {
    return formError(inQuotes(text) + ": " + because +
                     "; expected volume:/path[:ro|rw] or /host/path:/path[:ro|rw]");
  };
  const auto parts = split(text, ':');
  if (parts.size() < 2 || parts.size() > 3)
    return refused("found " + std::to_string(parts.size()) + " parts");

  Mount mount;
  mount.source = parts[0];
  if (parts[0].find('/') != std::string_view::npos) {
    mount.kind = Mount::Kind::Bind;
    const auto source = normalisedPath(parts[0]);
    if (!source)
      return refused(source.error().message);
    mount.source = *source;
  }
  const auto target = normalisedPath(parts[1]);
  if (!target)
    return refused(target.error().message);
  mount.target = *target;
  if (mount.source.empty())
    return refused("the volume has no name");
  if (mount.target == "/")
    return refused("the container's root cannot be mounted over");
  if (parts.size() == 3) {
    if (parts[2] != "ro" && parts[2] != "rw")
      return refused("unknown mode " + inQuotes(parts[2]));
    mount.readOnly = parts[2] == "ro";
  }
  return mount;
}

Form<std::pair<std::string, std::string>> parseTmpfs(std::string_view text) {
  const auto colon = text.find(':');
  const auto path = normalisedPath(text.substr(0, colon));
  if (!path || *path == "/")
    return formError(inQuotes(text) + ": " +
                     (path ? "the container's root cannot be mounted over" : path.error().message) +
                     "; expected /path or /path:size=1m,mode=1777");
  return std::pair{*path,
                   std::string(colon == std::string_view::npos ? "" : text.substr(colon + 1))};
}

Form<Device> parseDevice(std::string_view text) {
  const auto refused = [&](const std::string& because) {
    return formError(inQuotes(text) + ": " + because + "; expected /dev/a[:/dev/b[:rwm]]");
  };
  const auto parts = split(text, ':');
  if (parts.size() > 3)
    return refused("found " + std::to_string(parts.size()) + " parts");
  const auto host = normalisedPath(parts[0]);
  const auto container = parts.size() > 1 ? normalisedPath(parts[1]) : host;
  if (!host)
    return refused(host.error().message);
  if (!container)
    return refused(container.error().message);
  Device device{*host, *container, std::string(kPermissions)};
  if (parts.size() == 3) {
    device.permissions = normalisedPermissions(parts[2]);
    if (device.permissions.empty())
      return refused("the permissions " + inQuotes(parts[2]) + " are not letters of rwm");
  }
  return device;
}

}  // namespace holdfast::model
