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
struct BlocksDeleter {
  void operator()(STACK_OF(X509_INFO) * blocks) const {
    sk_X509_INFO_pop_free(blocks, X509_INFO_free);
  }
};
using Bio = std::unique_ptr<BIO, BioDeleter>;
using Certificate = std::unique_ptr<X509, CertificateDeleter>;
using Blocks = std::unique_ptr<STACK_OF(X509_INFO), BlocksDeleter>;

// Without a function for it, OpenSSL would ask the terminal for the password of a locked block.
int noPassword(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) {
  return 0;
}

}  // namespace

std::optional<std::int64_t> certificateEnd(const std::string& file) {
  const Bio bio(BIO_new_file(file.c_str(), "r"));
  const Certificate certificate(bio ? PEM_read_bio_X509(bio.get(), nullptr, noPassword, nullptr)
                                    : nullptr);
  ERR_clear_error();
  std::tm end{};
  if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &end) != 1) {
    return std::nullopt;
  }
  return std::int64_t{::timegm(&end)};
}

bool areCertificates(const std::string& pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  // What OpenSSL reads a file of authorities with; nothing where a block is broken.
  const Blocks blocks(bio ? PEM_X509_INFO_read_bio(bio.get(), nullptr, noPassword, nullptr)
                          : nullptr);
  ERR_clear_error();
  bool any = false;
  for (int at = 0; blocks && at < sk_X509_INFO_num(blocks.get()); ++at) {
    any = any || sk_X509_INFO_value(blocks.get(), at)->x509 != nullptr;
  }
  return any;
}

}  // namespace holdfast::iotistic
