#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Puts the packages of package-lock.json into node_modules, once for each state of that file. Several
# builds of one checkout may ask for it at the same time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
oldest=18

die() { printf 'tests/npm/install.sh: %s\n' "$*" >&2; exit 1; }

for program in node npm; do
  command -v "$program" >/dev/null || die "there is no program '$program'; './dev deps' installs it"
done
version=$(node --version)
major=${version#v}
((${major%%.*} >= oldest)) || die "node is $version; expected $oldest or newer"

exec 9<package-lock.json
flock 9
stamp=node_modules/.installed
cmp -s package-lock.json "$stamp" && exit 0
npm ci >&2 || die "'npm ci' failed, see above; it needs the registry that npm is configured for"
cp package-lock.json "$stamp"
