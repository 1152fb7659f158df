// SPDX-License-Identifier: Apache-2.0
#include "conformance/plain_uplink/plain_uplink.hpp"

#include <boost/beast/zlib/deflate_stream.hpp>
#include <boost/crc.hpp>

#include <cstdint>

namespace holdfast::plain {
namespace {

namespace zlib = boost::beast::zlib;

void appendLittleEndian(std::string& out, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) {
    out += static_cast<char>(value >> shift & 0xFF);
  }
}

}  // namespace

std::string gzip(std::string_view content) {
  zlib::deflate_stream deflate;
  std::string compressed(deflate.upper_bound(content.size()) + 64, '\0');
  zlib::z_params step;
  step.next_in = content.data();
  step.avail_in = content.size();
  step.next_out = compressed.data();
  step.avail_out = compressed.size();
  boost::system::error_code ended;
  deflate.write(step, zlib::Flush::finish, ended);
  compressed.resize(compressed.size() - step.avail_out);

  constexpr std::string_view kHeader("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
  std::string stream(kHeader);
  stream += compressed;
  boost::crc_32_type checksum;
  checksum.process_bytes(content.data(), content.size());
  appendLittleEndian(stream, checksum.checksum());
  appendLittleEndian(stream, static_cast<std::uint32_t>(content.size()));
  return stream;
}

}  // namespace holdfast::plain
