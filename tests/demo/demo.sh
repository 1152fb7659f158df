#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# demo.sh [--docker[=unix:///PATH]] - the agent at work on a real engine, in some 20 seconds.
#
# A target asks for two services; the image of one does not exist. The other one runs all the same,
# the pull is tried again on schedule, and a corrected target ends the story. Each claim is checked:
# the exit status is 0 only when all of it happened.
#
# Without an argument a private Docker engine and registry are started (tests/lab/lab.sh). With
# --docker the containers go to a Docker that is there (unix:///var/run/docker.sock): nothing on it
# but the demonstration's own objects is touched. Either way nothing is left behind. Runs as root;
# BUILD_DIR names the build folder (build/dev).
set -euo pipefail
root=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
build=$(realpath "${BUILD_DIR:-$root/build/dev}")
docker='' registry='' daemon='' owner='' shared=''
case ${1:-} in
  '') ;;
  --docker) shared=/var/run/docker.sock ;;
  --docker=unix:///*) shared=${1#--docker=unix://} ;;
  *) echo "usage: demo.sh [--docker[=unix:///PATH]]" >&2 && exit 2 ;;
esac

# --- telling -------------------------------------------------------------------------------------

bold='' plain=''
[ ! -t 1 ] || [ -n "${NO_COLOR:-}" ] || { bold=$'\e[1m' plain=$'\e[0m'; }

tell() { printf '\n%s# %s%s\n' "$bold" "$*" "$plain"; }

# run COMMAND: shows a command line, and then what it says. Its output stays in $work/output.
run() {
  printf '%s$ %s%s\n' "$bold" "$1" "$plain"
  eval "$1" | tee "$work/output"
}

stop() { echo "demo: $*" >&2 && exit 1; }

fail() {
  echo "demo: this did not happen: $*" >&2
  [ ! -s "$work/holdfastd.log" ] || {
    echo "demo: the end of the agent's log:" >&2
    tail -n 20 "$work/holdfastd.log" >&2
  }
  exit 1
}

# claim WHAT COMMAND...: COMMAND must be true now; claim_within SECONDS WHAT ...: in that time.
claim() { claim_within 0 "$@"; }
claim_within() {
  local tenths=$(($1 * 10)) what=$2
  shift 2
  until "$@"; do
    ((tenths-- > 0)) || fail "$what"
    sleep 0.1
  done
}

# service NAME JQ-CONDITION, on what `holdfast status -o json` says of it.
service() {
  holdfast status -o json 2>/dev/null |
    jq -e --arg name "$1" ".services[] | select(.serviceName == \$name) | $2" >/dev/null
}
says() { grep -qE -- "$1" "$work/output"; }
logged() { grep -qE -- "$1" "$work/holdfastd.log"; }

# --- the agent and its end -----------------------------------------------------------------------

answers() { holdfast status >/dev/null 2>&1; }
running() { docker_api /containers/json | jq -r '.[].Names[][1:]' | grep -c '^monitoring_'; }
started() { docker_api "/containers/$1/json" | jq -r .State.StartedAt; }

start_daemon() {
  printf '%s$ holdfastd --config holdfast.properties 2>>holdfastd.log &%s\n' "$bold" "$plain"
  holdfastd --config holdfast.properties 2>>holdfastd.log &
  daemon=$!
  claim_within 10 "the agent answers" answers
}

end_daemon() {
  [ -n "$daemon" ] || return 0
  kill "$daemon" 2>/dev/null || true
  local pid=$daemon
  daemon=''
  wait "$pid"
}

clean_up() {
  local status=$?
  trap '' INT TERM HUP
  cd /
  end_daemon || true
  clear_stage "$owner" || { echo "demo: something was left behind" >&2 && status=1; }
  [ "$status" != 0 ] || tell "All of it happened, and nothing is left behind."
  exit "$status"
}

[ "$(id -u)" = 0 ] || stop "must run as root: it starts, or talks to, a Docker engine"
[ -x "$build/bin/holdfastd" ] || stop "there is no $build/bin/holdfastd: run ./dev build"
work=$(mktemp -d /tmp/holdfast-demo.XXXXXX)
# shellcheck source=/dev/null
. "$root/tests/demo/stage.sh"
trap clean_up EXIT
trap 'exit 130' INT TERM HUP
if [ -n "$shared" ]; then
  tell "The stage: Docker at $shared, and a registry with two small images"
  shared_stage "$shared"
else
  tell "The stage: a private Docker engine and a registry with two small images"
  private_stage
fi

cd "$work"
export PATH=$build/bin:$PATH HOLDFAST_SOCKET=$work/holdfast.sock
# The agent trusts plugins of its own user only, and this build may be somebody else's.
install -D -m 755 -t plugins "$build/plugins/docker.so"
cat >holdfast.properties <<END
state.dir          = $work/state
api.socket         = $work/holdfast.sock
plugins.dir        = $work/plugins
runtime.docker.url = unix://$docker
END
cat >target.json <<END
{"apps": {"1001": {"appName": "monitoring", "services": [
  {"serviceId": 1, "serviceName": "mosquitto", "imageName": "$registry/eclipse-mosquitto:2"},
  {"serviceId": 2, "serviceName": "nodered", "imageName": "$registry/nodered/node-red:invalid"}
]}}}
END

# --- the story -----------------------------------------------------------------------------------

tell "A target with two services. The registry has no node-red with the tag 'invalid'."
run 'cat target.json'

tell "The agent starts, its log in a file, and is given the target."
SECONDS=0
start_daemon
owner=$(curl --silent --unix-socket holdfast.sock http://agent/v1/info | jq -r .owner)
run 'holdfast apply -f target.json'

tell "One service cannot start. The other one does not care."
claim_within 20 "mosquitto runs" service mosquitto '.serviceStatus == "running"'
claim_within 20 "the failed pull waits for retry 1/10" service nodered \
  '.reason == "ImagePullBackOff" and .error.retryCount == 1 and .error.maxRetries == 10'
run 'holdfast status'
claim "status shows mosquitto running" says 'mosquitto +Running'
claim "status shows the retry in about 10 s" says 'nodered +ImagePullBackOff .*in (10|9|8)s \(1/10\)'
run 'holdfast describe monitoring/nodered'
claim "the registry's words: manifest unknown" says 'manifest unknown'

tell "The agent's log has one line that sums up each pass with failures."
run 'grep reconciled holdfastd.log'
claim "the summary names the one failure" says '2 services, 1 failing: .*nodered.*manifest unknown'

tell "Ten seconds after the failure the pull is tried again; the next wait is twice as long."
claim_within 15 "retry 1/10 was made and 2/10 waits" service nodered \
  '.reason == "ImagePullBackOff" and .error.retryCount == 2'
claim "it was made 10 s after the failure" service nodered '[.error.since, .error.timestamp] |
  map((.[:19] + "Z" | fromdate) + (.[19:23] | tonumber)) | .[1] - .[0] | . > 9.9 and . < 10.9'
run 'holdfast events monitoring/nodered'
run 'holdfast status'
claim "mosquitto still runs, never restarted" service mosquitto \
  '.serviceStatus == "running" and .restartCount == 0'

tell "The tag is corrected."
run "sed 's/node-red:invalid/node-red:3/' target.json > corrected.json"
run 'holdfast apply -f corrected.json --wait=60'
run 'holdfast status'
for name in mosquitto nodered; do
  claim "$name runs" service "$name" '.serviceStatus == "running" and .ready and .error == null'
done
run 'holdfast logs monitoring/nodered'

tell "The agent stops: what it started runs on."
before=$(started monitoring_mosquitto_1)
printf '%s$ kill %s%s\n' "$bold" "$daemon" "$plain"
end_daemon || fail "the agent ends orderly"
run "curl -s --unix-socket ${docker#"$work/"} http://docker/containers/json | jq -r '.[] | .Names[0], .Status'"
claim "both containers run without the agent" [ "$(running)" = 2 ]

tell "It comes back, finds them running, restarts nothing, and is told to remove everything."
start_daemon
claim_within 10 "both run" service nodered '.serviceStatus == "running"'
claim "mosquitto was not restarted" [ "$before" = "$(started monitoring_mosquitto_1)" ]
run "echo '{\"apps\": {}}' | holdfast apply -f - --wait=60"
claim "no container is left" [ "$(running)" = 0 ]
end_daemon || fail "the agent ends orderly"
claim "the agent's part took less than 90 s (it took $SECONDS s)" [ "$SECONDS" -lt 90 ]
tell "That took $SECONDS seconds from the agent's first start."
