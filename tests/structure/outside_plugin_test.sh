#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# outside_plugin_test.sh <build folder> <compiler>
#
# Installs the SDK somewhere, builds a plugin against it as an outside project does, and expects one
# exported symbol.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$1 compiler=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --prefix "$work/sdk" --component holdfast-sdk-dev >/dev/null
cmake -S "$here/outside_plugin" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Debug \
  -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_PREFIX_PATH="$work/sdk" >/dev/null
cmake --build "$work/build"
cmake --install "$work/build" --prefix "$work/installed" >/dev/null

plugin=$(find "$work/installed" -path '*/holdfast/plugins/outside.so')
exported=$(nm --dynamic --defined-only --format=just-symbols "$plugin")
if [[ $exported != holdfast_plugin_v1 ]]; then
  printf 'expected holdfast_plugin_v1 to be the only exported symbol, found:\n%s\n' "$exported"
  exit 1
fi
