#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# lab.sh - a private container engine and registry for tests and for the demonstration.
#
#   up DIR [--owner-pid PID] [docker] [podman]   start a lab in DIR (absent or empty); docker is the
#                                                default; with an owner the lab ends when PID has
#   down DIR                                     end the lab, in whatever state it is, and remove it
#   in DIR COMMAND...                            run COMMAND in the lab's network
#   engine-kill9 | engine-stop | engine-freeze | engine-thaw DIR docker|podman
#   engine-start DIR docker|podman [--no-wait]   start the engine again on the same data
#   registry-stop | registry-start DIR
#
# A lab is one control group with everything in it, and a network, mount and cgroup namespace: it
# changes no interface, firewall rule, socket or file of the machine outside DIR, several run side
# by side on the same ports, and `down` needs nothing but the name of DIR. There is no way from it
# to the internet.
#
#   DIR/docker.sock, DIR/podman.sock   the engines, usable from outside
#   127.0.0.1:5055                     registry, inside the lab (images: see seed.sh)
#   127.0.0.1:5056                     the same registry with a password: alice, s3cret
#   DIR/docker/daemon.json             may be edited between engine-stop and engine-start
#   DIR/docker/tls/                    with ca.pem, cert.pem and key.pem at engine-start, Docker also
#                                      answers at tcp://127.0.0.1:2376, inside the lab, to clients
#                                      with a certificate
#   DIR/log/, DIR/pid/, DIR/env        logs, process ids, the addresses above as shell variables
#
# Runs as root, without systemd, on cgroup v1, hybrid and v2.
# shellcheck disable=SC2317 # many functions are only called by name, through wait_until
set -euo pipefail

self=$(readlink -f "${BASH_SOURCE[0]}")
seed=${self%/*}/seed.sh
registry=127.0.0.1:5055
registry_auth=127.0.0.1:5056
docker_tls=tcp://127.0.0.1:2376

die() {
  echo "lab: $*" >&2
  exit 1
}

usage() {
  sed -n '/^# lab.sh/,/^# A lab/{/^# A lab/d;s/^# \{0,1\}//;p}' "$self" >&2
  exit 2
}

# wait_until TENTHS COMMAND...: true as soon as COMMAND is, false when the time is over.
wait_until() {
  local left=$(($1 * 4))
  shift
  until "$@"; do
    ((left-- > 0)) || return 1
    sleep 0.025
  done
}

# --- the control group: everything that belongs to the lab is in it ------------------------------

# Outside the lab these are seen as MOUNT/$group; inside, MOUNT itself is the lab's group.
cgroup_mounts() { awk '$3 == "cgroup" || $3 == "cgroup2" { print $2 }' /proc/self/mounts; }

cgroup_create() {
  local mount
  for mount in $(cgroup_mounts); do
    mkdir "$mount/$group" || die "cannot make a control group in $mount"
    # Version 1 does not pass the processors on.
    if [ -e "$mount/cpuset.cpus" ] && [ -e "$mount/cgroup.clone_children" ]; then
      cat "$mount/cpuset.cpus" >"$mount/$group/cpuset.cpus"
      cat "$mount/cpuset.mems" >"$mount/$group/cpuset.mems"
      echo 1 >"$mount/$group/cgroup.clone_children"
    fi
  done
}

# cgroup_join LEAF: moves this shell. $BASHPID, because it may be a subshell.
cgroup_join() {
  local mount
  for mount in $(cgroup_mounts); do
    echo "$BASHPID" >"$mount/$group/$1/cgroup.procs" || return 1
  done
}

# Version 2 gives limits only to groups whose parent has no process of its own and passes the
# controllers on. Best effort: without them only limits are missing, and dockerd says so.
cgroup_delegate() {
  local controller
  [ -e "$1/cgroup.subtree_control" ] || return 0
  for controller in $(<"$1/cgroup.controllers"); do
    echo "+$controller" 2>/dev/null >"$1/cgroup.subtree_control" || true
  done
}

cgroup_dirs() {
  local mount
  for mount in $(cgroup_mounts); do
    [ ! -d "$mount/$group" ] || find "$mount/$group" -depth -type d 2>/dev/null || true
  done
}

cgroup_pids() {
  local leaf
  for leaf in $(cgroup_dirs); do cat "$leaf/cgroup.procs" 2>/dev/null || true; done | sort -un
}

# A zombie is dead: only its parent has not noticed.
lives() { grep -qs '^State:.[^ZX]' "/proc/$1/status"; }

# owns PID: true when the process lives and is the lab's.
owns() { lives "$1" && grep -qs "[:/]$group\(/\|$\)" "/proc/$1/cgroup"; }

# A paused container under version 1 does not even die from SIGKILL before it is thawed.
cgroup_kill_round() {
  local leaf pid
  for leaf in $(cgroup_dirs); do
    [ ! -w "$leaf/freezer.state" ] || echo THAWED >"$leaf/freezer.state" || true
  done
  for pid in $(cgroup_pids); do kill -KILL "$pid" || true; done
  for leaf in $(cgroup_dirs); do rmdir "$leaf" || true; done
  [ -z "$(cgroup_dirs)" ]
} 2>/dev/null

cgroup_destroy() {
  wait_until 300 cgroup_kill_round ||
    die "cannot end $dir: processes $(cgroup_pids | xargs) of control group $group are still there"
}

# --- processes of the lab ------------------------------------------------------------------------

# inside COMMAND...: replaces this shell by COMMAND in the lab's group and namespaces.
inside() {
  cgroup_join services || die "the lab $dir is not up"
  exec nsenter --target "$(<"$dir/pid/leader")" --net --mount --cgroup -- "$@"
}

# service NAME COMMAND...: starts a daemon of the lab; its output goes to log/NAME.
service() {
  local name=$1
  shift
  (inside setsid "$@") >>"$dir/log/$name" 2>&1 </dev/null &
  echo $! >"$dir/pid/$name"
}

# pid_of NAME: prints the id of the daemon if that still is ours: ids are used again.
pid_of() {
  local pid
  pid=$(cat "$dir/pid/$1" 2>/dev/null) && owns "$pid" && echo "$pid"
}

gone() { ! owns "$1"; }

# signal_service NAME SIGNAL; stop_service also waits for the end.
signal_service() {
  local pid
  pid=$(pid_of "$1") || die "$1 does not run in $dir"
  kill "-$2" "$pid"
}

stop_service() {
  local pid
  pid=$(pid_of "$1") || return 0
  kill "-$2" "$pid"
  wait_until 600 gone "$pid" || die "$1 did not end within 60 s of $2"
}

answers() { curl --silent --output /dev/null --max-time 2 "$@"; }
answers_inside() { (inside curl --silent --output /dev/null --max-time 2 "$@"); }

# await NAME SECONDS COMMAND...: waits until COMMAND, the daemon's first answer, succeeds. Shows its
# log when the time is over or the daemon has ended.
await() {
  local name=$1 tenths=$(($2 * 10)) pid
  shift 2
  pid=$(<"$dir/pid/$name")
  wait_until "$tenths" succeeds_or_dead "$pid" "$@" && "$@" && return
  tail -n 20 "$dir/log/$name" >&2
  die "$name gave no answer; the end of its log is above"
}

succeeds_or_dead() {
  local pid=$1
  shift
  "$@" || ! lives "$pid"
}

# --- namespaces ----------------------------------------------------------------------------------

# The leader holds the namespaces open. Engines leave traces in /run, /dev/shm, /etc and /var/lib,
# so the lab has its own of each: the first two empty, of the others a copy made on writing.
lead() {
  local mount
  for mount in $(cgroup_mounts); do
    mount --bind "$mount/$group" "$mount"
    mkdir "$mount/services"
    echo $$ >"$mount/services/cgroup.procs"
    cgroup_delegate "$mount"
  done
  ip link set lo up
  mount -t tmpfs -o mode=755 lab-run /run
  mount -t tmpfs -o mode=1777 lab-shm /dev/shm
  mkdir -p /run/lock /run/podman /run/netns
  own_copy /etc
  own_copy /var/lib
  rm -f /etc/resolv.conf
  echo 'nameserver 127.0.0.1' >/etc/resolv.conf
  ln -s "$dir/docker.sock" /run/docker.sock
  ln -s "$dir/podman.sock" /run/podman/podman.sock
  store_off_overlay "$dir"/docker/data "$dir"/podman/root
  podman_configure
  : >"$dir/leader-ready"
  exec sleep infinity
}

own_copy() {
  local changes=/run/lab$1
  mkdir -p "$changes"/{upper,work}
  mount -t overlay -o "lowerdir=$1,upperdir=$changes/upper,workdir=$changes/work" lab "$1"
}

# Overlay file systems do not stack: on the disk of a container the engines store in memory.
store_off_overlay() {
  local store
  [ "$(stat -f -c %T "$dir")" = overlayfs ] || return 0
  for store in "$@"; do
    mkdir -p "$store"
    mount -t tmpfs -o size=2g lab-store "$store"
  done
}

start_namespaces() {
  cgroup_create
  for mount in $(cgroup_mounts); do cgroup_delegate "$mount"; done
  (
    cgroup_join .
    exec setsid unshare --net --mount --cgroup --propagation private "$self" --lead "$dir"
  ) >>"$dir/log/leader" 2>&1 </dev/null &
  echo $! >"$dir/pid/leader"
  await leader 5 test -e "$dir/leader-ready"
}

# --- docker --------------------------------------------------------------------------------------

docker_answers() { answers --unix-socket "$dir/docker.sock" http://docker/_ping; }

docker_spawn() {
  [ -e "$dir/docker/daemon.json" ] ||
    echo '{"exec-opts": ["native.cgroupdriver=cgroupfs"]}' >"$dir/docker/daemon.json"
  # The run time writes a file into TMPDIR for each command inside a container: in /tmp it would wake
  # whoever watches that, as the agent under test does on the way to its own files.
  mkdir -p "$dir/docker/tmp"
  local hosts=(--host "unix://$dir/docker.sock")
  [ ! -d "$dir/docker/tls" ] || hosts+=(--host "$docker_tls" --tlsverify
    --tlscacert "$dir/docker/tls/ca.pem" --tlscert "$dir/docker/tls/cert.pem"
    --tlskey "$dir/docker/tls/key.pem")
  service docker env TMPDIR="$dir/docker/tmp" dockerd --config-file "$dir/docker/daemon.json" \
    --data-root "$dir/docker/data" --exec-root "$dir/docker/exec" --pidfile "$dir/docker/pidfile" \
    "${hosts[@]}"
}

# dockerd believes in the pid files of a killed predecessor (and in those of its containerd, which
# dies with it) even when they name zombies. Its first answer takes as long as the stopping of the
# containers that went on meanwhile.
docker_clear() {
  local containerd=$dir/docker/exec/containerd/containerd.pid
  [ ! -e "$containerd" ] || wait_until 100 gone "$(<"$containerd")" ||
    die "containerd of the dockerd before still runs in $dir"
  rm -f "$dir/docker/pidfile" "$containerd"
}

# --- podman --------------------------------------------------------------------------------------

# Containers are no children of the service: they go on without it.
podman_answers() { answers --unix-socket "$dir/podman.sock" http://podman/_ping; }

# In the lab's own /etc, so that a `podman` command run in the lab sees the same store.
podman_configure() {
  mkdir -p /etc/containers
  cat >/etc/containers/containers.conf <<END
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
init_path = "$(command -v docker-init || echo /usr/libexec/podman/catatonit)"
[network]
network_config_dir = "$dir/podman/networks"
END
  cat >/etc/containers/storage.conf <<END
[storage]
driver = "overlay"
graphroot = "$dir/podman/root"
runroot = "$dir/podman/run"
END
  cat >/etc/containers/registries.conf <<END
unqualified-search-registries = []
[[registry]]
location = "127.0.0.1"
insecure = true
[[registry]]
prefix = "127.0.0.1:5055"
location = "127.0.0.1:5055"
insecure = true
[[registry]]
location = "127.0.0.1:5056"
insecure = true
END
}

podman_spawn() {
  mkdir -p "$dir/podman/tmp"
  service podman env TMPDIR="$dir/podman/tmp" \
    podman system service --time 0 "unix://$dir/podman.sock"
}

# Without its socket nobody takes the service that is about to answer for the one that is gone.
podman_clear() { rm -f "$dir/podman.sock"; }

# --- either engine -------------------------------------------------------------------------------

# engine_start ENGINE [--no-wait]
engine_start() {
  pid_of "$1" >/dev/null && die "$1 runs already in $dir"
  "$1_clear"
  "$1_spawn"
  [ "${2:-}" = --no-wait ] || await "$1" 60 "$1_answers"
}

# steer_engine VERB ENGINE [--no-wait]
steer_engine() {
  local verb=$1 engine=${2:-}
  case $engine in docker | podman) ;; *) die "$verb needs 'docker' or 'podman', not '$engine'" ;; esac
  case $verb in
    engine-kill9) stop_service "$engine" KILL ;;
    engine-stop) stop_service "$engine" TERM ;;
    engine-start) engine_start "$engine" "${3:-}" ;;
    engine-freeze) signal_service "$engine" STOP ;;
    engine-thaw) signal_service "$engine" CONT ;;
    *) usage ;;
  esac
}

# --- registries ----------------------------------------------------------------------------------

registry_config() { # NAME ADDRESS STORAGE [htpasswd]
  cat >"$dir/registry/$1.yml" <<END
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $3}, delete: {enabled: true}}
http: {addr: $2}
${4:+auth: {htpasswd: {realm: lab, path: $4\}\}}
END
}

registry_spawn() { # NAME ADDRESS STORAGE [htpasswd]
  registry_config "$@"
  service "$1" env OTEL_TRACES_EXPORTER=none docker-registry serve "$dir/registry/$1.yml"
}

# Both serve the same storage. The password is "s3cret".
registry_start() {
  # shellcheck disable=SC2016
  echo 'alice:$2y$05$kJep066RRcQ42xEtzjH1Ae63Ikr5aBkt7aTW462TcUhNc6IvsLe2W' \
    >"$dir/registry/htpasswd"
  registry_spawn registry "$registry" "$dir/registry/storage"
  registry_spawn registry-auth "$registry_auth" "$dir/registry/storage" "$dir/registry/htpasswd"
  await registry 10 answers_inside "http://$registry/v2/"
  await registry-auth 10 answers_inside "http://$registry_auth/v2/"
}

registry_stop() {
  stop_service registry TERM
  stop_service registry-auth TERM
}

# --- the cached images ---------------------------------------------------------------------------

# Building and pushing the images takes seconds, so the storage of a seeded registry is kept, named
# by all that it was made from. Labs copy it; the blobs, which are never written to, as links.
images_install() {
  local cache key
  cache=${XDG_CACHE_HOME:-/var/tmp}/holdfast-lab
  key=$(cat "$seed" "$(command -v busybox)" <(uname -m) | sha256sum | cut -c1-32)
  (umask 077 && mkdir -p "$cache")
  { [ -O "$cache" ] && [ ! -L "$cache" ]; } || die "$cache must be a directory of $(id -un)"
  {
    flock 9
    [ -d "$cache/$key" ] || images_build "$cache" "$key"
    images_copy "$cache/$key/docker/registry/v2" "$dir/registry/storage/docker/registry/v2"
  } 9>"$cache/lock"
}

images_build() { # CACHE KEY
  find "$1" -mindepth 1 -maxdepth 1 -type d -exec rm -rf {} + # older recipes, interrupted builds
  registry_spawn seeding "$registry" "$1/building" 9>&-
  await seeding 10 answers_inside "http://$registry/v2/"
  (inside bash "$seed" "$registry") >>"$dir/log/seeding" 2>&1 9>&- || {
    tail -n 20 "$dir/log/seeding" >&2
    die "the test images could not be built; the end of the log is above"
  }
  stop_service seeding TERM
  mv "$1/building" "$1/$2"
}

images_copy() {
  mkdir -p "$2"
  cp -a "$1/repositories" "$2/"
  cp -al "$1/blobs" "$2/" 2>/dev/null || cp -a "$1/blobs" "$2/" # another file system
}

# --- verbs ---------------------------------------------------------------------------------------

require() { # PROGRAM PACKAGE
  command -v "$1" >/dev/null ||
    die "package $2 is missing (there is no $1): install it with './dev deps'"
}

require_packages() { # ENGINE...
  local pair engine
  for pair in docker-registry:docker-registry busybox:busybox-static jq:jq curl:curl ip:iproute2 \
    nsenter:util-linux; do
    require "${pair%:*}" "${pair#*:}"
  done
  for engine in "$@"; do
    case $engine in
      docker) require dockerd docker.io && require iptables iptables ;;
      podman) require podman podman && require runc runc ;;
    esac
  done
  ! ldd "$(command -v busybox)" >/dev/null 2>&1 ||
    die "package busybox-static is missing (busybox is not static): install it with './dev deps'"
}

check_directory() {
  case $dir in
    /run/* | /etc/* | /dev/* | /var/lib/* | /)
      die "$dir cannot hold a lab: a lab has its own /run, /etc, /dev/shm and /var/lib"
      ;;
  esac
  [ "${#dir}" -le 80 ] || die "$dir is too long: paths of sockets in it would pass 107 bytes"
  [ ! -e "$dir" ] || [ -z "$(ls -A "$dir")" ] || die "$dir is not empty"
  [ -z "$(cgroup_dirs)" ] || die "$dir was a lab that is not ended: run '$self down $dir' first"
}

up() {
  local owner='' engines=() engine
  while [ $# -gt 0 ]; do
    case $1 in
      --owner-pid) owner=${2:?--owner-pid needs a process id} && shift ;;
      docker | podman) engines+=("$1") ;;
      *) usage ;;
    esac
    shift
  done
  [ ${#engines[@]} -gt 0 ] || engines=(docker)
  [ "$(id -u)" = 0 ] || die "must run as root: namespaces and control groups are made"
  require_packages "${engines[@]}"
  check_directory
  trap '[ $? = 0 ] || down' EXIT
  trap 'exit 130' INT TERM HUP
  mkdir -p "$dir"/{docker,podman,registry,log,pid}
  : >"$dir/.holdfast-lab"
  [ -z "$owner" ] || watch "$owner"
  start_namespaces
  for engine in "${engines[@]}"; do "${engine}_spawn"; done
  images_install
  registry_start
  for engine in "${engines[@]}"; do await "$engine" 60 "${engine}_answers"; done
  cat >"$dir/env" <<END
export DOCKER_SOCK=$dir/docker.sock PODMAN_SOCK=$dir/podman.sock
export REGISTRY=$registry REGISTRY_AUTH=$registry_auth
END
}

down() {
  [ ! -e "$dir" ] || [ -e "$dir/.holdfast-lab" ] || [ -z "$(ls -A "$dir")" ] ||
    die "$dir is not a lab: nothing was removed"
  unwatch
  cgroup_destroy
  rm -rf --one-file-system "$dir"
}

# --- the watchdog --------------------------------------------------------------------------------

# started PID: when the process began, which together with its id names it for ever; nothing when it
# has ended (also when its parent has not noticed).
started() { sed -n 's/.*) //;/^Z/!p' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

watch() {
  setsid "$self" --watch "$dir" "$1" "$(started "$1")" >/dev/null 2>&1 </dev/null &
  echo $! >"$dir/pid/watchdog"
}

watch_loop() { # OWNER STARTED
  cd /
  while [ -n "$2" ] && [ "$(started "$1")" = "$2" ] && [ -e "$dir/.holdfast-lab" ]; do
    sleep 1
  done
  down
}

# The watchdog leads a process group of its own; it is outside the lab's control group.
unwatch() {
  local pid
  pid=$(cat "$dir/pid/watchdog" 2>/dev/null) || return 0
  [ "$pid" != $$ ] || return 0
  if tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF -- "--watch $dir "; then
    kill -KILL -- "-$pid" 2>/dev/null || true
  fi
}

# -------------------------------------------------------------------------------------------------

main() {
  [ $# -ge 2 ] || usage
  local verb=$1
  case $2 in /*) dir=$(realpath -m "$2") ;; *) die "DIR must be absolute, not '$2'" ;; esac
  group=holdfast-lab-$(sha256sum <<<"$dir" | cut -c1-16)
  shift 2
  case $verb in
    up | down | --lead | --watch) ;;
    *) [ -e "$dir/.holdfast-lab" ] || die "there is no lab in $dir" ;;
  esac
  case $verb in
    up) up "$@" ;;
    down) down ;;
    in) inside env -C "$PWD" "$@" ;;
    engine-*) steer_engine "$verb" "$@" ;;
    registry-stop) registry_stop ;;
    registry-start) registry_start ;;
    --lead) lead ;;
    --watch) watch_loop "$@" ;;
    *) usage ;;
  esac
  exit
}

main "$@"
