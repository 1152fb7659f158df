// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/support/redactor.hpp"
#include "holdfast/support/url.hpp"
#include "notifier/webhook/options.hpp"

#include <string>
#include <vector>

namespace holdfast::webhook {

// Everything secret that one delivery needs.
struct Credentials {
  support::HttpUrl url;
  std::vector<std::string> headers;  // "Name: value", Authorization among them
  std::vector<std::string> keys;     // that sign
  std::string routingKey;
  support::Redactor redactor;  // knows all of it
};

// Reads the files of the options. False when one is missing or holds something else than it should;
// `problem` names the option and the file, and nothing that is in it.
[[nodiscard]] bool readCredentials(const Options& options, Credentials& credentials,
                                   std::string& problem);

}  // namespace holdfast::webhook
