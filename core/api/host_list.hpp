// SPDX-License-Identifier: Apache-2.0
// The names under which this device may be addressed. A browser that some foreign name was made to
// lead here (DNS rebinding) gives itself away by that name.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::api {

class HostList {
 public:
  // Names and addresses as they stand in a URL, without ports. "localhost" is always one.
  explicit HostList(const std::vector<std::string>& names);

  // `header`: the request's Host. `own`: the address that was connected to, which nobody but a
  // client that knows it can name.
  [[nodiscard]] bool allows(std::string_view header, std::string_view own) const;

 private:
  std::set<std::string> names_;
};

// True when the two name the same origin: `origin` as the header has it, "http://device:8090".
[[nodiscard]] bool isSameOrigin(std::string_view origin, std::string_view host);

}  // namespace holdfast::api
