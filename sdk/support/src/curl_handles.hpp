// SPDX-License-Identifier: Apache-2.0
// What the HTTP clients share of their dealings with libcurl.
#pragma once

#include "holdfast/support/http.hpp"

#include <curl/curl.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::support {

struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct MultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using EasyHandle = std::unique_ptr<CURL, EasyDeleter>;
using MultiHandle = std::unique_ptr<CURLM, MultiDeleter>;
using HeaderList = std::unique_ptr<curl_slist, ListDeleter>;

// Thread-safe since libcurl 7.84 and counted, so that plugins need not agree who does it. Throws
// std::bad_alloc when libcurl cannot begin.
void initializeCurl();

// With an empty Expect, which keeps libcurl from waiting for "100 Continue" before bigger bodies.
[[nodiscard]] HeaderList headerList(const std::vector<std::string>& headers);

// `osError`: errno behind a failed connection. `text`: libcurl's own words.
[[nodiscard]] HttpError httpErrorOf(CURLcode code, int osError, std::string_view text);

}  // namespace holdfast::support
