// SPDX-License-Identifier: Apache-2.0
#include "uplink/iotistic/gzip.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

namespace holdfast::iotistic {
namespace {

std::string unpacked(std::string packed, std::size_t size) {
  z_stream stream{};
  EXPECT_EQ(::inflateInit2(&stream, 15 + 16), Z_OK);
  std::string result(size + 1, '\0');
  stream.next_in = static_cast<Bytef*>(static_cast<void*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = static_cast<Bytef*>(static_cast<void*>(result.data()));
  stream.avail_out = static_cast<uInt>(result.size());
  EXPECT_EQ(::inflate(&stream, Z_FINISH), Z_STREAM_END);
  result.resize(stream.total_out);
  ::inflateEnd(&stream);
  return result;
}

TEST(Gzip, GivesBackWhatWentIn) {
  std::string noise;
  for (unsigned number = 1; noise.size() < 1'000'000; number = number * 1664525u + 1013904223u) {
    noise += static_cast<char>(number >> 24u);
  }
  for (const std::string& text :
       {std::string(), std::string("{}"), noise, std::string(1'000'000, 'x')}) {
    const std::string packed = gzip(text);
    EXPECT_EQ(unpacked(packed, text.size()), text);
    EXPECT_EQ(gzip(text), packed);
  }
  EXPECT_LT(gzip(std::string(1'000'000, 'x')).size(), 2'000u);
}

}  // namespace
}  // namespace holdfast::iotistic
