// SPDX-License-Identifier: Apache-2.0
#include "model/time.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <limits>

namespace holdfast::model {

namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;

struct Unit {
  std::string_view name;
  Milliseconds length;
};

// Longest first; "ms" stands before "m" and "s", of which it is made.
constexpr std::array kUnits{Unit{"d", days{1}}, Unit{"h", hours{1}}, Unit{"ms", Milliseconds{1}},
                            Unit{"m", minutes{1}}, Unit{"s", seconds{1}}};

// The first and last instants that have four digits for the year.
constexpr WallTime kFirst = sys_days{std::chrono::year{0} / 1 / 1};
constexpr WallTime kLast = WallTime{sys_days{std::chrono::year{10000} / 1 / 1}} - Milliseconds{1};

// Reads fixed-width fields from the front of a text; once something does not fit, nothing does.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    if (rest_.size() < count ||
        !std::all_of(rest_.begin(), rest_.begin() + ptrdiff(count), isDigit))
      return fail();
    int value = 0;
    std::from_chars(rest_.data(), rest_.data() + count, value);
    rest_.remove_prefix(count);
    return value;
  }

  bool take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted)
      return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char wanted) {
    if (!take(wanted))
      fail();
  }

  // One to nine digits; what is finer than a millisecond is cut off.
  Milliseconds fraction() {
    std::size_t count = 0;
    int value = 0;
    for (; count < rest_.size() && isDigit(rest_[count]); ++count) {
      if (count < 3)
        value = value * 10 + (rest_[count] - '0');
    }
    if (count == 0 || count > 9)
      fail();
    for (std::size_t missing = count; missing < 3; ++missing)
      value *= 10;
    rest_.remove_prefix(count);
    return Milliseconds{value};
  }

  [[nodiscard]] bool finished() const { return good_ && rest_.empty(); }

 private:
  static bool isDigit(char c) { return c >= '0' && c <= '9'; }
  static std::ptrdiff_t ptrdiff(std::size_t count) { return static_cast<std::ptrdiff_t>(count); }
  int fail() {
    good_ = false;
    return 0;
  }

  std::string_view rest_;
  bool good_ = true;
};

std::optional<sys_days> readDate(Scanner& scanner) {
  const int year = scanner.digits(4);
  scanner.expect('-');
  const int month = scanner.digits(2);
  scanner.expect('-');
  const int day = scanner.digits(2);
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok())
    return std::nullopt;
  return sys_days{date};
}

std::optional<minutes> readClock(Scanner& scanner, int maxHour) {
  const int hour = scanner.digits(2);
  scanner.expect(':');
  const int minute = scanner.digits(2);
  if (hour > maxHour || minute > 59)
    return std::nullopt;
  return hours{hour} + minutes{minute};
}

std::optional<minutes> readOffset(Scanner& scanner) {
  if (scanner.take('Z') || scanner.take('z'))
    return minutes{0};
  const bool west = scanner.take('-');
  if (!west)
    scanner.expect('+');
  auto offset = readClock(scanner, 23);
  if (offset && west)
    offset = -*offset;
  return offset;
}

std::string withUnit(std::int64_t count, const char* unit) {
  return std::to_string(count) + unit;
}

// "7h59m", or "7h" when the smaller part is zero.
std::string twoUnits(std::int64_t big, const char* bigUnit, std::int64_t small,
                     const char* smallUnit) {
  return withUnit(big, bigUnit) + (small == 0 ? "" : withUnit(small, smallUnit));
}

}  // namespace

BootClock::time_point BootClock::now() noexcept {
  timespec at{};
  ::clock_gettime(CLOCK_BOOTTIME, &at);
  return time_point{seconds{at.tv_sec} + Milliseconds{at.tv_nsec / 1'000'000}};
}

Now SystemClock::now() const {
  return {BootClock::now(), floor<Milliseconds>(std::chrono::system_clock::now())};
}

std::string bootId() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

std::string toRfc3339(WallTime at) {
  at = std::clamp(at, kFirst, kLast);
  const auto day = floor<days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{at - day};
  std::array<char, 32> text{};
  const int length = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
      static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
      static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
      static_cast<int>(time.subseconds().count()));
  return {text.data(), static_cast<std::size_t>(length)};
}

std::optional<WallTime> fromRfc3339(std::string_view text) {
  Scanner scanner(text);
  const auto date = readDate(scanner);
  if (!scanner.take('T') && !scanner.take('t'))
    return std::nullopt;
  const auto time = readClock(scanner, 23);
  scanner.expect(':');
  const int second = scanner.digits(2);  // 60: a leap second, which is the next minute's first
  Milliseconds fraction{0};
  if (scanner.take('.'))
    fraction = scanner.fraction();
  const auto offset = readOffset(scanner);
  if (!scanner.finished() || !date || !time || !offset || second > 60)
    return std::nullopt;
  return WallTime{*date} + *time + seconds{second} + fraction - *offset;
}

std::chrono::seconds localOffset(WallTime at) {
  ::tzset();  // localtime_r alone would stay with the zone that it saw first
  const std::time_t time = floor<seconds>(at).time_since_epoch().count();
  std::tm local{};
  return ::localtime_r(&time, &local) == nullptr ? seconds{0} : seconds{local.tm_gmtoff};
}

std::optional<std::chrono::minutes> parseTimeOfDay(std::string_view text) {
  Scanner scanner(text);
  const int hour = scanner.digits(2);
  scanner.expect(':');
  const int minute = scanner.digits(2);
  if (!scanner.finished() || hour > 23 || minute > 59)
    return std::nullopt;
  return hours{hour} + minutes{minute};
}

std::optional<Milliseconds> parseDuration(std::string_view text) {
  // from_chars would take a sign.
  if (text.empty() || text.front() < '0' || text.front() > '9')
    return std::nullopt;
  Milliseconds::rep count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{})
    return std::nullopt;
  const std::string_view name = text.substr(static_cast<std::size_t>(end - text.data()));
  const auto unit = std::find_if(kUnits.begin(), kUnits.end(),
                                 [&](const Unit& candidate) { return candidate.name == name; });
  if (unit == kUnits.end() ||
      count > std::numeric_limits<Milliseconds::rep>::max() / unit->length.count())
    return std::nullopt;
  return unit->length * count;
}

std::string formatDuration(Milliseconds duration) {
  if (duration == Milliseconds{0})
    return "0s";
  for (const auto& [name, length] : {kUnits[0], kUnits[1], kUnits[3], kUnits[4]}) {
    if (duration % length == Milliseconds{0})
      return std::to_string(duration / length) + std::string(name);
  }
  return std::to_string(duration.count()) + "ms";
}

std::string humanDuration(Milliseconds duration) {
  using std::chrono::duration_cast;
  const auto second = duration_cast<seconds>(duration).count();
  const auto minute = duration_cast<minutes>(duration).count();
  const auto hour = duration_cast<hours>(duration).count();
  const auto day = duration_cast<days>(duration).count();
  if (second < -1)
    return "<invalid>";
  if (second < 0)
    return "0s";
  if (second < 120)
    return withUnit(second, "s");
  if (minute < 10)
    return twoUnits(minute, "m", second % 60, "s");
  if (minute < 180)
    return withUnit(minute, "m");
  if (hour < 8)
    return twoUnits(hour, "h", minute % 60, "m");
  if (hour < 48)
    return withUnit(hour, "h");
  if (day < 8)
    return twoUnits(day, "d", hour % 24, "h");
  if (day < 2 * 365)
    return withUnit(day, "d");
  if (day < 8 * 365)
    return twoUnits(day / 365, "y", day % 365, "d");
  return withUnit(day / 365, "y");
}

}  // namespace holdfast::model
