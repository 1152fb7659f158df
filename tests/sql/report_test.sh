#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# report_test.sh <folder of the migration> - what the migration makes of reports, on a real
# PostgreSQL; that it can be repeated, and taken back without a trace.
set -euo pipefail
migration=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=tests/sql/cluster.sh
source ./cluster.sh

# database NAME: with the server's tables.
database() {
  sql postgres -c "CREATE DATABASE $1"
  sql "$1" -f server.sql
}

migrate() { sql "$1" -f "$migration/001_service_errors.$2.sql"; }

# pg_dump's newer versions put a random word into each dump.
schema() { pg_dump --schema-only "$1" | grep -v '^\\\(un\)\?restrict '; }

# same WHAT FILE FILE
same() { diff "$2" "$3" || die "$1: see the difference above"; }

# run DATABASE FILE: a warning is a report of which something was lost, and fails the test.
run() {
  echo "$2"
  sql "$1" -f support.sql -f "$2" >/dev/null 2>"$work/messages" || die "$(<"$work/messages")"
  [ ! -s "$work/messages" ] || die "$(head -n 3 "$work/messages")"
}

cluster_start
sql postgres -c 'CREATE ROLE server'
database reports
schema reports >"$work/original"

migrate reports up
schema reports >"$work/migrated"
run reports errors_test.sql
run reports history_test.sql
run reports reported_test.sql
run reports hostile_test.sql

echo 'migrating again changes nothing'
rows="SELECT md5(string_agg(s::text, '' ORDER BY s.id)) FROM device_current_state s"
sql reports -c "$rows" >"$work/rows"
migrate reports up
schema reports >"$work/again"
same 'migrated twice' "$work/migrated" "$work/again"
same 'rows after migrating twice' "$work/rows" <(sql reports -c "$rows")

echo 'undone, the schema is what it was, and the rows are there'
columns="SELECT md5(string_agg((s.id, device_uuid, apps, config, system_info, version,
  reported_at)::text, '' ORDER BY s.id)) FROM device_current_state s"
sql reports -c "$columns" >"$work/rows"
migrate reports down
schema reports >"$work/undone"
same undone "$work/original" "$work/undone"
same 'rows after the undoing' "$work/rows" <(sql reports -c "$columns")
migrate reports down
migrate reports up
schema reports >"$work/anew"
same 'migrated anew' "$work/migrated" "$work/anew"

echo 'what fails half way changes nothing'
sql reports -c 'CREATE VIEW mine AS SELECT service_errors FROM device_current_state'
schema reports >"$work/migrated"
if migrate reports down 2>"$work/refused"; then die 'undoing took away what another view needs'; fi
grep -q 'other objects depend on it' "$work/refused" || die "refused with: $(<"$work/refused")"
schema reports >"$work/after"
same 'a refused undoing' "$work/migrated" "$work/after"

echo 'a server without a table of devices'
database alone
sql alone -c 'SET client_min_messages = warning' -c 'DROP TABLE devices CASCADE'
migrate alone up
sql alone -c "INSERT INTO device_current_state (device_uuid, apps) VALUES (gen_random_uuid(),
  '{\"1\": {\"services\": [{\"serviceName\": \"s\", \"error\": {}}]}}')"
found=$(sql alone -c 'SELECT fleet, service_name FROM holdfast.current_errors')
[ "$found" = '|s' ] || die "expected one error of no fleet, found '$found'"
