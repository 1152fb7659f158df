// SPDX-License-Identifier: Apache-2.0
#include "notifier/syslog/local_transport.hpp"

#include "notifier/syslog/socket.hpp"

#include <sys/un.h>

#include <cerrno>
#include <utility>

namespace holdfast::syslog {
namespace {

// A connection to one of the two, and which.
struct Local {
  Socket socket;
  bool journal = false;
  bool stream = false;
  Result result;
};

// errno, or 0.
int connectTo(const std::string& path, int type, Socket& socket) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    return ENAMETOOLONG;
  }
  path.copy(address.sun_path, path.size());
  socket = Socket(AF_UNIX, type);
  const auto* any = static_cast<const sockaddr*>(static_cast<const void*>(&address));
  if (socket.number() < 0 || ::connect(socket.number(), any, sizeof(address)) != 0) {
    return errno;
  }
  return 0;
}

Local connectLocal(const LocalPaths& paths) {
  Local local;
  if (connectTo(paths.journal, SOCK_DGRAM, local.socket) == 0) {
    local.journal = true;
    return local;
  }
  int error = connectTo(paths.devLog, SOCK_DGRAM, local.socket);
  if (error == EPROTOTYPE) {
    local.stream = true;
    error = connectTo(paths.devLog, SOCK_STREAM, local.socket);
  }
  if (error != 0) {
    local.result = failure("connecting to " + paths.devLog, error);
  }
  return local;
}

}  // namespace

LocalTransport::LocalTransport(Sender sender, LocalPaths paths)
    : sender_(std::move(sender)), paths_(std::move(paths)) {}

Result LocalTransport::send(const std::vector<Record>& records, const Limits& limits) {
  const Local local = connectLocal(paths_);
  if (!local.result.ok()) {
    return local.result;
  }
  for (const Record& record : records) {
    std::string line = local.journal ? journalEntry(record, sender_) : devLogLine(record, sender_);
    if (local.stream) {
      line += '\n';  // what ends a message there
    }
    if (Result result = local.socket.send(line, limits); !result.ok()) {
      return result;
    }
  }
  return {};
}

Result LocalTransport::check(const Limits& /*limits*/) {
  return connectLocal(paths_).result;
}

}  // namespace holdfast::syslog
