// SPDX-License-Identifier: Apache-2.0
// A target state named on the command line.
#pragma once

#include "cli/context.hpp"

#include <string>

namespace holdfast::cli {

struct Document {
  std::string name;  // of the file; "-" for standard input
  std::string text;
};

// Throws Failed when it cannot be read or is larger than any target may be.
[[nodiscard]] Document readDocument(Context& context, const std::string& fileName);

// True when the answer refused the document (422): its problems were printed, to standard error or
// with -o json to standard output.
[[nodiscard]] bool refused(Context& context, const Answer& answer, const Document& document);

}  // namespace holdfast::cli
