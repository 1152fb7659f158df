#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# every_rule_is_proven.sh <conformance program> <test>...
#
# Expects each test of the program to be among those that a faulty plugin makes fail: a rule that
# nothing can break tests nothing.
set -euo pipefail
program=$1
shift

unproven=$("$program" --plugin /nonexistent.so --gtest_list_tests |
  awk '/^[A-Z]/ { suite = $1; next } NF { print suite $1 }' |
  grep -vxF "$(printf '%s\n' "$@")" || true)
if [[ -n $unproven ]]; then
  printf 'no faulty plugin breaks these rules:\n%s\n' "$unproven"
  exit 1
fi
