#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# include_direction.sh finds each kind of wrong include in a tree made for it, and nothing else.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

# put <file> <include>...
put() {
  mkdir -p "$(dirname "$tree/$1")"
  printf '#include %s\n' "${@:2}" >"$tree/$1"
}

put sdk/include/holdfast/sdk/good.hpp '<string>' '<holdfast/sdk/abi.h>' '"types.hpp"'
put sdk/include/holdfast/sdk/bad.hpp '<boost/json.hpp>'
put sdk/support/good.cpp '<holdfast/support/http.hpp>' '<holdfast/sdk/abi.h>' '<curl/curl.h>'
put core/model/good.cpp '"model/target.hpp"' '"target.hpp"' '<boost/json.hpp>' '<openssl/evp.h>'
put core/model/bad.cpp '<map>' '"engine/plan.hpp"' '"../retry/policy.hpp"'
put core/engine/good.hpp '"retry/policy.hpp"' '"model/target.hpp"' '<holdfast/sdk/runtime.hpp>'
put core/engine/bad.hpp '<Poco/Net/Socket.h>' '<sqlite3.h>' '<curl/curl.h>' '<boost/dll.hpp>'
put core/pluginhost/good.cpp '<boost/dll/shared_library.hpp>' '<Poco/Process.h>'
put core/cli/bad.cpp '  "engine/plan.hpp"'
put core/newcomer/bad.cpp '<string>'
put plugins/runtime/docker/good.cpp '"runtime/common/map.hpp"' '"client.hpp"' '<curl/curl.h>'
put plugins/runtime/docker/bad.cpp '"runtime/podman/x.hpp"' '"model/target.hpp"'
put core/daemon/good.cpp '"uplink/ports.hpp"'
put plugins/uplink/iotistic/good.cpp '"uplink/iotistic/report.hpp"' '<zlib.h>'
put plugins/uplink/iotistic/bad.cpp '"uplink/ports.hpp"' '<curl/curl.h>'
put plugins/runtime/common/good.cpp '<sys/socket.h>' '"runtime/common/map.hpp"'

expected='core/cli/bad.cpp:1: includes engine/plan.hpp
core/engine/bad.hpp:1: includes Poco/Net/Socket.h
core/engine/bad.hpp:2: includes sqlite3.h
core/engine/bad.hpp:3: includes curl/curl.h
core/engine/bad.hpp:4: includes boost/dll.hpp
core/model/bad.cpp:2: includes engine/plan.hpp
core/model/bad.cpp:3: includes "../retry/policy.hpp"
core/newcomer/bad.cpp:1: this folder
plugins/runtime/docker/bad.cpp:1: includes runtime/podman/x.hpp
plugins/runtime/docker/bad.cpp:2: includes model/target.hpp
plugins/uplink/iotistic/bad.cpp:1: includes uplink/ports.hpp
plugins/uplink/iotistic/bad.cpp:2: includes curl/curl.h
sdk/include/holdfast/sdk/bad.hpp:1: includes boost/json.hpp'

status=0
output=$("$here/include_direction.sh" "$tree") || status=$?
found=$(cut -d ' ' -f 1-3 <<<"$output")
if [[ $found != "$expected" ]]; then
  diff <(echo "$expected") <(echo "$found") || true
  exit 1
fi
if ((status == 0)); then
  echo "findings were printed, yet the exit status is 0"
  exit 1
fi

find "$tree" -name 'bad.*' -delete
"$here/include_direction.sh" "$tree"
