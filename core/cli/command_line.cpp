// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.hpp"

#include "cli/arguments.hpp"
#include "cli/context.hpp"
#include "cli/text.hpp"
#include "cli/usage.hpp"

namespace holdfast::cli {
namespace {

// docs/interfaces.md "Names".
constexpr std::string_view kDefaultSocket = "/run/holdfast/holdfast.sock";

int runVerb(const Arguments& arguments, const std::string& environmentSocket, Console& console,
            const ConnectApi& connect) {
  const std::string otherwise =
      environmentSocket.empty() ? std::string(kDefaultSocket) : environmentSocket;
  try {
    const std::unique_ptr<Api> api = connect(arguments.value("socket", otherwise));
    Context context{*api, console, arguments};
    return arguments.verb->run(context);
  } catch (const Unreachable& unreachable) {
    console.err("holdfast: " + std::string(unreachable.what()));
    return kUnreachable;
  } catch (const Failed& failed) {
    console.err("holdfast: " + std::string(failed.what()) + "\n");
    return failed.code();
  } catch (const std::exception& unexpected) {
    console.err("holdfast: " + oneLine(unexpected.what()) + "\n");
    return kFailed;
  }
}

}  // namespace

int runCommandLine(const std::vector<std::string>& words, const std::string& environmentSocket,
                   Console& console, const ConnectApi& connect) {
  ParsedLine line = parseArguments(words);
  if (!line.arguments) {
    console.err("holdfast: " + oneLine(line.problem) + "\n");
    return kUsage;
  }
  const Arguments& arguments = *line.arguments;
  int code = kDone;
  if (arguments.verb == nullptr) {
    console.out(generalUsage());
  } else if (arguments.has("help")) {
    console.out(verbUsage(*arguments.verb));
  } else {
    code = runVerb(arguments, environmentSocket, console, connect);
  }
  if (console.outFailed()) {
    console.err("holdfast: cannot write the output\n");
    return code == kDone ? kFailed : code;
  }
  return code;
}

}  // namespace holdfast::cli
