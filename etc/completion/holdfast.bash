# SPDX-License-Identifier: Apache-2.0
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
  case $verb in
    '')
      options='--output --socket --help'
      values='words:status describe why events plan apply retry restart stop start logs purge plugins alerts adopt check version completion help'
      case $prev in
        -o | --output) values='words:json' ;;
        --socket) values=files ;;
      esac
      ;;
    status)
      options='--watch --output --socket --help'
      values=both
      case $prev in
        -o | --output) values='words:wide json name' ;;
        --socket) values=files ;;
      esac
      ;;
    describe)
      options='--output --socket --help'
      values=names
      case $prev in
        -o | --output) values='words:json' ;;
        --socket) values=files ;;
      esac
      ;;
    why)
      options='--output --socket --help'
      values=names
      case $prev in
        -o | --output) values='words:json' ;;
        --socket) values=files ;;
      esac
      ;;
    events)
      options='--since --follow --output --socket --help'
      values=both
      case $prev in
        --since) values=none ;;
        -o | --output) values='words:json' ;;
        --socket) values=files ;;
      esac
      ;;
    plan)
      options='--file --exit-code --output --socket --help'
      values=none
      case $prev in
        -f | --file) values=files ;;
        -o | --output) values='words:json' ;;
        --socket) values=files ;;
      esac
      ;;
    apply)
      options='--file --wait --override --output --socket --help'
      values=none
      case $prev in
        -f | --file) values=files ;;
        -o | --output) values='words:json' ;;
        --socket) values=files ;;
      esac
      ;;
    retry)
      options='--all --output --socket --help'
      values=names
      case $prev in
        -o | --output) values='words:json' ;;
        --socket) values=files ;;
      esac
      ;;
    restart)
      options='--output --socket --help'
      values=names
      case $prev in
        -o | --output) values='words:json' ;;
        --socket) values=files ;;
      esac
      ;;
    stop)
      options='--output --socket --help'
      values=names
      case $prev in
        -o | --output) values='words:json' ;;
        --socket) values=files ;;
      esac
      ;;
    start)
      options='--output --socket --help'
      values=names
      case $prev in
        -o | --output) values='words:json' ;;
        --socket) values=files ;;
      esac
      ;;
    logs)
      options='--follow --tail --since --previous --output --socket --help'
      values=names
      case $prev in
        --tail) values=none ;;
        --since) values=none ;;
        -o | --output) values='words:json' ;;
        --socket) values=files ;;
      esac
      ;;
    purge)
      options='--yes --output --socket --help'
      values=apps
      case $prev in
        -o | --output) values='words:json' ;;
        --socket) values=files ;;
      esac
      ;;
    plugins)
      options='--output --socket --help'
      values='words:list inspect'
      case $prev in
        inspect) values=files ;;
        -o | --output) values='words:json' ;;
        --socket) values=files ;;
      esac
      ;;
    alerts)
      options='--for --comment --output --socket --help'
      values='words:list silence silences unsilence deadletters replay test'
      case $prev in
        --for) values=none ;;
        --comment) values=none ;;
        -o | --output) values='words:json' ;;
        --socket) values=files ;;
      esac
      ;;
    adopt)
      options='--from --yes --output --socket --help'
      values=none
      case $prev in
        --from) values=none ;;
        -o | --output) values='words:json' ;;
        --socket) values=files ;;
      esac
      ;;
    check)
      options='--output --socket --help'
      values=none
      case $prev in
        -o | --output) values='words:json' ;;
        --socket) values=files ;;
      esac
      ;;
    version)
      options='--output --socket --help'
      values=none
      case $prev in
        -o | --output) values='words:json' ;;
        --socket) values=files ;;
      esac
      ;;
    completion)
      options='--output --socket --help'
      values='words:bash zsh'
      case $prev in
        -o | --output) values='words:json' ;;
        --socket) values=files ;;
      esac
      ;;
    help)
      options='--output --socket --help'
      values='words:status describe why events plan apply retry restart stop start logs purge plugins alerts adopt check version completion help'
      case $prev in
        -o | --output) values='words:json' ;;
        --socket) values=files ;;
      esac
      ;;
  esac
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
