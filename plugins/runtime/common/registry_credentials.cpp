// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/registry_credentials.hpp"

#include "holdfast/support/base64.hpp"
#include "holdfast/support/json.hpp"
#include "runtime/common/credential_helper.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <cstdlib>
#include <fstream>
#include <optional>

namespace holdfast::runtime {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

constexpr std::size_t kMaxFileBytes = 1024u * 1024;
constexpr std::int64_t kHelperTimeoutMs = 10'000;

// Docker Hub's credentials are kept under this name (docker/cli: registry.IndexServer).
constexpr std::string_view kDockerHubServer = "https://index.docker.io/v1/";

// What a key of `auths` means: "https://index.docker.io/v1/" and "docker.io" are the same registry.
std::string normalisedKey(std::string_view key) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (key.starts_with(scheme)) {
      key.remove_prefix(scheme.size());
    }
  }
  for (const std::string_view suffix : {"/", "/v1", "/v2"}) {
    if (key.ends_with(suffix)) {
      key.remove_suffix(suffix.size());
    }
  }
  if (key == "index.docker.io" || key == "registry-1.docker.io") {
    return "docker.io";
  }
  return std::string(key);
}

// How long a part of the image's name the key covers; 0 when it is about something else.
std::size_t coverage(std::string_view key, std::string_view repository) {
  const bool covers = repository.starts_with(key) &&
                      (repository.size() == key.size() || repository[key.size()] == '/');
  return covers ? key.size() : 0;
}

std::string serverOf(const ImageReference& image) {
  return image.domain == "docker.io" ? std::string(kDockerHubServer) : image.domain;
}

std::optional<RegistryCredentials> fromAuths(const json::object& auths,
                                             const ImageReference& image) {
  const std::string repository = image.repository();
  const json::value* best = nullptr;
  std::size_t bestCoverage = 0;
  for (const auto& [key, entry] : auths) {
    const std::size_t covered = coverage(normalisedKey({key.data(), key.size()}), repository);
    if (covered > bestCoverage) {
      best = &entry;
      bestCoverage = covered;
    }
  }
  if (best == nullptr) {
    return std::nullopt;
  }
  RegistryCredentials credentials;
  credentials.server = serverOf(image);
  credentials.identityToken = support::jsonText(*best, {"identitytoken"});
  credentials.user = support::jsonText(*best, {"username"});
  credentials.password = support::jsonText(*best, {"password"});
  if (const auto decoded = support::base64Decode(support::jsonText(*best, {"auth"}));
      decoded && decoded->find(':') != std::string::npos) {
    credentials.user = decoded->substr(0, decoded->find(':'));
    credentials.password = decoded->substr(decoded->find(':') + 1);
  }
  if (credentials.empty()) {
    return std::nullopt;
  }
  return credentials;
}

std::string_view helperOf(const json::value& config, const ImageReference& image) {
  if (const json::object* helpers = support::jsonObject(config, {"credHelpers"})) {
    for (const auto& [key, name] : *helpers) {
      if (normalisedKey({key.data(), key.size()}) == image.domain) {
        return support::jsonText(name);
      }
    }
  }
  return support::jsonText(config, {"credsStore"});
}

std::optional<json::value> readConfig(const fs::path& path, std::vector<std::string>& problems) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    problems.push_back("cannot read " + path.string());
    return std::nullopt;
  }
  std::string text(kMaxFileBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  std::optional<json::value> config;
  if (text.size() <= kMaxFileBytes) {
    config = support::parseJson(text);
  }
  if (!config || !config->is_object()) {
    problems.push_back(path.string() + " is no JSON object of at most 1 MiB");
    return std::nullopt;
  }
  return config;
}

std::optional<RegistryCredentials> fromFile(const fs::path& path, const ImageReference& image,
                                            const sdk::Call& call,
                                            std::vector<std::string>& problems) {
  const std::optional<json::value> config = readConfig(path, problems);
  if (!config) {
    return std::nullopt;
  }
  if (const std::string_view helper = helperOf(*config, image); !helper.empty()) {
    const std::string server = serverOf(image);
    HelperAnswer answer = askCredentialHelper(helper, server, kHelperTimeoutMs, call);
    if (!answer.problem.empty()) {
      problems.push_back(std::move(answer.problem));
    }
    if (answer.found && answer.user == "<token>") {
      return RegistryCredentials{{}, {}, std::move(answer.secret), server};
    }
    if (answer.found) {
      return RegistryCredentials{std::move(answer.user), std::move(answer.secret), {}, server};
    }
  }
  const json::object* auths = support::jsonObject(*config, {"auths"});
  return auths == nullptr ? std::nullopt : fromAuths(*auths, image);
}

fs::path fromVariable(const char* variable) {
  const char* value = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): nobody sets any
  return value == nullptr ? fs::path() : fs::path(value);
}

}  // namespace

std::string RegistryCredentials::toHeader() const {
  json::object auth;
  if (identityToken.empty()) {
    auth = {{"username", user}, {"password", password}, {"serveraddress", server}};
  } else {
    auth = {{"identitytoken", identityToken}, {"serveraddress", server}};
  }
  return support::base64UrlEncode(json::serialize(auth));
}

CredentialStore::CredentialStore(fs::path authFile, fs::path dockerConfigFile)
    : authFile_(std::move(authFile)), dockerConfigFile_(std::move(dockerConfigFile)) {}

CredentialStore CredentialStore::ofEnvironment(fs::path authFile) {
  fs::path directory = fromVariable("DOCKER_CONFIG");
  if (directory.empty()) {
    if (const fs::path home = fromVariable("HOME"); !home.empty()) {
      directory = home / ".docker";
    }
  }
  return {std::move(authFile), directory.empty() ? fs::path() : directory / "config.json"};
}

CredentialLookup CredentialStore::lookup(const ImageReference& image, const sdk::Call& call) const {
  CredentialLookup result;
  std::optional<RegistryCredentials> found;
  if (!authFile_.empty()) {
    found = fromFile(authFile_, image, call, result.problems);
  }
  // Docker's own file is there or it is not; only a configured one has to be.
  std::error_code ignored;
  if (!found && !dockerConfigFile_.empty() && fs::exists(dockerConfigFile_, ignored)) {
    found = fromFile(dockerConfigFile_, image, call, result.problems);
  }
  if (found) {
    result.credentials = std::move(*found);
  }
  return result;
}

}  // namespace holdfast::runtime
