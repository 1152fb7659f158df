// SPDX-License-Identifier: Apache-2.0
#include "image_store.hpp"

#include "container_spec.hpp"
#include "files.hpp"
#include "result.hpp"

#include <openssl/evp.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

namespace process {
namespace {

namespace sdk = holdfast::sdk;
using sdk::ErrorClass;

constexpr std::size_t kPart = 1024 * 1024;
constexpr std::string_view kAlgorithm = "sha256:";

class Sha256 {
 public:
  Sha256() : context_(::EVP_MD_CTX_new(), &::EVP_MD_CTX_free) {
    check(context_ ? ::EVP_DigestInit_ex(context_.get(), ::EVP_sha256(), nullptr) : 0);
  }
  void update(const char* bytes, std::size_t count) {
    check(::EVP_DigestUpdate(context_.get(), bytes, count));
  }
  [[nodiscard]] std::string hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    check(::EVP_DigestFinal_ex(context_.get(), digest.data(), &size));
    std::string text;
    for (unsigned int i = 0; i < size; ++i) {
      text += "0123456789abcdef"[digest[i] >> 4U];
      text += "0123456789abcdef"[digest[i] & 15U];
    }
    return text;
  }

 private:
  static void check(int result) {
    if (result != 1) {
      throw std::runtime_error("SHA-256 is not available");
    }
  }
  std::unique_ptr<EVP_MD_CTX, decltype(&::EVP_MD_CTX_free)> context_;
};

ErrorClass classOf(int error) {
  switch (error) {
    case ENOENT:
      return ErrorClass::NotFound;
    case EACCES:
    case EPERM:
      return ErrorClass::Denied;
    default:
      return ErrorClass::Transient;
  }
}

// Removed on every way out that does not rename it away first.
struct Part {
  explicit Part(std::filesystem::path where) : path(std::move(where)) {}
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;
  ~Part() { ::unlink(path.c_str()); }
  const std::filesystem::path path;
};

}  // namespace

ImageStore::ImageStore(std::filesystem::path source, std::filesystem::path store)
    : source_(std::move(source)), blobs_(store / "blobs"), tags_(store / "tags") {}

void ImageStore::prepare() {
  std::filesystem::create_directories(blobs_);
  std::filesystem::create_directories(tags_);
  for (const auto& folder : {blobs_, tags_}) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().filename().string().starts_with(".new-")) {
        std::filesystem::remove(entry.path());
      }
    }
  }
}

std::filesystem::path ImageStore::tag(std::string_view reference) const {
  std::string name(reference);
  std::replace(name.begin(), name.end(), '/', '%');
  return tags_ / name;
}

std::filesystem::path ImageStore::program(std::string_view id) const {
  return blobs_ / id.substr(kAlgorithm.size());
}

std::optional<Image> ImageStore::find(std::string_view reference) const {
  std::error_code absent;
  if (!isImageReference(reference) || !std::filesystem::exists(tag(reference), absent)) {
    return std::nullopt;
  }
  const auto blob = std::filesystem::read_symlink(tag(reference));
  return Image{std::string(kAlgorithm) + blob.filename().string(),
               static_cast<std::int64_t>(std::filesystem::file_size(tag(reference)))};
}

void ImageStore::setTag(std::string_view reference, const std::string& hash) const {
  const Part link(tags_ / (".new-" + randomName()));
  std::filesystem::create_symlink(std::filesystem::path("../blobs") / hash, link.path);
  std::filesystem::rename(link.path, tag(reference));
}

sdk::Status ImageStore::pull(std::string_view reference, sdk::Call& call, sdk::ProgressSink& sink) {
  if (!isImageReference(reference)) {
    return fail(call, ErrorClass::Invalid, kImageForm);
  }
  std::error_code problem;
  if (!std::filesystem::is_directory(source_, problem)) {
    return fail(call, ErrorClass::Transient, source_.string() + " is not there (not mounted?)");
  }
  const std::filesystem::path from = source_ / reference;
  const Fd source(::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!source || ::fstat(source.get(), &status) != 0) {
    return fail(call, classOf(errno), from.string() + ": " + std::strerror(errno));
  }
  if (!S_ISREG(status.st_mode)) {
    return fail(call, ErrorClass::Invalid, from.string() + " is no regular file");
  }
  const Part part(blobs_ / (".new-" + randomName()));
  const Fd copy(::open(part.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0500));
  if (!copy) {
    throwErrno(part.path.string());
  }
  sdk::PullProgress progress;
  progress.totalBytes = status.st_size;
  progress.phase = "copying";
  Sha256 hash;
  std::vector<char> bytes(kPart);
  for (;;) {
    if (call.cancelled()) {
      return fail(call, ErrorClass::Cancelled, "cancelled");
    }
    const ssize_t got = ::read(source.get(), bytes.data(), bytes.size());
    if (got < 0) {
      return fail(call, ErrorClass::Transient, from.string() + ": " + std::strerror(errno));
    }
    if (got == 0) {
      break;
    }
    hash.update(bytes.data(), static_cast<std::size_t>(got));
    writeAll(copy.get(), {bytes.data(), static_cast<std::size_t>(got)});
    progress.doneBytes += got;
    ++progress.sequence;
    sink.progress(progress);
  }
  if (::fsync(copy.get()) != 0) {
    throwErrno(part.path.string());
  }
  const std::string name = hash.hex();
  const std::lock_guard lock(mutex_);
  std::filesystem::rename(part.path, blobs_ / name);
  setTag(reference, name);
  return {};
}

void ImageStore::remove(std::string_view reference, const std::set<std::string>& used) {
  const std::lock_guard lock(mutex_);
  const std::optional<Image> image = find(reference);
  if (image && !used.contains(image->id)) {
    std::filesystem::remove(tag(reference));
  }
  deleteUnused(used);
}

void ImageStore::deleteUnused(const std::set<std::string>& used) const {
  std::set<std::string> kept;
  for (const auto& entry : std::filesystem::directory_iterator(tags_)) {
    kept.insert(std::filesystem::read_symlink(entry.path()).filename().string());
  }
  for (const auto& id : used) {
    kept.insert(program(id).filename().string());
  }
  for (const auto& entry : std::filesystem::directory_iterator(blobs_)) {
    const std::string name = entry.path().filename().string();
    if (!kept.contains(name) && !name.starts_with(".new-")) {
      std::filesystem::remove(entry.path());
    }
  }
}

}  // namespace process
