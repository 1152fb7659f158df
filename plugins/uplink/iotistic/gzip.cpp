// SPDX-License-Identifier: Apache-2.0
#include "uplink/iotistic/gzip.hpp"

#define ZLIB_CONST  // its input is const then
#include <zlib.h>

#include <new>

namespace holdfast::iotistic {

std::string gzip(std::string_view bytes) {
  constexpr int kGzipWindow = 15 + 16;  // zlib's way to ask for gzip instead of zlib's own frame
  constexpr int kMemoryLevel = 8;       // zlib's default
  z_stream stream{};
  if (::deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, kMemoryLevel,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  std::string packed;
  try {
    packed.resize(::deflateBound(&stream, bytes.size()));
  } catch (...) {
    ::deflateEnd(&stream);
    throw;
  }
  stream.next_in = static_cast<const Bytef*>(static_cast<const void*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = static_cast<Bytef*>(static_cast<void*>(packed.data()));
  stream.avail_out = static_cast<uInt>(packed.size());
  ::deflate(&stream, Z_FINISH);  // there is room for all of it
  packed.resize(stream.total_out);
  ::deflateEnd(&stream);
  return packed;
}

}  // namespace holdfast::iotistic
