// SPDX-License-Identifier: Apache-2.0
#include "run_record.hpp"

#include <sstream>

namespace process {

std::string textOf(const Run& run) {
  std::ostringstream text;
  text << run.number << ' ' << run.supervisor.pid << ' ' << run.supervisor.startTicks << ' '
       << run.program.pid << ' ' << run.program.startTicks << ' ' << run.program.boot << ' '
       << run.startedAtMs << '\n';
  return text.str();
}

std::optional<Run> parseRun(std::string_view text) {
  std::istringstream fields{std::string(text)};
  Run run;
  fields >> run.number >> run.supervisor.pid >> run.supervisor.startTicks >> run.program.pid >>
      run.program.startTicks >> run.program.boot >> run.startedAtMs;
  run.supervisor.boot = run.program.boot;
  return fields ? std::optional(run) : std::nullopt;
}

std::string textOf(const Exit& exit) {
  std::ostringstream text;
  text << exit.run << ' ' << exit.code << ' ' << exit.finishedAtMs << '\n';
  return text.str();
}

std::optional<Exit> parseExit(std::string_view text) {
  std::istringstream fields{std::string(text)};
  Exit exit;
  fields >> exit.run >> exit.code >> exit.finishedAtMs;
  return fields ? std::optional(exit) : std::nullopt;
}

}  // namespace process
