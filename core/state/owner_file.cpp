// SPDX-License-Identifier: Apache-2.0
#include "state/owner_file.hpp"

#include "state/files.hpp"

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <algorithm>
#include <cctype>
#include <sstream>

namespace holdfast::state {
namespace {

constexpr std::size_t kMaxFile = 65'536;

std::string pathIn(const std::string& directory) {
  return directory + "/owner";
}

}  // namespace

std::string newUuid() {
  return boost::uuids::to_string(boost::uuids::random_generator()());
}

bool isUuid(const std::string& text) {
  constexpr std::string_view kForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  return std::equal(text.begin(), text.end(), kForm.begin(), kForm.end(), [](char is, char form) {
    return form == '-' ? is == '-' : std::isxdigit(static_cast<unsigned char>(is)) != 0;
  });
}

std::optional<Owner> readOwner(const std::string& directory) {
  const auto content = readSmallFile(pathIn(directory), kMaxFile);
  if (!content) {
    return std::nullopt;
  }
  Owner owner;
  std::istringstream lines(*content);
  if (!std::getline(lines, owner.uuid) || !isUuid(owner.uuid)) {
    return std::nullopt;
  }
  for (std::string line; std::getline(lines, line);) {
    if (isUuid(line)) {
      owner.adopted.push_back(line);
    }
  }
  return owner;
}

void writeOwner(const std::string& directory, const Owner& owner) {
  std::string content = owner.uuid + "\n";
  for (const std::string& uuid : owner.adopted) {
    content += uuid + "\n";
  }
  writePrivateFile(pathIn(directory), content);
}

}  // namespace holdfast::state
