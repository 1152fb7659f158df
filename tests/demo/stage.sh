#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The stage of demo.sh, which sources this: a Docker engine, and a registry with the demonstration's
# two images. Sets $docker (path of the engine's socket) and $registry (its host and port). $work is
# the directory for everything, $root the source tree.
: "${root:?}" "${work:?}"

lab=$root/tests/lab/lab.sh
registry_pid=''

docker_api() { # PATH [CURL-OPTION...]
  curl --silent --show-error --fail --unix-socket "$docker" "http://docker$1" "${@:2}"
}

private_stage() {
  XDG_CACHE_HOME=$work/cache "$lab" up "$work/lab" --owner-pid $$
  docker=$work/lab/docker.sock registry=127.0.0.1:5055
}

# What the engine has under the names that the demonstration uses.
taken_names() {
  docker_api '/containers/json?all=1' | jq -r '.[].Names[][1:] | select(startswith("monitoring_"))'
  docker_api /networks | jq -r '.[].Name | select(startswith("1001_"))'
}

# shared_stage SOCKET: a Docker that is there already, and a registry of our own beside it.
shared_stage() {
  docker=$1
  docker_api /_ping >/dev/null || stop "no Docker answers at $docker"
  local port=5055
  [ -z "$(taken_names)" ] || stop "$docker has these already: $(taken_names | xargs)"
  while (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
  registry=127.0.0.1:$port
  cat >"$work/registry.yml" <<END
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $work/registry}}
http: {addr: "$registry"}
END
  OTEL_TRACES_EXPORTER=none docker-registry serve "$work/registry.yml" >"$work/registry.log" 2>&1 &
  registry_pid=$!
  claim_within 10 "a registry answers" curl --silent --output /dev/null "http://$registry/v2/"
  "$root/tests/lab/seed.sh" "$registry" >"$work/seeding.log" 2>&1 ||
    stop "the images could not be made: $(tail "$work/seeding.log")"
}

# owned OWNER PATH: ids of the objects that the agent with this uuid has made.
owned() {
  [ -n "$1" ] || return 0
  local filter
  filter=$(jq -rn --arg owner "$1" '{label: ["io.holdfast.owner=" + $owner]} | @json | @uri')
  docker_api "$2?all=1&filters=$filter" | jq -r '.[].Id'
}

our_images() {
  docker_api /images/json | jq -r --arg host "$registry/" \
    '.[].RepoTags[]? | select(startswith($host))'
}

# clear_shared_stage OWNER: takes from a shared Docker what an interrupted demonstration has left,
# and the images.
clear_shared_stage() {
  local id
  for id in $(owned "$1" /containers/json); do
    docker_api "/containers/$id?force=1&v=1" -X DELETE
  done
  for id in $(owned "$1" /networks); do docker_api "/networks/$id" -X DELETE; done
  for id in $(our_images); do docker_api "/images/$id" -X DELETE >/dev/null; done
  [ -z "$(owned "$1" /containers/json)$(owned "$1" /networks)$(our_images)" ]
}

# clear_stage OWNER: ends everything; false when something is left.
clear_stage() {
  local clear=0
  if [ -n "$registry_pid" ]; then
    clear_shared_stage "$1" || clear=1
    kill "$registry_pid"
    wait "$registry_pid" || true
  fi
  [ ! -e "$work/lab" ] || "$lab" down "$work/lab" || clear=1
  rm -rf "$work" || clear=1
  return "$clear"
}
