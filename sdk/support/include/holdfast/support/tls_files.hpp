// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace holdfast::support {

// Paths of PEM files for a connection over TLS, empty where there are none.
struct TlsFiles {
  std::string caFile;
  std::string certFile;
  std::string keyFile;

  [[nodiscard]] bool any() const { return !caFile.empty() || !certFile.empty(); }
};

}  // namespace holdfast::support
