#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# run.sh [NAME [ARGUMENT...]] - builds the release preset and shows the figures of one benchmark, or
# of all: bring_up_50, idle_20, pass_50, probes_100, restart_latency, scrape_50 (README.md). Runs as
# root, on an otherwise idle machine. BUILD_DIR names another build folder, which is built as it is
# configured.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
names=(bring_up_50 idle_20 pass_50 probes_100 restart_latency scrape_50)

die() {
  echo "bench: $*" >&2
  exit 1
}

require() { # PROGRAM PACKAGE
  command -v "$1" >/dev/null || die "package $2 is missing (there is no $1): apt-get install $2"
}

if [ $# -gt 0 ]; then
  [[ " ${names[*]} " == *" $1 "* ]] || die "no '$1': expected one of ${names[*]}"
  names=("$1")
  shift
fi
[ "$(id -u)" = 0 ] || die "must run as root: it starts a Docker engine"
require dockerd docker.io
require docker-registry docker-registry
require cmake cmake
require ninja ninja-build
if [[ " ${names[*]} " == *" bring_up_50 "* ]]; then require docker-compose docker-compose; fi

build=${BUILD_DIR:-build/release}
[ -n "${BUILD_DIR:-}" ] || cmake --preset release >/dev/null
cmake --build "$build" --target "${names[@]/#/bench_}" >&2

printf '%s, %s cores, %s, %s, load %s\n\n' "$(uname -srm)" "$(nproc)" "$(dockerd --version)" \
  "$(git describe --always --dirty 2>/dev/null || echo 'no git')" "$(cut -d' ' -f1 /proc/loadavg)"
for name in "${names[@]}"; do
  "$build/bin/bench_$name" "$@"
  echo
done
