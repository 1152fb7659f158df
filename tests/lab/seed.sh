#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# seed.sh REGISTRY - builds the test images out of the static busybox and pushes them.
#
# lab.sh runs it inside the lab, and only when this file or busybox has changed: what it leaves in
# the registry's storage is kept (see "the cached images" in lab.sh). There is no docker build here:
# a layer is a tar file, an image is two small JSON documents, and HTTP is all that a push needs.
set -euo pipefail

registry=${1:?usage: seed.sh HOST:PORT}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mime=application/vnd.docker

case $(uname -m) in
  x86_64) arch=amd64 ;;
  aarch64) arch=arm64 ;;
  armv7l) arch=arm ;;
  *) arch=$(uname -m) ;;
esac

http() { curl --silent --show-error --fail --max-time 30 "$@"; }
sha256() { sha256sum "$1" | cut -d' ' -f1; }

# --- layers --------------------------------------------------------------------------------------

# pack DIR NAME: makes $work/NAME.tgz, NAME.digest (of the packed file) and NAME.diff (of the tar).
pack() {
  tar -C "$1" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf "$work/$2.tar" .
  echo "sha256:$(sha256 "$work/$2.tar")" >"$work/$2.diff"
  gzip -1nc "$work/$2.tar" >"$work/$2.tgz"
  echo "sha256:$(sha256 "$work/$2.tgz")" >"$work/$2.digest"
  rm "$work/$2.tar"
}

base_layer() {
  local root=$work/root applet
  mkdir -p "$root"/{bin,etc,tmp,root,www,usr/bin}
  cp "$(command -v busybox)" "$root/bin/busybox"
  for applet in cat date dd df echo env false grep head hostname httpd id kill ls mkdir mount nc \
    nslookup ping printf ps rm seq sh sleep tail test touch true wget; do
    ln -s busybox "$root/bin/$applet"
  done
  printf 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/:/bin/sh\n' >"$root/etc/passwd"
  printf 'root:x:0:\napp:x:1000:\n' >"$root/etc/group"
  echo hello >"$root/www/index.html"
  chmod 1777 "$root/tmp"
  head -c 64 /dev/zero >"$root/usr/bin/badelf" # starts, then "exec format error"
  chmod +x "$root/usr/bin/badelf"
  echo text >"$root/usr/bin/noexec" # "permission denied" at start
  pack "$root" base
}

random_layer() {
  mkdir "$work/random$1"
  head -c 10485760 /dev/urandom >"$work/random$1/data$1"
  pack "$work/random$1" "random$1"
}

layers() {
  local number job jobs=()
  for number in 1 2 3 4 5 6; do
    random_layer "$number" &
    jobs+=($!)
  done
  base_layer
  for job in "${jobs[@]}"; do wait "$job"; done
}

# --- pushing -------------------------------------------------------------------------------------

# push_blob REPOSITORY FILE DIGEST: does nothing when the repository has it already.
push_blob() {
  local location url=http://$registry/v2/$1/blobs
  http --head -o /dev/null "$url/$3" 2>/dev/null && return
  location=$(http -X POST -o /dev/null -w '%header{location}' "$url/uploads/")
  http -X PUT -H 'Content-Type: application/octet-stream' --data-binary "@$2" \
    "$location&digest=$3" >/dev/null
}

# push_layer REPOSITORY LAYER: a layer that lies in demo/layers is only linked.
push_layer() {
  local digest
  digest=$(<"$work/$2.digest")
  http -X POST -o /dev/null \
    "http://$registry/v2/$1/blobs/uploads/?mount=$digest&from=demo/layers"
}

# image REPOSITORY TAG CONFIG LAYER...: CONFIG is the "config" object of the image, as JSON.
image() {
  local repository=$1 tag=$2 config=$3 layer
  shift 3
  for layer in "$@"; do push_layer "$repository" "$layer"; done
  (cd "$work" && cat "${@/%/.diff}") >"$work/diffs"
  jq -cn --arg arch "$arch" --argjson config "$config" --rawfile diffs "$work/diffs" '
    {created: "2024-01-01T00:00:00Z", architecture: $arch, os: "linux",
     config: ({Env: ["PATH=/bin:/usr/bin"]} + $config),
     rootfs: {type: "layers", diff_ids: ($diffs | rtrimstr("\n") | split("\n"))}}' >"$work/config"
  push_blob "$repository" "$work/config" "sha256:$(sha256 "$work/config")"
  manifest "$@" >"$work/manifest"
  http -X PUT -H "Content-Type: $mime.distribution.manifest.v2+json" \
    --data-binary "@$work/manifest" "http://$registry/v2/$repository/manifests/$tag" >/dev/null
}

# descriptor TYPE DIGEST FILE
descriptor() {
  jq -cn --arg type "$mime.$1" --arg digest "$2" --argjson size "$(stat -c %s "$3")" \
    '{mediaType: $type, size: $size, digest: $digest}'
}

# manifest LAYER...: prints the manifest of $work/config and these layers.
manifest() {
  local layer
  for layer in "$@"; do
    descriptor image.rootfs.diff.tar.gzip "$(<"$work/$layer.digest")" "$work/$layer.tgz"
  done | jq -cs --arg type "$mime.distribution.manifest.v2+json" --argjson config \
    "$(descriptor container.image.v1+json "sha256:$(sha256 "$work/config")" "$work/config")" \
    '{schemaVersion: 2, mediaType: $type, config: $config, layers: .}'
}

# --- images --------------------------------------------------------------------------------------

command_of() { jq -cn '{Cmd: $ARGS.positional}' --args -- "$@"; }
shell() { command_of /bin/sh -c "$1"; }
labelled() { jq -c --arg v "$2" '. + {Labels: {v: $v}}' <<<"$1"; }

# Process 1 of a container gets no default signal actions, so whatever should stop when it is told
# to needs a trap.
serve() { shell "trap 'exit 0' TERM INT; $1 & wait"; }

images() {
  local sleeper
  sleeper=$(serve 'sleep 1000000')
  image demo/sleeper 1.0 "$sleeper" base
  image demo/sleeper 2.0 "$(labelled "$sleeper" 2)" base
  image demo/sleeper latest "$(labelled "$sleeper" 2)" base
  image demo/exit0 1.0 "$(shell 'echo done; exit 0')" base
  image demo/exit1 1.0 "$(shell 'echo failing >&2; exit 1')" base
  # Runs RUN_SECONDS (default 0), then exits with EXIT_CODE (default 1).
  image demo/crasher 1.0 "$(shell "trap 'exit 143' TERM
    echo \"running \${RUN_SECONDS:-0} s\"; sleep \"\${RUN_SECONDS:-0}\" & wait \$!
    exit \"\${EXIT_CODE:-1}\"")" base
  image demo/httpd 1.0 "$(serve 'httpd -f -p 80 -h /www' |
    jq -c '. + {ExposedPorts: {"80/tcp": {}}}')" base
  image demo/stubborn 1.0 "$(shell "trap '' TERM INT HUP; while :; do sleep 1; done")" base
  image demo/health 1.0 "$(jq -c '. + {Healthcheck: {Test: ["CMD-SHELL", "test ! -f /tmp/bad"],
    Interval: 1000000000, Timeout: 1000000000, Retries: 2}}' <<<"$sleeper")" base
  # Wants 256 MiB in one piece: killed by any smaller memory limit, harmless without one.
  image demo/oomer 1.0 "$(command_of /bin/dd if=/dev/zero of=/dev/null bs=256M)" base
  image demo/badentry 1.0 '{"Entrypoint": ["/no/such/program"]}' base # 127 at start
  # 50 MB in five layers, four of them shared.
  image demo/big 1.0 "$sleeper" base random{1,2,3,4,5}
  image demo/big 2.0 "$(labelled "$sleeper" 2)" base random{1,2,3,4,6}
  image priv/sleeper 1.0 "$sleeper" base
  # Stand-ins under well-known names, for the demonstration.
  image nodered/node-red 3 "$(serve 'echo Started flows; sleep 1000000')" base
  image eclipse-mosquitto 2 "$(serve 'echo mosquitto running; sleep 1000000')" base
}

layers
for layer in base random{1,2,3,4,5,6}; do
  push_blob demo/layers "$work/$layer.tgz" "$(<"$work/$layer.digest")"
done
images
