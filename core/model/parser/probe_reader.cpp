// SPDX-License-Identifier: Apache-2.0
#include "model/parser/probe_reader.hpp"

#include "model/parser/lists.hpp"
#include "model/parser/members.hpp"

#include <array>
#include <charconv>

namespace holdfast::model::parser {

namespace {

constexpr std::int64_t kMaxSeconds = 24 * 60 * 60;
constexpr std::int64_t kMaxThreshold = 1'000'000;

constexpr std::array<std::pair<std::string_view, Probe::Type>, 3> kTypes{
    {{"http", Probe::Type::Http}, {"tcp", Probe::Type::Tcp}, {"exec", Probe::Type::Exec}}};
// Kubernetes writes schemes in capitals.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kSchemes{
    {{"http", "http"}, {"https", "https"}, {"HTTP", "http"}, {"HTTPS", "https"}}};

const std::vector<std::string_view>& knownMembers() {
  static const std::vector<std::string_view> kKnown{"type",
                                                    "path",
                                                    "port",
                                                    "tcpPort",
                                                    "scheme",
                                                    "headers",
                                                    "command",
                                                    "initialDelaySeconds",
                                                    "expectedStatus",
                                                    "timeoutSeconds",
                                                    "periodSeconds",
                                                    "successThreshold",
                                                    "failureThreshold"};
  return kKnown;
}

void readSeconds(const Node& node, std::string_view name, std::int64_t least,
                 std::chrono::seconds& into) {
  if (const auto found = member(node, name)) {
    if (const auto seconds = found->integer(least, kMaxSeconds))
      into = std::chrono::seconds{*seconds};
  }
}

void readThreshold(const Node& node, std::string_view name, std::int64_t most, int& into) {
  if (const auto found = member(node, name)) {
    if (const auto count = found->integer(1, most))
      into = static_cast<int>(*count);
  }
}

std::optional<int> statusCode(std::string_view text) {
  int code = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
  if (error != std::errc{} || end != text.data() + text.size() || code < 100 || code > 599)
    return std::nullopt;
  return code;
}

// 200, "200" or "200-399".
void readStatus(const Node& node, Probe& probe) {
  std::string text;
  if (node.value().is_string()) {
    text = node.text().value_or("");
  } else if (node.value().is_number()) {
    text = numberText(node.value());
  }
  const auto dash = text.find('-');
  const auto first = statusCode(std::string_view(text).substr(0, dash));
  const auto last =
      dash == std::string::npos ? first : statusCode(std::string_view(text).substr(dash + 1));
  if (!first || !last || *last < *first) {
    node.fault("expected an HTTP status from 100 to 599, or a range such as 200-399");
    return;
  }
  probe.expectedStatusMin = *first;
  probe.expectedStatusMax = *last;
}

std::optional<std::uint16_t> readPort(const Node& node, std::string_view name) {
  const auto found = member(node, name);
  const auto port = found ? found->integer(1, 65535) : std::nullopt;
  return port ? std::optional(static_cast<std::uint16_t>(*port)) : std::nullopt;
}

void readPorts(const Node& node, Probe& probe) {
  const auto port = readPort(node, "port");
  const auto tcpPort = readPort(node, "tcpPort");
  probe.port = port.value_or(probe.port);
  if (probe.type == Probe::Type::Tcp)
    probe.port = tcpPort.value_or(probe.port);
}

void readHttp(const Node& node, Probe& probe) {
  if (const auto path = member(node, "path")) {
    const auto text = path->text();
    if (text && !text->starts_with('/')) {
      path->fault(inQuotes(*text) + " does not begin with a slash");
    } else if (text) {
      probe.path = *text;
    }
  }
  if (const auto scheme = member(node, "scheme"))
    probe.scheme = std::string(readWord(*scheme, kSchemes).value_or(probe.scheme));
  if (const auto headers = member(node, "headers"))
    probe.headers = readTextMap(*headers, TextKind::Line);
  if (const auto status = member(node, "expectedStatus"))
    readStatus(*status, probe);
}

// What each type cannot do without.
void requireMembers(const Node& node, const Probe& probe) {
  if (probe.type == Probe::Type::Exec) {
    if (probe.command.empty())
      node.fault("a probe of type exec needs command");
    return;
  }
  const bool http = probe.type == Probe::Type::Http;
  if (!has(node, "port") && (http || !has(node, "tcpPort")))
    node.fault(http ? "a probe of type http needs port"
                    : "a probe of type tcp needs tcpPort (or port)");
}

}  // namespace

std::optional<Probe> readProbe(const Node& node, ProbeUse use) {
  const auto* object = node.object();
  if (object == nullptr || object->empty())
    return std::nullopt;
  noteUnknown(node, knownMembers());
  const auto type = member(node, "type");
  if (!type) {
    node.fault("the member type is missing; expected http, tcp or exec");
    return std::nullopt;
  }

  Probe probe;
  const auto kind = readWord(*type, kTypes);
  probe.type = kind.value_or(probe.type);
  readPorts(node, probe);
  readHttp(node, probe);
  if (const auto command = member(node, "command"))
    probe.command = readArguments(*command);
  readSeconds(node, "initialDelaySeconds", 0, probe.initialDelay);
  readSeconds(node, "periodSeconds", 1, probe.period);
  readSeconds(node, "timeoutSeconds", 1, probe.timeout);
  readThreshold(node, "successThreshold", use == ProbeUse::Readiness ? kMaxThreshold : 1,
                probe.successThreshold);
  readThreshold(node, "failureThreshold", kMaxThreshold, probe.failureThreshold);
  if (kind)
    requireMembers(node, probe);
  return probe;
}

}  // namespace holdfast::model::parser
