// SPDX-License-Identifier: Apache-2.0
#include "holdfast/support/url.hpp"

#include <curl/curl.h>

#include <memory>
#include <new>

namespace holdfast::support {
namespace {

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using UrlHandle = std::unique_ptr<CURLU, UrlDeleter>;

UrlHandle newUrl() {
  UrlHandle url(curl_url());
  if (!url) {
    throw std::bad_alloc();
  }
  return url;
}

// Empty when the URL does not have that part.
std::string urlPart(CURLU* url, CURLUPart part, unsigned int flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) {
    return {};
  }
  std::string result(text);
  curl_free(text);
  return result;
}

}  // namespace

bool parseUrl(std::string_view url, HttpUrl& parts, std::string& problem) {
  const UrlHandle handle = newUrl();
  const CURLUcode code = curl_url_set(handle.get(), CURLUPART_URL, std::string(url).c_str(), 0);
  if (code != CURLUE_OK) {
    problem = "expected a URL such as https://example.org/path";
    return false;
  }
  const std::string scheme = urlPart(handle.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") {
    problem = "expected http:// or https://, not " + scheme + "://";
    return false;
  }
  const std::string port = urlPart(handle.get(), CURLUPART_PORT);
  const std::string query = urlPart(handle.get(), CURLUPART_QUERY);
  const std::string user = urlPart(handle.get(), CURLUPART_USER, CURLU_URLDECODE);
  parts.host = urlPart(handle.get(), CURLUPART_HOST);
  parts.baseUrl = scheme + "://" + parts.host + (port.empty() ? "" : ":" + port);
  parts.target = urlPart(handle.get(), CURLUPART_PATH) + (query.empty() ? "" : "?" + query);
  parts.credentials.clear();
  if (!user.empty()) {
    parts.credentials = user + ":" + urlPart(handle.get(), CURLUPART_PASSWORD, CURLU_URLDECODE);
  }
  if (parts.host.starts_with('[')) {
    parts.host = parts.host.substr(1, parts.host.size() - 2);
  }
  return true;
}

std::string resolveUrl(const std::string& base, const std::string& location) {
  const UrlHandle handle = newUrl();
  if (curl_url_set(handle.get(), CURLUPART_URL, base.c_str(), 0) != CURLUE_OK ||
      curl_url_set(handle.get(), CURLUPART_URL, location.c_str(), 0) != CURLUE_OK) {
    return {};
  }
  return urlPart(handle.get(), CURLUPART_URL);
}

}  // namespace holdfast::support
