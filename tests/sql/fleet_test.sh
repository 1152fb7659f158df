#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# fleet_test.sh <folder of the migration> - the migration of 100,000 devices that are already there:
# filling in, the plans of the views, and what a report costs with and without it.
set -euo pipefail
migration=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=tests/sql/cluster.sh
source ./cluster.sh

# measure DATABASE: appends lines "DATABASE KIND MICROSECONDS".
measure() { sql "$1" -f support.sql -f cost.sql | sed "s/^/$1 /" >>"$work/costs"; }

# Prints lines "KIND RATIO WITHOUT WITH": the best of the rounds, since others
# work on the machine too.
ratios() {
  awk '{ if (!(($1, $2) in best) || $3 < best[$1, $2]) best[$1, $2] = $3; kinds[$2] }
    END {
      for (kind in kinds) {
        without = best["original", kind]; with = best["migrated", kind]
        printf "%s %.2f %d %d\n", kind, with / without, without, with
      }
    }' "$work/costs"
}

# at_most KIND RATIO
at_most() {
  local kind ratio original migrated
  read -r kind ratio original migrated < <(ratios | grep "^$1 ")
  echo "a report, $kind: $original us without, $migrated us with the migration: $ratio times"
  awk "BEGIN { exit !($ratio <= $2) }" || die "a report, $1, should take at most $2 times as long"
}

cluster_start
sql postgres -c 'CREATE ROLE server' -c 'CREATE DATABASE original'
sql original -f server.sql -f support.sql -f fleet.sql -c 'ANALYZE'
sql postgres -c 'CREATE DATABASE migrated TEMPLATE original STRATEGY file_copy'

sql migrated -f "$migration/001_service_errors.up.sql"
sql migrated -c 'CALL holdfast.backfill()' -c 'CALL holdfast.backfill()' -c 'ANALYZE'
sql migrated -f support.sql -f plans_test.sql >/dev/null

for _ in 1 2 3 4 5; do
  measure original
  measure migrated
done
# Up to twice what is measured.
at_most unchanged 2.5
at_most changed 4.5
at_most failing 12
