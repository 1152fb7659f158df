// SPDX-License-Identifier: Apache-2.0
#include "uplink/iotistic/certificate.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>

namespace holdfast::iotistic {
namespace {

struct BioDeleter {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct CertificateDeleter {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Certificate = std::unique_ptr<X509, CertificateDeleter>;

Certificate firstOf(BIO* source) {
  const std::unique_ptr<BIO, BioDeleter> bio(source);
  Certificate certificate;
  if (bio) {
    // Without a function for it, OpenSSL would ask the terminal for the password of a locked one.
    certificate.reset(PEM_read_bio_X509(
        bio.get(), nullptr, [](char*, int, int, void*) { return 0; }, nullptr));
  }
  ERR_clear_error();
  return certificate;
}

}  // namespace

std::optional<std::int64_t> certificateEnd(const std::string& file) {
  const Certificate certificate = firstOf(BIO_new_file(file.c_str(), "r"));
  std::tm end{};
  if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &end) != 1) {
    return std::nullopt;
  }
  return std::int64_t{::timegm(&end)};
}

bool isCertificate(const std::string& pem) {
  return firstOf(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))) != nullptr;
}

}  // namespace holdfast::iotistic
