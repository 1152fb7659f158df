// SPDX-License-Identifier: Apache-2.0
#include "config/token_file.hpp"

#include "config/words.hpp"
#include "model/sha256.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

namespace holdfast::config {
namespace {

constexpr std::size_t kMaxBytes = 64u * 1024;
constexpr std::size_t kMaxTokens = 256;
constexpr std::size_t kMaxTokenLength = 512;
constexpr std::size_t kMaxNameLength = 64;

bool isWordCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool consistsOf(std::string_view text, std::string_view others) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return isWordCharacter(c) || others.find(c) != std::string_view::npos;
  });
}

// What is wrong with it; empty: nothing. The characters are those that RFC 6750 lets a bearer token
// have.
std::string tokenProblem(std::string_view token) {
  if (token.size() < kLeastTokenLength || token.size() > kMaxTokenLength) {
    return "the token has " + std::to_string(token.size()) + " characters; expected 16 to 512";
  }
  return consistsOf(token, "-._~+/=") ? ""
                                      : "the token has a character that none may have; expected "
                                        "letters, digits and -._~+/=";
}

std::string nameProblem(std::string_view name) {
  const bool good = !name.empty() && name.size() <= kMaxNameLength && consistsOf(name, "-._");
  return good ? "" : "expected a name of 1 to 64 letters, digits, '-', '.' and '_'";
}

std::optional<TokenRole> roleOf(std::string_view word) {
  return word == "read"      ? std::optional(TokenRole::Read)
         : word == "operate" ? std::optional(TokenRole::Operate)
                             : std::nullopt;
}

// What is wrong with the line; empty when `token` is filled.
std::string readLine(std::string_view line, Token& token) {
  std::string_view secret = line;
  token = {TokenRole::Operate, "operate", ""};
  if (const auto first = line.find(':'); first != std::string_view::npos) {
    const auto second = line.find(':', first + 1);
    const auto role = roleOf(line.substr(0, first));
    if (!role || second == std::string_view::npos) {
      return "expected role:name:token with the role read or operate, or a token alone";
    }
    token.role = *role;
    token.name = line.substr(first + 1, second - first - 1);
    if (auto wrong = nameProblem(token.name); !wrong.empty()) {
      return wrong;
    }
    secret = line.substr(second + 1);
  }
  if (auto wrong = tokenProblem(secret); !wrong.empty()) {
    return wrong;
  }
  token.digest = model::sha256Hex(secret);
  return "";
}

TokenFile refused(std::string text) {
  return {{}, {{0, std::move(text)}}};
}

class OpenFile {
 public:
  explicit OpenFile(const std::string& path)
      : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {}
  ~OpenFile() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

// Why the file may not be used; empty: it may.
std::string ownershipProblem(const std::string& path, const struct stat& status) {
  if (!S_ISREG(status.st_mode)) {
    return "is no regular file";
  }
  if (status.st_uid != 0 && status.st_uid != ::geteuid()) {
    return "belongs to uid " + std::to_string(status.st_uid) +
           "; expected root or the user that holdfastd runs as: chown root " + path;
  }
  return (status.st_mode & (S_IRWXG | S_IRWXO)) != 0
             ? "may be used by others than its owner; chmod 0600 " + path
             : "";
}

}  // namespace

TokenFile parseTokens(std::string_view text) {
  TokenFile file;
  int number = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const auto end = rest.find('\n');
    auto line = rest.substr(0, end);
    line = trim(line.substr(0, line.size() - (line.ends_with('\r') ? 1 : 0)));
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    ++number;
    if (line.empty() || line.starts_with('#')) {
      continue;
    }
    Token token;
    auto wrong = readLine(line, token);
    const auto isIt = [&](const Token& other) { return other.digest == token.digest; };
    if (wrong.empty() && std::any_of(file.tokens.begin(), file.tokens.end(), isIt)) {
      wrong = "the same token stands in a line before";
    }
    if (wrong.empty() && file.tokens.size() == kMaxTokens) {
      wrong = "expected at most 256 tokens";
    }
    if (!wrong.empty()) {
      file.problems.push_back({number, std::move(wrong)});
      continue;
    }
    file.tokens.push_back(std::move(token));
  }
  return file;
}

TokenFile readTokenFile(const std::string& path) {
  const OpenFile file(path);
  struct stat status {};
  if (file.fd() < 0 || ::fstat(file.fd(), &status) != 0) {
    return refused(std::string("cannot be read: ") + std::strerror(errno));
  }
  if (auto wrong = ownershipProblem(path, status); !wrong.empty()) {
    return refused(std::move(wrong));
  }
  std::string text;
  std::array<char, 4096> buffer{};
  ssize_t got = 0;
  while (text.size() <= kMaxBytes && (got = ::read(file.fd(), buffer.data(), buffer.size())) > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  if (got < 0) {
    return refused(std::string("cannot be read: ") + std::strerror(errno));
  }
  return text.size() > kMaxBytes ? refused("is larger than 64 KiB") : parseTokens(text);
}

}  // namespace holdfast::config
