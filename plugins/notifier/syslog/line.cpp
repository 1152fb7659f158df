// SPDX-License-Identifier: Apache-2.0
#include "notifier/syslog/line.hpp"

#include "holdfast/support/time_text.hpp"
#include "holdfast/support/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

namespace holdfast::syslog {
namespace {

constexpr std::string_view kBom = "\xef\xbb\xbf";

// RFC 5424, section 6.
constexpr std::size_t kMaxHost = 255;
constexpr std::size_t kMaxApplication = 48;
constexpr std::size_t kMaxMsgId = 32;

// Longest values of structured data, in code points: the first that leaves room for text is taken.
constexpr std::array<std::size_t, 4> kValueLimits = {256, 96, 40, 16};
constexpr std::size_t kMinText = 128;
// Fields of journald have no limit worth mentioning, but a message is no log file.
constexpr std::size_t kMaxLocalText = 8192;

std::string priority(const Record& record, const Sender& sender) {
  return "<" + std::to_string(sender.facility * 8 + static_cast<int>(record.level)) + ">";
}

// A field of the header: printable ASCII without spaces; "-" for none.
std::string headerField(std::string_view text, std::size_t limit) {
  std::string field;
  for (const char c : text.substr(0, limit)) {
    field += c > ' ' && c < '\x7f' ? c : '_';
  }
  return field.empty() ? "-" : field;
}

// Of RFC 5424, section 6.3.3: exactly these three are escaped.
std::string quoted(std::string_view value, std::size_t limit) {
  std::string text = "\"";
  for (const char c : oneLine(support::clipped(value, limit))) {
    if (c == '"' || c == '\\' || c == ']') {
      text += '\\';
    }
    text += c;
  }
  return text += '"';
}

std::string structuredData(const Record& record, const Sender& sender, std::uint32_t sequence,
                           bool clockSynchronised, std::size_t valueLimit) {
  const std::string enterprise = std::to_string(sender.enterpriseId);
  std::string data = "[alert@" + enterprise;
  for (const auto& [name, value] : record.fields) {
    data += " " + name + "=" + quoted(value, valueLimit);
  }
  data += "][origin software=\"holdfast\"";
  if (!record.agentVersion.empty()) {
    data += " swVersion=" + quoted(record.agentVersion, 32);
  }
  data += " enterpriseId=\"" + enterprise + "\"]";
  data += "[meta sequenceId=\"" + std::to_string(sequence) + "\"]";
  data += std::string("[timeQuality tzKnown=\"1\" isSynced=\"") + (clockSynchronised ? "1" : "0") +
          "\"]";
  return data;
}

bool isAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool needsBom(std::string_view text, Bom bom) {
  return bom == Bom::Always || (bom == Bom::Auto && !isAscii(text));
}

// journald finds explanations of a kind of message by this; any 128 bits that are used for nothing
// else.
struct MessageId {
  std::string_view type;
  std::string_view id;
};
constexpr std::array<MessageId, 9> kMessageIds{{
    {"ImagePullFailed", "9b1f2c4e5a7d4c0f8e3b6a1d2f4c7e90"},
    {"MaxRetriesExceeded", "3e8d5b7a1c9f4e62a0d4f7b8c5e16a23"},
    {"StartFailed", "c47a0e9d6b2f4813b5e8d1a7f3906c5e"},
    {"CrashLoop", "51d8f3b6e07c4a9d92c4b7e6a8f1035d"},
    {"EngineUnavailable", "7c3ab5e4f9d64081b2e7c8065f1a9d34"},
    {"PluginFailed", "a85e1d07c3f94b6e8f2d6b90e4c7531a"},
    {"NotifierFailing", "06f7d29be14c4a85b3c9e5f8a70d6412"},
    {"DailySummary", "a51b84418073f710e30c5fea7cb82081"},
    {"ProbeFailed", "785447e92130461ba98bbd2e25a44653"},
}};

// retryCount -> HOLDFAST_RETRY_COUNT
std::string journalName(std::string_view name) {
  std::string result = "HOLDFAST_";
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') {
      result += '_';
    }
    result += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  }
  return result;
}

}  // namespace

std::string rfc5424(const Record& record, const Sender& sender, std::uint32_t sequence,
                    bool clockSynchronised) {
  std::string line = priority(record, sender) + "1 " + support::rfc3339(record.timeMs) + " " +
                     headerField(sender.host.empty() ? record.host : sender.host, kMaxHost) + " " +
                     headerField(sender.application, kMaxApplication) + " " +
                     std::to_string(sender.processId) + " " + headerField(record.type, kMaxMsgId) +
                     " ";
  std::string data;
  for (const std::size_t limit : kValueLimits) {
    data = structuredData(record, sender, sequence, clockSynchronised, limit);
    if (line.size() + data.size() + kMinText <= sender.maxBytes) {
      break;
    }
  }
  line += data;
  const std::string start = needsBom(record.text, sender.bom) ? " " + std::string(kBom) : " ";
  if (line.size() + start.size() < sender.maxBytes) {
    line += start;
    line += support::clippedToBytes(record.text, sender.maxBytes - line.size());
  }
  return line;
}

std::string devLogLine(const Record& record, const Sender& sender) {
  const std::time_t seconds = record.timeMs / 1000;
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::array<char, 32> time{};
  std::snprintf(time.data(), time.size(), "%s %2d %02d:%02d:%02d",
                kMonths.at(static_cast<std::size_t>(parts.tm_mon)), parts.tm_mday, parts.tm_hour,
                parts.tm_min, parts.tm_sec);
  return priority(record, sender) + time.data() + " " +
         headerField(sender.application, kMaxApplication) + "[" + std::to_string(sender.processId) +
         "]: " + support::clippedToBytes(record.text, std::min(kMaxLocalText, sender.maxBytes));
}

std::string journalEntry(const Record& record, const Sender& sender) {
  std::string entry;
  const auto add = [&entry](const std::string& name, std::string_view value) {
    // No value has a line end, so that the form without lengths does.
    entry += name + "=" + oneLine(support::clippedToBytes(value, kMaxLocalText)) + "\n";
  };
  add("MESSAGE", record.text);
  add("PRIORITY", std::to_string(static_cast<int>(record.level)));
  add("SYSLOG_FACILITY", std::to_string(sender.facility));
  add("SYSLOG_IDENTIFIER", headerField(sender.application, kMaxApplication));
  const auto known =
      std::find_if(kMessageIds.begin(), kMessageIds.end(),
                   [&record](const MessageId& id) { return id.type == record.type; });
  if (known != kMessageIds.end()) {
    add("MESSAGE_ID", known->id);
  }
  for (const auto& [name, value] : record.fields) {
    add(journalName(name), value);
  }
  return entry;
}

std::string framed(const std::string& line) {
  return std::to_string(line.size()) + " " + line;
}

}  // namespace holdfast::syslog
