// SPDX-License-Identifier: Apache-2.0
#include "uplink/iotistic/log_lines.hpp"

#include "holdfast/support/utf8.hpp"

#include <boost/json.hpp>

namespace holdfast::iotistic {

std::string logLines(std::span<const sdk::ServiceLogLine> lines) {
  std::string text;
  for (const sdk::ServiceLogLine& line : lines) {
    text += boost::json::serialize(
        boost::json::object{{"serviceName", support::wellFormed(line.service)},
                            {"timestamp", line.timestampMs},
                            {"message", support::wellFormed(line.text)},
                            {"isSystem", false},
                            {"isStderr", line.isStderr != 0}});
    text += '\n';
  }
  return text;
}

}  // namespace holdfast::iotistic
