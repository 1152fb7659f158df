// SPDX-License-Identifier: Apache-2.0
#include "conformance/uplink/gunzip.hpp"

#include <boost/beast/zlib/inflate_stream.hpp>
#include <boost/crc.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace holdfast::conformance {
namespace {

namespace zlib = boost::beast::zlib;

constexpr std::size_t kHeader = 10;
constexpr std::size_t kTrailer = 8;
constexpr std::size_t kMaxContent = std::size_t{64} << 20;
// Bits of the fourth byte of the header.
constexpr unsigned kHasChecksum = 2;
constexpr unsigned kHasExtra = 4;
constexpr unsigned kHasName = 8;
constexpr unsigned kHasComment = 16;

unsigned byteAt(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

std::uint32_t littleEndian(std::string_view text) {
  return byteAt(text, 0) | byteAt(text, 1) << 8 | byteAt(text, 2) << 16 | byteAt(text, 3) << 24;
}

// Where the compressed data begin; npos when the header is none.
std::size_t headerLength(std::string_view stream) {
  constexpr std::string_view kMagic = "\x1f\x8b\x08";
  if (stream.size() < kHeader || !stream.starts_with(kMagic)) {
    return std::string_view::npos;
  }
  const unsigned flags = byteAt(stream, 3);
  std::size_t at = kHeader;
  if ((flags & kHasExtra) != 0) {
    if (stream.size() < at + 2) {
      return std::string_view::npos;
    }
    at += 2 + (byteAt(stream, at) | byteAt(stream, at + 1) << 8);
  }
  for (const unsigned text : {kHasName, kHasComment}) {
    if ((flags & text) != 0) {
      const std::size_t end = stream.find('\0', at);
      if (end == std::string_view::npos) {
        return end;
      }
      at = end + 1;
    }
  }
  return at + ((flags & kHasChecksum) != 0 ? 2 : 0);
}

// Inflates into `content`, and takes what it used off the front of `data`.
bool inflate(std::string_view& data, std::string& content) {
  zlib::inflate_stream stream;
  zlib::z_params step;
  std::array<char, 16 * 1024> part{};
  step.next_in = data.data();
  step.avail_in = data.size();
  boost::system::error_code error;
  while (!error && content.size() <= kMaxContent) {
    step.next_out = part.data();
    step.avail_out = part.size();
    stream.write(step, zlib::Flush::sync, error);
    content.append(part.data(), part.size() - step.avail_out);
  }
  data.remove_prefix(data.size() - step.avail_in);
  return error == zlib::error::end_of_stream;
}

}  // namespace

std::optional<std::string> gunzip(std::string_view stream) {
  const std::size_t header = headerLength(stream);
  if (header == std::string_view::npos || header > stream.size()) {
    return std::nullopt;
  }
  stream.remove_prefix(header);
  std::string content;
  if (!inflate(stream, content) || stream.size() != kTrailer) {
    return std::nullopt;
  }
  boost::crc_32_type checksum;
  checksum.process_bytes(content.data(), content.size());
  const bool whole = littleEndian(stream) == checksum.checksum() &&
                     littleEndian(stream.substr(4)) == content.size();
  return whole ? std::optional(content) : std::nullopt;
}

}  // namespace holdfast::conformance
