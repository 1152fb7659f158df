// SPDX-License-Identifier: Apache-2.0
// Who asks, and what that allows.
#pragma once

#include <string>

namespace holdfast::api {

// Of a route: what it takes to use it. Of a caller: the most that it may use. Each includes those
// before it.
enum class Access {
  Public,   // everybody who may connect at all
  Read,     // sees everything but the values of environment variables
  Operate,  // changes things
};

struct Caller {
  Access access = Access::Public;
  std::string name;     // for people: "uid 1000 (pid 77)", or the name that goes with a token
  std::string network;  // over TCP: what counts as one sender (Origin)
  // What its access rests on; all empty on the unix socket.
  std::string tokenDigest;
  std::string session;  // the id from the cookie
};

}  // namespace holdfast::api
