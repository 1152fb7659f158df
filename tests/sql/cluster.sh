# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# cluster_start: a PostgreSQL of the test's own in a temporary folder, on a unix socket only. It
# runs as an unprivileged user (PostgreSQL refuses root) and ends with the shell that sourced this
# file, however that ends. Afterwards `sql DATABASE ARGUMENT...` runs psql there as superuser.
# Sets: work, PGHOST, PGUSER. The newest of the installed versions serves.

die() {
  echo "$0: $*" >&2
  exit 1
}

# as_nobody COMMAND...: replaces this shell.
as_nobody() {
  cd / # where the tree is need not be open to everybody
  [ "$(id -u)" = 0 ] || exec "$@"
  exec setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"
}

cluster_start() {
  local programs
  programs=$(find /usr/lib/postgresql -path '*/bin/postgres' 2>/dev/null | sort -V | tail -n 1)
  [ -n "$programs" ] || die "package postgresql is missing: install it with './dev deps'"
  PATH=$(dirname "$programs"):$PATH
  work=$(mktemp -d /tmp/holdfast-sql.XXXXXX) # short: the path of a socket has 107 bytes
  trap cluster_stop EXIT
  [ "$(id -u)" != 0 ] || chown nobody:nogroup "$work"
  (as_nobody initdb --pgdata="$work/data" --username=postgres --auth=trust --encoding=UTF8 \
    --locale=C.UTF-8 --no-sync) >"$work/initdb.log" 2>&1 || die "initdb: $(<"$work/initdb.log")"
  # What a test loads need not survive a power cut. No autovacuum: it would gather statistics, and
  # so change plans, at times of its own.
  (as_nobody setpriv --pdeathsig INT postgres -D "$work/data" -k "$work" \
    -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
    -c autovacuum=off -c shared_buffers=256MB -c max_wal_size=4GB) >"$work/log" 2>&1 &
  server=$!
  export PGHOST=$work PGUSER=postgres
  until pg_isready --quiet; do
    kill -0 "$server" 2>/dev/null || die "postgres did not start: $(tail -n 5 "$work/log")"
    sleep 0.05
  done
}

cluster_stop() {
  local status=$?
  # INT: ends sessions instead of waiting for them.
  if [ -n "${server:-}" ] && kill -INT "$server" 2>/dev/null; then wait "$server" || true; fi
  rm -rf "$work"
  exit "$status"
}

# sql DATABASE ARGUMENT...: quiet, unaligned, ends with the first error.
sql() {
  local database=$1
  shift
  psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --dbname="$database" "$@"
}
