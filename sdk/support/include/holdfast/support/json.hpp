// SPDX-License-Identifier: Apache-2.0
// JSON from the far side: bounded on the way in, forgiving when read. A member that is missing or
// of another type reads as empty: engines add, drop and rename members between versions.
#pragma once

#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast::support {

inline constexpr std::size_t kMaxJsonDepth = 32;

// Parses one JSON text. Nothing when it is malformed or nested deeper than kMaxJsonDepth. The
// caller bounds its size. Never throws for bad input.
[[nodiscard]] std::optional<boost::json::value> parseJson(std::string_view text);

using JsonPath = std::initializer_list<std::string_view>;

// The value below `value` at the path of member names, nullptr when there is none. The result lives
// as long as `value`.
[[nodiscard]] const boost::json::value* jsonAt(const boost::json::value& value, JsonPath path);
// The same for an object, array, string, number or boolean; nullptr, empty, `otherwise` when there
// is none of that type. A number that does not fit is "none".
[[nodiscard]] const boost::json::object* jsonObject(const boost::json::value& value,
                                                    JsonPath path = {});
[[nodiscard]] const boost::json::array* jsonArray(const boost::json::value& value,
                                                  JsonPath path = {});
[[nodiscard]] std::string_view jsonText(const boost::json::value& value, JsonPath path = {});
[[nodiscard]] std::int64_t jsonInteger(const boost::json::value& value, JsonPath path,
                                       std::int64_t otherwise = 0);
[[nodiscard]] bool jsonBool(const boost::json::value& value, JsonPath path, bool otherwise = false);

// Takes a byte stream apart into its JSON objects: one per line, several in a row, or split
// anywhere over the chunks. An object is delivered with its last brace; boost::json::stream_parser
// would hold it back until the next byte, and in a stream of events that may be hours away.
class JsonSplitter {
 public:
  // Called for each object in order; returning false ends the work of this chunk.
  using Consumer = std::function<bool(const boost::json::value&)>;

  explicit JsonSplitter(std::size_t maxObjectBytes = 1024 * 1024)
      : maxObjectBytes_(maxObjectBytes) {}

  // False when the stream is not a sequence of JSON objects, one is too big or too deep, or the
  // consumer returned false; nothing sensible follows after that.
  [[nodiscard]] bool push(std::string_view chunk, const Consumer& consumer);

  // True when the stream may end here: no object is half read.
  [[nodiscard]] bool atBoundary() const { return depth_ == 0; }

 private:
  [[nodiscard]] bool accept(char byte);

  std::size_t maxObjectBytes_;
  std::string object_;
  std::size_t depth_ = 0;
  bool inString_ = false;
  bool escaped_ = false;
};

}  // namespace holdfast::support
