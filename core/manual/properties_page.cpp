// SPDX-License-Identifier: Apache-2.0
#include "config/keys.hpp"
#include "config/loader.hpp"
#include "manual/pages.hpp"
#include "manual/roff.hpp"

namespace holdfast::manual {
namespace {

void addKey(RoffPage& page, const config::Key& key) {
  std::string meaning = key.help + " Expected: " + config::expectation(key) + ".";
  if (key.applies == config::Applies::OnRestart)
    meaning += " A change takes effect at the next start.";
  page.item(key.name + (key.defaultText.empty() ? "" : " = " + key.defaultText), meaning);
}

}  // namespace

std::string propertiesPage(std::string_view version) {
  RoffPage page("holdfast.properties", 5, "configuration of holdfastd", version);
  page.heading("Synopsis");
  page.paragraph(config::kDefaultFile);
  page.heading("Description");
  page.paragraph(
      "Lines of the form key = value; a line that begins with # is a comment. Read in this order, "
      "the later wins: this file, conf.d/NN-*.properties beside it in the order of their names, "
      "the environment (HOLDFAST_ and the key in capitals, __ for each dot), and -Dkey=value on "
      "the command line.");
  page.paragraph(
      "An unknown key or a value that is none is an error, which names the nearest known key. "
      "holdfastd --check-config reports every mistake. SIGHUP reads it all again: all or nothing. "
      "Durations are written 500ms, 30s, 5m, 1h, 2d. Below, each key stands with its default; the "
      "documents that are named there are in /usr/share/doc/holdfast.");
  for (const auto& section : config::sections()) {
    page.heading(section.title);
    if (!section.introduction.empty())
      page.paragraph(section.introduction);
    for (const auto& key : section.keys)
      addKey(page, key);
  }
  page.heading("See also");
  page.paragraph("holdfastd(8), holdfast(1)");
  return page.text();
}

}  // namespace holdfast::manual
