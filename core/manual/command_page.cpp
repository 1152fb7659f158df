// SPDX-License-Identifier: Apache-2.0
#include "cli/usage.hpp"
#include "cli/verb.hpp"
#include "manual/pages.hpp"
#include "manual/roff.hpp"

namespace holdfast::manual {
namespace {

void addOptions(RoffPage& page, const std::vector<cli::OptionSpec>& options) {
  for (const auto& option : options)
    page.item(cli::optionUsage(option), sentence(option.help));
}

void addVerb(RoffPage& page, const cli::VerbSpec& verb) {
  page.subheading(verb.name);
  page.synopsis(
      "holdfast " + std::string(verb.name),
      std::string(verb.arguments.usage) + (verb.arguments.usage.empty() ? "" : " ") + "[options]");
  page.paragraph(sentence(verb.summary));
  if (!verb.details.empty())
    page.paragraph(verb.details);
  addOptions(page, verb.options);
  page.example(verb.examples);
}

}  // namespace

std::string commandPage(std::string_view version) {
  RoffPage page("holdfast", 1, "see and steer the container agent of this machine", version);
  page.heading("Synopsis");
  page.synopsis("holdfast", "verb [arguments] [options]");
  page.heading("Description");
  page.paragraph(
      "Talks to the agent on this machine, holdfastd(8), over its socket, and shows what its "
      "services do, why, and what happens next. The target that the agent makes true is set with "
      "apply, or comes from a watched file or a cloud.");
  page.paragraph(
      "Services are named APP/SERVICE, as status prints them; the app also by its id. Output is "
      "for people, in colour and redrawn in place on a terminal only; every verb prints JSON with "
      "-o json. Long options may be abbreviated.");
  page.heading("Options");
  page.paragraph("With every verb:");
  addOptions(page, cli::globalOptions());
  page.heading("Verbs");
  for (const auto& verb : cli::verbs())
    addVerb(page, verb);
  page.heading("Exit status");
  for (const auto& [code, meaning] : cli::exitCodes())
    page.item(std::to_string(code), sentence(meaning));
  page.heading("Environment");
  page.item("HOLDFAST_SOCKET", "The agent's socket, unless --socket names one.");
  page.item("NO_COLOR", "Set to anything but nothing: no colour.");
  page.item("COLUMNS, LINES", "The size of a terminal that does not tell its own.");
  page.heading("Files");
  page.item("/run/holdfast/holdfast.sock",
            "The agent's socket. Root and the members of the group holdfast may use it.");
  page.heading("See also");
  page.paragraph("holdfastd(8), holdfast.properties(5)");
  return page.text();
}

}  // namespace holdfast::manual
