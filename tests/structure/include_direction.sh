#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# include_direction.sh <root>
#
# Reads every #include below <root>/{sdk,core,plugins} and fails on one that include_rules.txt does
# not allow. One line per finding: file:line: what, and what the folder may include instead.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "${1:?usage: include_direction.sh <root>}"

find sdk core plugins -type f \( -name '*.h' -o -name '*.hpp' -o -name '*.c' -o -name '*.cpp' \) |
  LC_ALL=C sort | LC_ALL=C xargs -r awk -v rules="$here/include_rules.txt" -f "$here/include_direction.awk"
