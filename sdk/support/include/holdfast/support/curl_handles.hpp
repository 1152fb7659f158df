// SPDX-License-Identifier: Apache-2.0
// What clients share of their dealings with libcurl, for those that need more of it than http.hpp
// and async_http.hpp have.
#pragma once

#include "holdfast/support/http.hpp"
#include "holdfast/support/tls_files.hpp"

#include <curl/curl.h>

#include <memory>
#include <new>
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

// Throws std::bad_alloc when memory runs out. Else libcurl refuses an option only where it was
// built without the feature, which shows when that is used.
template <typename Option, typename Value>
void setOption(CURL* easy, Option option, Value value) {
  if (curl_easy_setopt(easy, option, value) == CURLE_OUT_OF_MEMORY) {
    throw std::bad_alloc();
  }
}

// What every transfer needs among threads: no signals, and an end at once also while a name is
// looked up. The thread that looks it up is left behind then; libcurl would wait for it, for as
// long as the name servers of resolv.conf let it take.
void setThreading(CURL* easy);

// TLS 1.2 or newer. With a caFile the other side's certificate has to come from there, and an
// authority of the system does not do.
void setTls(CURL* easy, const TlsFiles& files);

// With an empty Expect, which keeps libcurl from waiting for "100 Continue" before bigger bodies.
[[nodiscard]] HeaderList headerList(const std::vector<std::string>& headers);

// `osError`: errno behind a failed connection. `text`: libcurl's own words.
[[nodiscard]] HttpError httpErrorOf(CURLcode code, int osError, std::string_view text);

}  // namespace holdfast::support
