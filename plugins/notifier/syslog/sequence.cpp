// SPDX-License-Identifier: Apache-2.0
#include "notifier/syslog/sequence.hpp"

#include <sys/timex.h>

namespace holdfast::syslog {

bool clockSynchronised() {
  timex state{};  // modes 0: nothing is set
  const int result = ::adjtimex(&state);
  return result >= 0 && result != TIME_ERROR;
}

}  // namespace holdfast::syslog
