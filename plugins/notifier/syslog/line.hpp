// SPDX-License-Identifier: Apache-2.0
// The forms in which a record is written. All pure.
#pragma once

#include "notifier/syslog/record.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace holdfast::syslog {

// Whether a text is marked as UTF-8 with a byte order mark, as RFC 5424 asks for.
enum class Bom { Auto, Always, Never };  // Auto: where it is not plain ASCII

// What all records of an instance have alike.
struct Sender {
  int facility = 16;  // local0
  std::string host;   // empty: the record's
  std::string application = "holdfast";
  std::int64_t enterpriseId = 32473;  // the number that RFC 5612 reserves for documentation
  Bom bom = Bom::Auto;
  std::size_t maxBytes = 2048;
  int processId = 0;
};

// RFC 5424 with structured data, at most Sender::maxBytes: first the text is cut, then long values
// of the structured data, never its form. `sequence` is meta's sequenceId; `clockSynchronised` is
// timeQuality's isSynced.
[[nodiscard]] std::string rfc5424(const Record& record, const Sender& sender,
                                  std::uint32_t sequence, bool clockSynchronised);

// What /dev/log takes: RFC 3164 without the host, in local time. Readers there do not understand
// RFC 5424.
[[nodiscard]] std::string devLogLine(const Record& record, const Sender& sender);

// journald's native form: a field in each line.
[[nodiscard]] std::string journalEntry(const Record& record, const Sender& sender);

// RFC 6587 octet counting, RFC 5425: the length in bytes, a space, the message.
[[nodiscard]] std::string framed(const std::string& line);

}  // namespace holdfast::syslog
