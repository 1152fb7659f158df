// SPDX-License-Identifier: Apache-2.0
#include "model/forms/quantity.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <string>

namespace holdfast::model {

namespace {

// More digits than any value in range needs; what is longer is a mistake or an attack.
constexpr std::size_t kMaxDigits = 40;
constexpr int kMaxExponent = 30;

struct Suffix {
  std::string_view text;
  int decimal = 0;  // times 10^decimal
  int binary = 0;   // times 2^binary
};
constexpr std::array kSuffixes{
    Suffix{"", 0, 0},    Suffix{"n", -9, 0},  Suffix{"u", -6, 0},  Suffix{"m", -3, 0},
    Suffix{"k", 3, 0},   Suffix{"M", 6, 0},   Suffix{"G", 9, 0},   Suffix{"T", 12, 0},
    Suffix{"P", 15, 0},  Suffix{"E", 18, 0},  Suffix{"Ki", 0, 10}, Suffix{"Mi", 0, 20},
    Suffix{"Gi", 0, 30}, Suffix{"Ti", 0, 40}, Suffix{"Pi", 0, 50}, Suffix{"Ei", 0, 60}};

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

std::size_t countDigits(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), isDigit) -
                                  text.begin());
}

// A decimal number: 0.`digits` times 10^point.
struct Decimal {
  std::string digits;
  int point = 0;
};

// Takes the number from the front of `text`.
std::optional<Decimal> takeDecimal(std::string_view& text) {
  const std::size_t whole = countDigits(text);
  Decimal result{std::string(text.substr(0, whole)), 0};
  text.remove_prefix(whole);
  std::size_t fraction = 0;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = countDigits(text);
    result.digits += text.substr(0, fraction);
    text.remove_prefix(fraction);
  }
  if (whole + fraction == 0 || whole + fraction > kMaxDigits)
    return std::nullopt;
  result.point = static_cast<int>(whole);
  return result;
}

std::optional<Suffix> readSuffix(std::string_view text) {
  const auto* known = std::find_if(kSuffixes.begin(), kSuffixes.end(),
                                   [&](const Suffix& suffix) { return suffix.text == text; });
  if (known != kSuffixes.end())
    return *known;
  if (text.size() < 2 || (text.front() != 'e' && text.front() != 'E'))
    return std::nullopt;
  text.remove_prefix(1);
  if (text.starts_with('+') && !text.starts_with("+-"))
    text.remove_prefix(1);
  int exponent = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
  if (error != std::errc{} || end != text.data() + text.size() || exponent > kMaxExponent ||
      exponent < -kMaxExponent)
    return std::nullopt;
  return Suffix{"", exponent, 0};
}

// `number` times `scale` (at most 2^60), rounded up; nothing when that exceeds 63 bits.
std::optional<std::int64_t> scaled(const Decimal& number, std::uint64_t scale) {
  // The digit worth 10^position, zero outside of what is written.
  const auto digitAt = [&](int position) -> std::uint64_t {
    const int index = number.point - 1 - position;
    if (index < 0 || index >= static_cast<int>(number.digits.size()))
      return 0;
    return static_cast<std::uint64_t>(number.digits[static_cast<std::size_t>(index)] - '0');
  };
  std::uint64_t whole = 0;
  for (int position = number.point - 1; position >= 0; --position) {
    if (__builtin_mul_overflow(whole, 10u, &whole) ||
        __builtin_add_overflow(whole, digitAt(position), &whole))
      return std::nullopt;
  }
  // From the last digit upwards, rounding up at each: the same as rounding up once at the end.
  std::uint64_t fraction = 0;
  for (int position = number.point - static_cast<int>(number.digits.size()); position < 0;
       ++position)
    fraction = (digitAt(position) * scale + fraction + 9) / 10;

  std::uint64_t result = 0;
  if (__builtin_mul_overflow(whole, scale, &result) ||
      __builtin_add_overflow(result, fraction, &result) ||
      result > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    return std::nullopt;
  return static_cast<std::int64_t>(result);
}

// `unit`: how many of the result's units a bare "1" is, as a power of ten.
Form<std::int64_t> parseQuantity(std::string_view text, int unit, const char* expected) {
  const auto refused = [&](const std::string& because) {
    return formError(inQuotes(text) + because + "; expected " + expected);
  };
  std::string_view rest = text;
  if (rest.starts_with('-'))
    return refused(" is negative");
  if (rest.starts_with('+'))
    rest.remove_prefix(1);
  auto number = takeDecimal(rest);
  if (!number)
    return refused(" does not begin with a number");
  const auto suffix = readSuffix(rest);
  if (!suffix)
    return refused(" ends in the unknown unit " + inQuotes(rest));
  number->point += suffix->decimal + unit;
  const auto value = scaled(*number, std::uint64_t{1} << suffix->binary);
  if (!value)
    return refused(" is too large");
  return *value;
}

}  // namespace

Form<std::int64_t> parseBytes(std::string_view text) {
  return parseQuantity(text, 0, "bytes such as 268435456, 256Mi or 64M");
}

Form<std::int64_t> parseNanoCpus(std::string_view text) {
  return parseQuantity(text, 9, "CPUs such as 2, 0.5 or 500m");
}

}  // namespace holdfast::model
