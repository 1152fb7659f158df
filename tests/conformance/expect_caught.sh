#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# expect_caught.sh <test>[,<test>...] <conformance program> <argument>...
#
# Runs the program on a faulty plugin, and expects exactly these tests to fail: neither does another
# rule catch the fault by accident, nor is one of them deaf.
set -uo pipefail
expected=$(tr ',' '\n' <<<"$1" | LC_ALL=C sort)
shift

output=$("$@" 2>&1)
code=$?
failed=$(sed -n 's/^\[  FAILED  \] \([A-Za-z]*\.[A-Za-z]*\)\( .*\)\?$/\1/p' <<<"$output" |
  LC_ALL=C sort -u)
if [[ $failed != "$expected" || $code -ne 1 ]]; then
  printf '%s\n\n' "$output"
  printf 'exit code %s, expected 1; failed tests (<: expected, >: failed):\n' "$code"
  diff <(echo "$expected") <(echo "$failed")
  exit 1
fi
