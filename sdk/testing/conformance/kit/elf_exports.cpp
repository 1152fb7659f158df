// SPDX-License-Identifier: Apache-2.0
#include "conformance/kit/elf_exports.hpp"

#include <link.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string_view>

namespace holdfast::conformance {
namespace {

using Header = ElfW(Ehdr);
using Section = ElfW(Shdr);
using Symbol = ElfW(Sym);

// A file's bytes, every access checked.
class Image {
 public:
  explicit Image(const std::filesystem::path& file) : name_(file.string()) {
    std::ifstream in(file, std::ios::binary);
    bytes_.resize(std::filesystem::file_size(file));
    in.read(bytes_.data(), static_cast<std::streamsize>(bytes_.size()));
  }

  template <class Value>
  [[nodiscard]] Value at(std::size_t offset) const {
    Value value;
    std::memcpy(&value, part(offset, sizeof(value)).data(), sizeof(value));
    return value;
  }

  [[nodiscard]] std::string_view part(std::size_t offset, std::size_t size) const {
    if (offset > bytes_.size() || size > bytes_.size() - offset) {
      throw std::runtime_error(name_ + " is no shared object, or is cut off");
    }
    return std::string_view(bytes_).substr(offset, size);
  }

  [[nodiscard]] std::string textAt(std::size_t offset) const {
    const std::string_view rest = part(offset, bytes_.size() - std::min(offset, bytes_.size()));
    return std::string(rest.substr(0, rest.find('\0')));
  }

 private:
  std::string name_;
  std::string bytes_;
};

Section section(const Image& image, const Header& header, std::size_t index) {
  return image.at<Section>(header.e_shoff + index * header.e_shentsize);
}

bool isExported(const Symbol& symbol) {
  // The macros are the same for both word sizes.
  const auto binding = ELF64_ST_BIND(symbol.st_info);
  const auto visibility = ELF64_ST_VISIBILITY(symbol.st_other);
  return symbol.st_shndx != SHN_UNDEF && (binding == STB_GLOBAL || binding == STB_WEAK) &&
         (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
}

}  // namespace

std::vector<std::string> exportedSymbols(const std::filesystem::path& file) {
  const Image image(file);
  const auto header = image.at<Header>(0);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
      header.e_ident[EI_CLASS] != (sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32)) {
    throw std::runtime_error(file.string() + " is no shared object for this machine");
  }
  std::vector<std::string> names;
  for (std::size_t index = 0; index < header.e_shnum; ++index) {
    const Section table = section(image, header, index);
    if (table.sh_type != SHT_DYNSYM) {
      continue;
    }
    const Section strings = section(image, header, table.sh_link);
    for (std::size_t at = 0; at + sizeof(Symbol) <= table.sh_size; at += sizeof(Symbol)) {
      const auto symbol = image.at<Symbol>(table.sh_offset + at);
      if (isExported(symbol)) {
        names.push_back(image.textAt(strings.sh_offset + symbol.st_name));
      }
    }
  }
  return names;
}

}  // namespace holdfast::conformance
