#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# selftest.sh <abidiff> <baseline> <sdk folder> <compiler> <flag>...
#
# A gate that never closes is worse than none: makes the mistakes that it is there for, each in a
# copy of the headers, and expects abidiff to report every one.
set -euo pipefail
abidiff=$1 baseline=$2 sdk=$3
shift 3
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

# differs: whether the headers in the copy differ from the baseline. Bit 2 of abidiff's exit status
# says so; without it, a failure is one of the tool itself.
differs() {
  local status=0
  "${compile[@]}" -I "$copy/include" -shared "$sdk/abi/probe.cpp" -o "$copy/probe.so"
  "$abidiff" "$baseline" "$copy/probe.so" >"$copy/report" || status=$?
  if ((status != 0 && (status & 4) == 0)); then
    echo "$abidiff failed with exit status $status"
    exit 1
  fi
  ((status & 4))
}

# catches <what> <header> <sed command>
catches() {
  cp -r "$sdk/include" "$copy"
  local header="$copy/include/holdfast/sdk/$2"
  sed -i "$3" "$header"
  if cmp -s "$header" "$sdk/include/holdfast/sdk/$2"; then
    echo "$1: the edit changed nothing in $2; adapt $0"
    exit 1
  fi
  if ! differs; then
    echo "$1: went through the gate"
    exit 1
  fi
  rm -r "$copy/include"
}

compile=("$@")
cp -r "$sdk/include" "$copy"
if differs; then
  cat "$copy/report"
  echo "the headers as they are: do not match the baseline, see $sdk/abi/README.md"
  exit 1
fi
rm -r "$copy/include"

catches "a virtual function in the middle" runtime.hpp \
  '/virtual Status observe(/i virtual Status inserted(Call\& call) = 0;'
catches "a virtual function in the base class" types.hpp \
  '/virtual Status health(/a virtual Status inserted(Call\& call) = 0;'
catches "a field in the middle of a struct" runtime.hpp \
  '/std::int64_t memoryBytes/i std::int64_t inserted = 0;'
catches "a field at the end of a struct" runtime.hpp \
  '/std::string_view dataRoot/a std::int64_t appended = 0;'
catches "an enumerator with another value" types.hpp 's/Denied = 3/Denied = 30/'
catches "a field of another type in the handshake" abi.h 's/uint16_t abi_minor;/uint32_t abi_minor;/'
catches "a virtual function in the middle of a notifier" notifier.hpp \
  '/virtual Status deliver(/i virtual Status inserted(Call\& call) = 0;'
catches "a field at the end of a notification" notifier.hpp \
  '/std::string_view contentJson/a std::int64_t appended = 0;'
catches "a severity with another value" notifier.hpp 's/Warning = 2/Warning = 20/'
catches "a virtual function in the middle of an uplink" uplink.hpp \
  '/virtual Status deliverReport(/i virtual Status inserted(Call\& call) = 0;'
catches "a field in the middle of a line of a log" uplink.hpp \
  '/std::string_view service;/i std::int64_t inserted = 0;'
catches "a second parameter of a fact" uplink.hpp 's/fact(std::string_view name, /fact(/'
catches "a step of the enrolment with another value" uplink.hpp 's/ExchangeKey = 2/ExchangeKey = 20/'
