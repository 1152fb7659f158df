// SPDX-License-Identifier: Apache-2.0
#include "notifier/webhook/options.hpp"

#include "holdfast/support/url.hpp"
#include "notifier/webhook/formats/formats.hpp"

#include <fstream>

namespace holdfast::webhook {
namespace {

using support::number;
using support::option;
using support::refuse;

constexpr char kPagerDutyUrl[] = "https://events.pagerduty.com/v2/enqueue";
constexpr std::size_t kMaxTemplateBytes = 64u * 1024;
constexpr std::int64_t kMinResendMs = 10'000;
constexpr std::int64_t kMaxRedirects = 5;

std::string readTemplate(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxTemplateBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.empty()) {
    refuse("templateFile " + path + ": cannot be read, or is empty");
  }
  if (text.size() > kMaxTemplateBytes) {
    refuse("templateFile " + path + ": expected at most 64 KiB");
  }
  return text;
}

std::unique_ptr<Format> readTemplateFormat(const std::string& path) {
  if (path.empty()) {
    refuse("format template needs templateFile");
  }
  try {
    return makeTemplate(readTemplate(path));
  } catch (const FormatError& error) {
    refuse("templateFile " + path + ": " + error.what());
  }
}

std::unique_ptr<Format> readFormat(const sdk::Host& host) {
  const std::string name = option(host, "format");
  if (name != "template" && !host.option("templateFile").empty()) {
    refuse("templateFile belongs to format template, not to " + name);
  }
  if (name != "pagerduty" && !host.option("routingKeyFile").empty()) {
    refuse("routingKeyFile belongs to format pagerduty, not to " + name);
  }
  if (name == "template") {
    return readTemplateFormat(option(host, "templateFile"));
  }
  if (name == "alertmanager-api") {
    const std::int64_t interval = number(host, "resendInterval", 60'000);
    if (interval < kMinResendMs) {
      refuse("resendInterval: expected at least 10s");
    }
    return makeAlertmanagerApi(interval);
  }
  if (name == "pagerduty") {
    if (host.option("routingKeyFile").empty()) {
      refuse("format pagerduty needs routingKeyFile");
    }
    return makePagerDuty();
  }
  const struct {
    std::string_view name;
    std::unique_ptr<Format> (*make)();
  } makers[] = {{"standard", makeStandard},
                {"cloudevents", makeCloudEvents},
                {"alertmanager", makeAlertmanager},
                {"slack", makeSlack},
                {"teams", makeTeams},
                {"discord", makeDiscord},
                {"ntfy", makeNtfy}};
  for (const auto& maker : makers) {
    if (maker.name == name) {
      return maker.make();
    }
  }
  refuse("format '" + name + "' does not exist");
}

void checkUrl(const std::string& url, bool tlsFiles, bool endsInTopic) {
  support::HttpUrl parts;
  std::string problem;
  if (!support::parseUrl(url, parts, problem)) {
    refuse("url: " + problem);
  }
  if (tlsFiles && !parts.baseUrl.starts_with("https://")) {
    refuse("url is not encrypted: caFile, certFile and keyFile need https://");
  }
  if (endsInTopic && parts.target.ends_with('/')) {
    refuse("url: format ntfy needs a topic at its end, as in https://ntfy.sh/alerts");
  }
}

}  // namespace

Options readOptions(const sdk::Host& host) {
  Options options;
  options.format = readFormat(host);
  options.url = option(host, "url");
  options.urlFile = option(host, "urlFile");
  options.routingKeyFile = option(host, "routingKeyFile");
  if (options.url.empty() && options.urlFile.empty() && !options.routingKeyFile.empty()) {
    options.url = kPagerDutyUrl;
  }
  if (options.url.empty() == options.urlFile.empty()) {
    refuse("expected either url or urlFile");
  }
  options.secretFile = option(host, "secretFile");
  if (!options.secretFile.empty()) {
    options.signature =
        host.option("signature") == "github" ? SignatureStyle::Github : SignatureStyle::Standard;
  }
  options.headersFile = option(host, "headersFile");
  options.expect = option(host, "expect");
  options.tls = support::readTlsFiles(host);
  if (!options.url.empty()) {
    checkUrl(options.url, options.tls.any(), host.option("format") == "ntfy");
  }
  options.proxy = support::readProxy(host);
  options.timeoutMs = support::readTimeoutMs(host, options.timeoutMs);
  options.maxRedirects = number(host, "maxRedirects", 0);
  if (options.maxRedirects < 0 || options.maxRedirects > kMaxRedirects) {
    refuse("maxRedirects: expected 0 to 5");
  }
  return options;
}

}  // namespace holdfast::webhook
