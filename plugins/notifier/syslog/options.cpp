// SPDX-License-Identifier: Apache-2.0
#include "notifier/syslog/options.hpp"

#include <unistd.h>

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

namespace holdfast::syslog {
namespace {

using support::number;
using support::option;
using support::refuse;

// RFC 5424, section 6.1; receivers of less than 480 bytes do not exist.
constexpr std::int64_t kMinBytes = 480;
constexpr std::int64_t kMaxBytes = 65'000;  // of a datagram
constexpr std::int64_t kUdpBytes = 2048;
constexpr std::int64_t kStreamBytes = 8192;

int facilityOf(const std::string& name) {
  constexpr std::array<std::pair<std::string_view, int>, 2> kOthers = {
      {{"user", 1}, {"daemon", 3}}};
  for (const auto& [word, code] : kOthers) {
    if (word == name) {
      return code;
    }
  }
  constexpr int kLocal0 = 16;
  return kLocal0 + (name.empty() ? 0 : name.back() - '0');  // local0 to local7
}

bool isPort(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value > 0 && value < 65536;
}

// "host", "host:port", "[address]" or "[address]:port".
void readAuthority(std::string_view authority, const std::string& standardPort,
                   const std::string& whole, StreamTarget& target) {
  const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
  const std::size_t colon =
      bracket == std::string_view::npos ? bracket : authority.find(':', bracket);
  target.host = authority.substr(0, colon);
  target.port =
      colon == std::string_view::npos ? standardPort : std::string(authority.substr(colon + 1));
  const bool closed = bracket == 0 || target.host.ends_with(']');
  if (target.host.empty() || !closed || !isPort(target.port) ||
      target.host.find_first_of("/?#@ \t\\") != std::string::npos) {
    refuse("target '" + whole + "': expected host and port, as in tls://logs.example.org:6514");
  }
}

void readTarget(const std::string& text, Options& options) {
  if (text == "local") {
    options.way = Way::Local;
    return;
  }
  const struct {
    std::string_view scheme;
    Way way;
    bool tls;
    const char* port;
  } ways[] = {{"udp://", Way::Udp, false, "514"},
              {"tcp://", Way::Stream, false, "514"},
              {"tls://", Way::Stream, true, "6514"}};
  for (const auto& way : ways) {
    if (text.starts_with(way.scheme)) {
      options.way = way.way;
      options.target.tls = way.tls;
      readAuthority(std::string_view(text).substr(way.scheme.size()), way.port, text,
                    options.target);
      return;
    }
  }
  refuse("target '" + text +
         "': expected local, udp://host:port, tcp://host:port or tls://host:port");
}

void readTls(const sdk::Host& host, StreamTarget& target) {
  target.files = support::readTlsFiles(host);
  if (!target.tls && target.files.any()) {
    refuse("target is not encrypted: caFile, certFile and keyFile need tls://");
  }
}

std::size_t readMaxBytes(const sdk::Host& host, Way way) {
  const std::int64_t bytes = number(host, "maxBytes", 0);
  if (bytes == 0) {
    return static_cast<std::size_t>(way == Way::Udp ? kUdpBytes : kStreamBytes);
  }
  if (bytes < kMinBytes || bytes > kMaxBytes) {
    refuse("maxBytes: expected 480 to 65000");
  }
  return static_cast<std::size_t>(bytes);
}

}  // namespace

Options readOptions(const sdk::Host& host) {
  Options options;
  readTarget(option(host, "target"), options);
  readTls(host, options.target);
  if (options.way == Way::Udp && options.target.host.starts_with('[')) {
    options.target.host = options.target.host.substr(1, options.target.host.size() - 2);
  }
  Sender& sender = options.sender;
  sender.facility = facilityOf(option(host, "facility"));
  sender.host = option(host, "hostname");
  sender.application = option(host, "appName");
  sender.enterpriseId = number(host, "enterpriseId", sender.enterpriseId);
  if (sender.enterpriseId < 0 || sender.enterpriseId > UINT32_MAX) {
    refuse("enterpriseId: expected a private enterprise number, 0 to 4294967295");
  }
  const std::string_view bom = host.option("bom");
  sender.bom = bom == "always" ? Bom::Always : bom == "never" ? Bom::Never : Bom::Auto;
  sender.maxBytes = readMaxBytes(host, options.way);
  sender.processId = static_cast<int>(::getpid());
  options.timeoutMs = support::readTimeoutMs(host, options.timeoutMs);
  return options;
}

}  // namespace holdfast::syslog
