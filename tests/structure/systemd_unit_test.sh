#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# systemd_unit_test.sh <unit> <program>: systemd understands every line of the unit, what the unit
# starts is the program's name, and the service is exposed to no more than systemd calls "OK".
set -euo pipefail
unit=$1 program=$2
installed=/usr/sbin/$(basename "$program")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fail() {
  printf '%s: %s\n' "$unit" "$1" >&2
  exit 1
}

grep -qx "ExecStart=$installed" "$unit" || fail "expected ExecStart=$installed"
# systemd looks whether the program is there: here it is where it was built.
copy=$folder/$(basename "$unit")
sed "s|^ExecStart=$installed\$|ExecStart=$program|" "$unit" >"$copy"

# It ignores what it does not know, says so and succeeds.
said=$(systemd-analyze verify --man=no "$copy" 2>&1) || fail "refused: $said"
[[ -z $said ]] || fail "$said"

systemd-analyze security --offline=yes --threshold=30 --no-pager "$copy" >"$folder/exposure" ||
  fail "$(tail -n 1 "$folder/exposure") (the limit is 3.0)"
