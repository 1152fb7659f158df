// SPDX-License-Identifier: Apache-2.0
// A directory of its own for each test, with what tests of the state do in it.
#pragma once

#include "state/sqlite.hpp"

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <ios>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace holdfast::state {

class Directory {
 public:
  Directory() {
    std::string name = (std::filesystem::temp_directory_path() / "holdfast-state-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw std::runtime_error("mkdtemp " + name);
    }
    path_ = name;
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  ~Directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] std::string path() const { return path_.string(); }
  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }
  [[nodiscard]] std::string database() const { return file("holdfast.db"); }

  [[nodiscard]] std::vector<std::string> namesWith(const std::string& part) const {
    std::vector<std::string> names;
    for (const auto& item : std::filesystem::directory_iterator(path_)) {
      const std::string name = item.path().filename().string();
      if (name.find(part) != std::string::npos) {
        names.push_back(name);
      }
    }
    return names;
  }

 private:
  std::filesystem::path path_;
};

inline void writeFile(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

inline std::string readFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline unsigned permissions(const std::string& path) {
  return static_cast<unsigned>(std::filesystem::status(path).permissions());
}

inline std::unique_ptr<Database> openFile(const std::string& path) {
  return std::make_unique<Database>(path, Database::Mode::ReadWrite, model::Milliseconds{1'000});
}

}  // namespace holdfast::state
