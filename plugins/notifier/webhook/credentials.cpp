// SPDX-License-Identifier: Apache-2.0
#include "notifier/webhook/credentials.hpp"

#include "holdfast/support/address.hpp"
#include "holdfast/support/base64.hpp"
#include "holdfast/support/secret_file.hpp"

#include <algorithm>
#include <cstdlib>

namespace holdfast::webhook {
namespace {

using support::readSecretFile;
using support::readSecretLine;

void hideLogin(const std::string& login, support::Redactor& redactor) {
  redactor.add(support::base64Encode(login));
  redactor.add(login);
  redactor.add(login.substr(login.find(':') + 1));
}

bool readUrl(const Options& options, Credentials& credentials, std::string& problem) {
  std::string text = options.url;
  if (text.empty()) {
    support::SecretLine line = readSecretLine(options.urlFile);
    if (!line.problem.empty()) {
      problem = "urlFile: " + line.problem;
      return false;
    }
    text = std::move(line.text);
  }
  if (!support::parseUrl(text, credentials.url, problem)) {
    problem = "urlFile " + options.urlFile + ": " + problem;
    return false;
  }
  const support::HttpUrl& url = credentials.url;
  // Where a proxy makes the connection, only this check sees the address.
  if (support::isLinkLocal(url.host)) {
    problem = "the URL's address is link-local, which is not connected to";
    return false;
  }
  credentials.redactor.add(text);
  credentials.redactor.addTarget(url.target);
  if (!url.credentials.empty()) {
    credentials.headers.push_back("Authorization: Basic " + support::base64Encode(url.credentials));
    hideLogin(url.credentials, credentials.redactor);
  }
  return true;
}

// Of the proxies that libcurl takes from the environment: a proxy may repeat what it refuses.
void hideProxyLogins(support::Redactor& redactor) {
  for (const char* name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
    const char* value = std::getenv(name);
    const std::string text = value == nullptr ? "" : value;
    const std::size_t at = text.rfind('@');
    if (at == std::string::npos) {
      continue;
    }
    const std::size_t scheme = text.find("://");
    const std::size_t from = scheme == std::string::npos ? 0 : scheme + 3;
    hideLogin(text.substr(from, at - from), redactor);
    support::HttpUrl url;
    std::string problem;
    if (support::parseUrl(text, url, problem)) {
      hideLogin(url.credentials, redactor);  // decoded
    }
  }
}

bool isTokenCharacter(char c) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kOthers.find(c) != std::string_view::npos;
}

// What the request says about itself stays ours.
bool isReserved(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return name == "host" || name == "content-length" || name == "content-type" ||
         name == "transfer-encoding" || name == "connection" || name == "expect";
}

bool isHeader(const std::string& line, std::size_t colon) {
  return colon != std::string::npos && colon > 0 &&
         std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon),
                     isTokenCharacter) &&
         std::none_of(line.begin(), line.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; });
}

bool readHeaders(const Options& options, Credentials& credentials, std::string& problem) {
  if (options.headersFile.empty()) {
    return true;
  }
  const support::SecretText file = readSecretFile(options.headersFile);
  if (!file.text) {
    problem = "headersFile: " + file.problem;
    return false;
  }
  for (const std::string& line : support::meaningfulLines(*file.text)) {
    const std::size_t colon = line.find(':');
    if (!isHeader(line, colon)) {
      problem = "headersFile: expected 'Name: value' in each line of " + options.headersFile;
      return false;
    }
    if (isReserved(line.substr(0, colon))) {
      problem = "headersFile: " + line.substr(0, colon) + " cannot be set";
      return false;
    }
    credentials.headers.push_back(line);
    const std::size_t value = line.find_first_not_of(" \t", colon + 1);
    if (value != std::string::npos) {
      credentials.redactor.add(line.substr(value));
      // "Bearer token": the token by itself as well.
      credentials.redactor.add(line.substr(line.find_last_of(" \t") + 1));
    }
  }
  return true;
}

bool readKeys(const Options& options, Credentials& credentials, std::string& problem) {
  if (options.signature == SignatureStyle::None) {
    return true;
  }
  const support::SecretText file = readSecretFile(options.secretFile);
  if (!file.text) {
    problem = "secretFile: " + file.problem;
    return false;
  }
  const std::vector<std::string> lines = support::meaningfulLines(*file.text);
  SigningKeys keys = signingKeys(options.signature, lines);
  if (!keys.problem.empty()) {
    problem = "secretFile " + options.secretFile + ": " + keys.problem;
    return false;
  }
  for (const std::string& line : lines) {
    credentials.redactor.add(line);
  }
  credentials.keys = std::move(keys.keys);
  return true;
}

bool readRoutingKey(const Options& options, Credentials& credentials, std::string& problem) {
  if (options.routingKeyFile.empty()) {
    return true;
  }
  support::SecretLine line = readSecretLine(options.routingKeyFile);
  if (!line.problem.empty()) {
    problem = "routingKeyFile: " + line.problem;
    return false;
  }
  credentials.redactor.add(line.text);
  credentials.routingKey = std::move(line.text);
  return true;
}

}  // namespace

bool readCredentials(const Options& options, Credentials& credentials, std::string& problem) {
  hideProxyLogins(credentials.redactor);
  return readUrl(options, credentials, problem) && readHeaders(options, credentials, problem) &&
         readKeys(options, credentials, problem) && readRoutingKey(options, credentials, problem);
}

}  // namespace holdfast::webhook
