// SPDX-License-Identifier: Apache-2.0
// Credentials of registries, from the files that `docker login` and `podman login` write.
#pragma once

#include "holdfast/sdk/types.hpp"
#include "runtime/common/image_reference.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::runtime {

// Never logged, never put into an error.
struct RegistryCredentials {
  std::string user;
  std::string password;
  std::string identityToken;  // instead of user and password
  std::string server;         // as the credentials' source names the registry

  [[nodiscard]] bool empty() const { return user.empty() && identityToken.empty(); }

  // The value of the X-Registry-Auth header.
  [[nodiscard]] std::string toHeader() const;
};

struct CredentialLookup {
  RegistryCredentials credentials;    // empty: ask the registry without any
  std::vector<std::string> problems;  // files and helpers that could not be used, and why
};

// Looks credentials up anew for each image: the files may change at any time. Thread-safe.
//
// Files, the first that knows the registry wins: the configured one, then Docker's
// ($DOCKER_CONFIG/config.json, else $HOME/.docker/config.json). Inside a file: `credHelpers` of the
// registry, then `credsStore`, then `auths`. Keys of `auths` may name a registry or, as Podman
// allows, a path below it; the longest one that fits the image wins.
class CredentialStore {
 public:
  // An empty path stands for "none".
  CredentialStore(std::filesystem::path authFile, std::filesystem::path dockerConfigFile);

  // The files of this process's environment.
  [[nodiscard]] static CredentialStore ofEnvironment(std::filesystem::path authFile);

  // Reads files and may run a credential helper, for at most 10 s.
  [[nodiscard]] CredentialLookup lookup(const ImageReference& image, const sdk::Call& call) const;

 private:
  std::filesystem::path authFile_;
  std::filesystem::path dockerConfigFile_;
};

}  // namespace holdfast::runtime
