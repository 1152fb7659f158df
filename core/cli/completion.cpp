// SPDX-License-Identifier: Apache-2.0
#include "cli/completion.hpp"

#include "cli/verb.hpp"

namespace holdfast::cli {
namespace {

constexpr std::string_view kBashHead = R"sh(# SPDX-License-Identifier: Apache-2.0
# Completion of holdfast for bash; made by 'holdfast completion bash'.

# Words that are offered as they are. Names come from the agent, so that they are never expanded:
# compgen -W would run what stands in $(...) there.
_holdfast_offer() {
  local word
  while IFS= read -r word; do
    if [[ $word == "$cur"* ]]; then
      COMPREPLY+=("$(printf '%q' "$word")")
    fi
  done
}

_holdfast_names() {
  timeout 3 holdfast "${socket[@]}" status -o name 2>/dev/null
}

_holdfast() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
  local verb='' options='' values='' i
  local -a socket=()
  COMPREPLY=()
  # '=' is a word of its own here: --output=j is three.
  if [[ $cur == = ]]; then
    cur=''
  elif [[ $prev == = ]]; then
    prev=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      --socket)
        [[ ${COMP_WORDS[i + 1]} != = ]] || ((i++))
        socket=(--socket "${COMP_WORDS[++i]}")
        ;;
      -o | --output) ((i++)) ;;
      =) ((i++)) ;;
      -*) ;;
      *) [[ $verb ]] || verb=${COMP_WORDS[i]} ;;
    esac
  done
)sh";

constexpr std::string_view kBashTail = R"sh(  esac
  if [[ $cur == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
    return
  fi
  case $values in
    names) _holdfast_offer < <(_holdfast_names) ;;
    apps) _holdfast_offer < <(_holdfast_names | cut -d/ -f1 | sort -u) ;;
    both) _holdfast_offer < <(_holdfast_names; _holdfast_names | cut -d/ -f1 | sort -u) ;;
    words:*) mapfile -t COMPREPLY < <(compgen -W "${values#words:}" -- "$cur") ;;
    files) compopt -o default 2>/dev/null ;;
  esac
}

complete -F _holdfast holdfast
)sh";

constexpr std::string_view kZshHead = R"sh(#compdef holdfast
# SPDX-License-Identifier: Apache-2.0
# Completion of holdfast for zsh; made by 'holdfast completion zsh'.

_holdfast_names() {
  local -a names
  names=(${(f)"$(timeout 3 holdfast $socket status -o name 2>/dev/null)"})
  case $1 in
    apps) names=(${(u)names%%/*}) ;;
    both) names+=(${(u)names%%/*}) ;;
  esac
  compadd -a names
}

_holdfast() {
  local context state state_descr line curcontext=$curcontext
  typeset -A opt_args
  local -a socket verbs
)sh";

constexpr std::string_view kZshTail = R"sh(      esac
      ;;
  esac
}

_holdfast "$@"
)sh";

std::string verbNames() {
  std::string names;
  for (const VerbSpec& verb : verbs()) {
    names += (names.empty() ? "" : " ") + std::string(verb.name);
  }
  return names;
}

bool isFile(const OptionSpec& option) {
  return option.placeholder == "FILE" || option.placeholder == "PATH";
}

// What stands after "values=" for the value of an option; empty when nothing is known of it.
std::string bashValues(const OptionSpec& option) {
  if (!option.words.empty()) {
    return "'words:" + std::string(option.words) + "'";
  }
  return isFile(option) ? "files" : "none";
}

std::string bashValues(const ArgumentSpec& arguments) {
  switch (arguments.completes) {
    case Completes::App:
      return "apps";
    case Completes::Service:
      return "names";
    case Completes::AppOrService:
      return "both";
    case Completes::File:
      return "files";
    case Completes::Words:
      return "'words:" + std::string(arguments.words) + "'";
    case Completes::Nothing:
      break;
  }
  return "none";
}

// The branch of one verb: its options, and what follows an option that takes a value.
std::string bashBranch(const std::string& pattern, const std::vector<OptionSpec>& options,
                       const std::string& values, std::string_view fileAfter = {}) {
  std::string names;
  std::string branches;
  if (!fileAfter.empty()) {
    branches = "        " + std::string(fileAfter) + ") values=files ;;\n";
  }
  for (const OptionSpec& option : options) {
    const std::string name = "--" + std::string(option.name);
    names += (names.empty() ? "" : " ") + name;
    if (option.value == OptionSpec::Value::Required) {
      branches += "        " +
                  (option.letter == 0 ? "" : std::string("-") + option.letter + " | ") + name +
                  ") values=" + bashValues(option) + " ;;\n";
    }
  }
  return "    " + pattern + ")\n      options='" + names + "'\n      values=" + values +
         "\n      case $prev in\n" + branches + "      esac\n      ;;\n";
}

// A single-quoted word for zsh, with what _arguments takes for punctuation escaped.
std::string zshText(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else if (c == '[' || c == ']' || c == ':') {
      out += '\\';
      out += c;
    } else {
      out += c;
    }
  }
  return out;
}

std::string zshValue(const OptionSpec& option) {
  if (option.value == OptionSpec::Value::None) {
    return {};
  }
  const std::string action = !option.words.empty() ? "(" + std::string(option.words) + ")"
                                                   : (isFile(option) ? "_files" : " ");
  return (option.value == OptionSpec::Value::Optional ? "::" : ":") + zshText(option.placeholder) +
         ":" + action;
}

std::string zshOption(const OptionSpec& option) {
  const std::string name = "--" + std::string(option.name);
  const std::string rest = "[" + zshText(option.help) + "]" + zshValue(option);
  const char* const joint = option.value == OptionSpec::Value::Optional   ? "=-"
                            : option.value == OptionSpec::Value::Required ? "="
                                                                          : "";
  if (option.letter == 0) {
    return "'" + name + joint + rest + "'";
  }
  const std::string letter = std::string("-") + option.letter;
  const char* const letterJoint = option.value == OptionSpec::Value::Required ? "+" : "";
  return "'(" + letter + " " + name + ")'{" + letter + letterJoint + "," + name + joint + "}'" +
         rest + "'";
}

std::string zshArguments(const ArgumentSpec& arguments) {
  switch (arguments.completes) {
    case Completes::App:
      return "'1:app: _holdfast_names apps'";
    case Completes::Service:
      return "'1:service: _holdfast_names names'";
    case Completes::AppOrService:
      return "'1:app or service: _holdfast_names both'";
    case Completes::File:
      return "'1:file:_files'";
    case Completes::Words:
      return "'1:word:(" + std::string(arguments.words) + ")'" +
             (arguments.fileAfter.empty() ? "" : " '2:file:_files'");
    case Completes::Nothing:
      break;
  }
  return {};
}

std::string zshBranch(const VerbSpec& verb) {
  std::string out = "        " + std::string(verb.name) + ")\n          _arguments -s -S \\\n";
  for (const OptionSpec& option : optionsOf(verb)) {
    out += "            " + zshOption(option) + " \\\n";
  }
  const std::string arguments =
      verb.name == "help" ? "'1:verb:(" + verbNames() + ")'" : zshArguments(verb.arguments);
  out += arguments.empty() ? "            && return\n" : "            " + arguments + "\n";
  return out + "          ;;\n";
}

}  // namespace

std::string bashCompletion() {
  std::string out(kBashHead);
  out += "  case $verb in\n";
  out += bashBranch("''", globalOptions(), "'words:" + verbNames() + "'");
  for (const VerbSpec& verb : verbs()) {
    const std::string values =
        verb.name == "help" ? "'words:" + verbNames() + "'" : bashValues(verb.arguments);
    out += bashBranch(std::string(verb.name), optionsOf(verb), values, verb.arguments.fileAfter);
  }
  out += kBashTail;
  return out;
}

std::string zshCompletion() {
  std::string out(kZshHead);
  out += "  verbs=(\n";
  for (const VerbSpec& verb : verbs()) {
    out += "    '" + std::string(verb.name) + ":" + zshText(verb.summary) + "'\n";
  }
  out += "  )\n  _arguments -C -S -A '-*' \\\n";
  for (const OptionSpec& option : globalOptions()) {
    out += "    " + zshOption(option) + " \\\n";
  }
  out +=
      "    '1:verb:->verb' \\\n"
      "    '*::argument:->arguments'\n"
      "  case $state in\n"
      "    verb) _describe -t verbs verb verbs ;;\n"
      "    arguments)\n"
      "      socket=(${opt_args[--socket]:+--socket} ${opt_args[--socket]})\n"
      "      case $words[1] in\n";
  for (const VerbSpec& verb : verbs()) {
    out += zshBranch(verb);
  }
  out += kZshTail;
  return out;
}

}  // namespace holdfast::cli
