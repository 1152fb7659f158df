// SPDX-License-Identifier: Apache-2.0
#include "config/loader.hpp"
#include "daemon/command_line.hpp"
#include "manual/pages.hpp"
#include "manual/roff.hpp"

namespace holdfast::manual {
namespace {

// "-c FILE, --config=FILE", as the program's own --help has it.
std::string usageOf(const daemon::CommandOption& option) {
  const std::string argument(option.argument);
  std::string usage;
  if (!option.letter.empty())
    usage = "-" + std::string(option.letter) + argument + ", ";
  return usage + "--" + std::string(option.name) + (argument.empty() ? "" : "=" + argument);
}

}  // namespace

std::string daemonPage(std::string_view version) {
  RoffPage page("holdfastd", 8, "container agent for unattended machines", version);
  page.heading("Synopsis");
  page.synopsis("holdfastd", "[--config=FILE] [-Dkey=value ...] [--daemon] [--pidfile=FILE]");
  page.synopsis("holdfastd", "--check-config | --version | --help");
  page.heading("Description");
  page.paragraph(std::string(daemon::kPurpose) +
                 " The target state comes from a watched file, the local API or a cloud; what "
                 "fails is tried again by itself, and a failure of one service never holds up "
                 "another. Stopping or crashing the agent leaves the containers running.");
  page.paragraph(
      "It runs in the foreground and logs to standard error, with the journal's priorities under "
      "systemd. holdfast(1) shows what it does and why.");
  page.heading("Options");
  for (const auto& option : daemon::commandOptions())
    page.item(usageOf(option), sentence(option.help));
  page.heading("Signals");
  page.item("SIGHUP",
            "Reads the configuration again: all of it or, where something is wrong, nothing. Keys "
            "that need a restart are named in the log.");
  page.item("SIGTERM, SIGINT", "Ends in order. A second one ends at once.");
  page.item("SIGUSR1",
            "Restarts the agent in its process, in its newer form where the program was replaced. "
            "Containers run on.");
  page.heading("Exit status");
  for (const auto& [code, meaning] : daemon::exitCodes())
    page.item(std::to_string(code), sentence(meaning));
  page.heading("Environment");
  page.item("HOLDFAST_CONFIG", "The configuration file, unless --config names one.");
  page.item("HOLDFAST_...",
            "Every key of the configuration, in capitals with __ for each dot: "
            "HOLDFAST_STATE__DIR is state.dir.");
  page.heading("Files");
  page.item(config::kDefaultFile,
            "The configuration, and conf.d/*.properties beside it: holdfast.properties(5).");
  page.item("/var/lib/holdfast", "The agent's memory: target, retries, history.");
  page.item("/run/holdfast/holdfast.sock", "Its socket.");
  page.heading("See also");
  page.paragraph("holdfast(1), holdfast.properties(5), systemctl(1)");
  return page.text();
}

}  // namespace holdfast::manual
