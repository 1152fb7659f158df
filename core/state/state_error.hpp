// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>

namespace holdfast::state {

// The state directory cannot be used: what() says what, where, and what to do about it. The agent
// should print it and exit.
class StateError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace holdfast::state
