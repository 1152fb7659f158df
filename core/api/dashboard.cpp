// SPDX-License-Identifier: Apache-2.0
// The page of the agent (dashboard/), which the program carries inside.
#include "api/dashboard_files.hpp"
#include "api/entity_tag.hpp"
#include "api/handlers.hpp"

#include <algorithm>
#include <array>

namespace holdfast::api {
namespace {

struct File {
  std::string_view name;
  std::string_view contentType;
  std::string_view content;
};

constexpr std::string_view kScript = "text/javascript; charset=utf-8";

// Dynamic initialisation of another file's constants may come later, so this is no global.
const auto& files() {
  static const std::array kFiles{
      File{"index.html", "text/html; charset=utf-8", dashboard::kIndexHtml},
      File{"style.css", "text/css; charset=utf-8", dashboard::kStyleCss},
      File{"icon.svg", "image/svg+xml", dashboard::kIconSvg},
      File{"theme.js", kScript, dashboard::kThemeJs},
      File{"alert.mjs", kScript, dashboard::kAlertMjs},
      File{"alerts.mjs", kScript, dashboard::kAlertsMjs},
      File{"api.mjs", kScript, dashboard::kApiMjs},
      File{"app.mjs", kScript, dashboard::kAppMjs},
      File{"apps.mjs", kScript, dashboard::kAppsMjs},
      File{"banner.mjs", kScript, dashboard::kBannerMjs},
      File{"card.mjs", kScript, dashboard::kCardMjs},
      File{"connection.mjs", kScript, dashboard::kConnectionMjs},
      File{"details.mjs", kScript, dashboard::kDetailsMjs},
      File{"device.mjs", kScript, dashboard::kDeviceMjs},
      File{"dialogs.mjs", kScript, dashboard::kDialogsMjs},
      File{"dom.mjs", kScript, dashboard::kDomMjs},
      File{"header.mjs", kScript, dashboard::kHeaderMjs},
      File{"history.mjs", kScript, dashboard::kHistoryMjs},
      File{"logs.mjs", kScript, dashboard::kLogsMjs},
      File{"notice.mjs", kScript, dashboard::kNoticeMjs},
      File{"service.mjs", kScript, dashboard::kServiceMjs},
      File{"signin.mjs", kScript, dashboard::kSigninMjs},
      File{"sse.mjs", kScript, dashboard::kSseMjs},
      File{"theme_switch.mjs", kScript, dashboard::kThemeSwitchMjs},
      File{"time.mjs", kScript, dashboard::kTimeMjs},
      File{"why.mjs", kScript, dashboard::kWhyMjs},
  };
  return kFiles;
}

// Nothing but these files and this agent's API, whatever slipped into the page.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'";

// A browser keeps a file and asks each time whether it is still that one, so that a new agent never
// meets half of the page of an older one.
Response answer(const File& file, const Request& request) {
  return taggedByContent({.contentType = std::string(file.contentType),
                          .headers = {{"Cache-Control", "no-cache"},
                                      {"Content-Security-Policy", std::string(kPolicy)}},
                          .body = std::string(file.content),
                          .stream = {}},
                         request);
}

}  // namespace

Response dashboardPage(const Request& request, Agent&) {
  return answer(files().front(), request);
}

Response dashboardFile(const Request& request, Agent&) {
  const auto& name = request.captures.at("file");
  const auto* found = std::find_if(files().begin(), files().end(),
                                   [&](const File& file) { return file.name == name; });
  return found == files().end() ? problem(404, "there is nothing at " + request.path)
                                : answer(*found, request);
}

}  // namespace holdfast::api
