// SPDX-License-Identifier: Apache-2.0
#include "api/host_list.hpp"

#include "api/header_text.hpp"

namespace holdfast::api {
namespace {

// Without port and the dot of a complete name; empty when it is no name.
std::string nameIn(std::string_view header) {
  const bool six = header.starts_with('[');
  const auto end = six ? header.find(']') : header.find(':');
  if (six && end == std::string_view::npos) {
    return "";
  }
  const auto name = header.substr(0, six ? end + 1 : end);
  const auto rest = header.substr(name.size());
  const bool isPort = rest.empty() || (rest.starts_with(':') &&
                                       rest.find_first_not_of("0123456789", 1) == rest.npos);
  return isPort ? lower(name.substr(0, name.size() - (name.ends_with('.') ? 1 : 0))) : "";
}

}  // namespace

HostList::HostList(const std::vector<std::string>& names) : names_{"localhost"} {
  for (const auto& name : names) {
    names_.insert(nameIn(name));
  }
  names_.erase("");
}

bool HostList::allows(std::string_view header, std::string_view own) const {
  const auto name = nameIn(header);
  return !name.empty() && (name == own || names_.contains(name));
}

bool isSameOrigin(std::string_view origin, std::string_view host) {
  const auto scheme = origin.find("://");
  if (scheme == std::string_view::npos || host.empty()) {
    return false;
  }
  const auto name = origin.substr(0, scheme);
  return (name == "http" || name == "https") && lower(origin.substr(scheme + 3)) == lower(host);
}

}  // namespace holdfast::api
