// SPDX-License-Identifier: Apache-2.0
// Images: executable files. The source folder takes the part of a registry; a pull copies a file
// into the store, under its SHA-256, so that what runs stays as it is when the source changes or
// goes away.
//
//   <store>/blobs/<sha256>     the copies
//   <store>/tags/<reference>   symbolic links to them
#pragma once

#include <holdfast/sdk/runtime.hpp>

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace process {

struct Image {
  std::string id;  // "sha256:..."
  std::int64_t sizeBytes = 0;
};

// Thread-safe. Every member may throw std::system_error.
class ImageStore {
 public:
  ImageStore(std::filesystem::path source, std::filesystem::path store);

  // Makes the folders, and removes what a pull left that was cut off.
  void prepare();

  [[nodiscard]] std::optional<Image> find(std::string_view reference) const;
  [[nodiscard]] std::filesystem::path program(std::string_view id) const;

  holdfast::sdk::Status pull(std::string_view reference, holdfast::sdk::Call& call,
                             holdfast::sdk::ProgressSink& sink);

  // Forgets the reference unless its image is one of `used`, and deletes copies that nobody names
  // or uses any more.
  void remove(std::string_view reference, const std::set<std::string>& used);

 private:
  [[nodiscard]] std::filesystem::path tag(std::string_view reference) const;
  void setTag(std::string_view reference, const std::string& hash) const;
  void deleteUnused(const std::set<std::string>& used) const;

  const std::filesystem::path source_;
  const std::filesystem::path blobs_;
  const std::filesystem::path tags_;
  std::mutex mutex_;  // between "nobody uses it" and its deletion nobody may name it
};

}  // namespace process
