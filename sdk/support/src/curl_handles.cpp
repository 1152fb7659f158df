// SPDX-License-Identifier: Apache-2.0
#include "holdfast/support/curl_handles.hpp"

#include <cerrno>

namespace holdfast::support {
namespace {

HttpError connectError(int osError) {
  switch (osError) {
    case ENOENT:
      return HttpError::NoSocket;
    case EACCES:
    case EPERM:
      return HttpError::PermissionDenied;
    case ECONNREFUSED:
      return HttpError::Refused;
    case ETIMEDOUT:
      return HttpError::Timeout;
    default:
      return HttpError::Unreachable;
  }
}

}  // namespace

void initializeCurl() {
  static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (result != CURLE_OK) {
    throw std::bad_alloc();
  }
}

void setThreading(CURL* easy) {
  setOption(easy, CURLOPT_NOSIGNAL, 1L);
  setOption(easy, CURLOPT_QUICK_EXIT, 1L);
}

void setTls(CURL* easy, const TlsFiles& files) {
  setOption(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!files.caFile.empty()) {
    setOption(easy, CURLOPT_CAINFO, files.caFile.c_str());
    setOption(easy, CURLOPT_CAPATH, nullptr);  // the system's authorities, as a folder
  }
  if (!files.certFile.empty()) {
    setOption(easy, CURLOPT_SSLCERT, files.certFile.c_str());
  }
  if (!files.keyFile.empty()) {
    setOption(easy, CURLOPT_SSLKEY, files.keyFile.c_str());
  }
}

HeaderList headerList(const std::vector<std::string>& headers) {
  HeaderList list;
  for (const std::string& header : headers) {
    curl_slist* longer = curl_slist_append(list.get(), header.c_str());
    if (longer == nullptr) {
      throw std::bad_alloc();
    }
    static_cast<void>(list.release());
    list.reset(longer);
  }
  curl_slist* longer = curl_slist_append(list.get(), "Expect:");
  if (longer == nullptr) {
    throw std::bad_alloc();
  }
  static_cast<void>(list.release());
  list.reset(longer);
  return list;
}

HttpError httpErrorOf(CURLcode code, int osError, std::string_view text) {
  switch (code) {
    case CURLE_OK:
      return HttpError::None;
    case CURLE_COULDNT_CONNECT:
      return connectError(osError);
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return HttpError::Resolve;
    case CURLE_PROXY:
      return HttpError::Proxy;
    case CURLE_OPERATION_TIMEDOUT:
      return HttpError::Timeout;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return HttpError::Tls;
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      // With TLS 1.3 a refused client certificate shows only when the answer is read.
      return text.find("SSL") != std::string_view::npos ? HttpError::Tls : HttpError::Broken;
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
      return HttpError::Broken;
    default:
      return HttpError::Other;
  }
}

}  // namespace holdfast::support
