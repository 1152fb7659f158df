// SPDX-License-Identifier: Apache-2.0
#include "notifier/syslog/line.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <ctime>

namespace holdfast::syslog {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Record sample() {
  Record record;
  record.level = Level::Error;
  record.timeMs = 1'761'300'930'123;
  record.host = "line3.plant.example";
  record.type = "ImagePullFailed";
  record.agentVersion = "0.1.0";
  record.fields = {{"app", "monitoring"}, {"reason", "ImagePullBackOff"}};
  record.text = "manifest unknown";
  return record;
}

Sender sender() {
  Sender sender;
  sender.processId = 7;
  return sender;
}

TEST(SyslogLine, IsRfc5424) {
  EXPECT_EQ(rfc5424(sample(), sender(), 1, true),
            "<131>1 2025-10-24T10:15:30.123Z line3.plant.example holdfast 7 ImagePullFailed "
            "[alert@32473 app=\"monitoring\" reason=\"ImagePullBackOff\"]"
            "[origin software=\"holdfast\" swVersion=\"0.1.0\" enterpriseId=\"32473\"]"
            "[meta sequenceId=\"1\"][timeQuality tzKnown=\"1\" isSynced=\"1\"] manifest unknown");
}

TEST(SyslogLine, TakesWhatIsConfigured) {
  Sender own = sender();
  own.facility = 3;
  own.host = "gateway";
  own.application = "agent";
  own.enterpriseId = 99999;
  const std::string line = rfc5424(sample(), own, 2'147'483'647, false);
  EXPECT_THAT(line, StartsWith("<27>1 2025-10-24T10:15:30.123Z gateway agent 7 "));
  EXPECT_THAT(line, HasSubstr("[alert@99999 "));
  EXPECT_THAT(line, HasSubstr("sequenceId=\"2147483647\""));
  EXPECT_THAT(line, HasSubstr("isSynced=\"0\""));
}

TEST(SyslogLine, HasAHeaderOfPrintableAsciiWhateverTheNames) {
  Record record = sample();
  record.host = "Halle 3 Süd";
  record.type = std::string(40, 'T');
  Sender own = sender();
  own.application = "";
  EXPECT_THAT(rfc5424(record, own, 1, true),
              HasSubstr(" Halle_3_S__d - 7 " + std::string(32, 'T') + " ["));
  record.host = "";
  EXPECT_THAT(rfc5424(record, own, 1, true), HasSubstr("Z - - 7 "));
}

TEST(SyslogLine, EscapesExactlyThreeCharactersInStructuredData) {
  Record record = sample();
  record.fields = {{"reason", "a\"b\\c]d[e'f=\n\x01é"}};
  EXPECT_THAT(rfc5424(record, sender(), 1, true),
              HasSubstr("reason=\"a\\\"b\\\\c\\]d[e'f= |  é\"]"));
}

TEST(SyslogLine, MarksTextThatIsNotAscii) {
  const std::string bom = "\xef\xbb\xbf";
  Record record = sample();
  Sender own = sender();
  own.bom = Bom::Always;
  EXPECT_THAT(rfc5424(record, own, 1, true), EndsWith("] " + bom + "manifest unknown"));
  record.text = "größer";
  EXPECT_THAT(rfc5424(record, sender(), 1, true), EndsWith("] " + bom + "größer"));
  own.bom = Bom::Never;
  EXPECT_THAT(rfc5424(record, own, 1, true), EndsWith("] größer"));
}

TEST(SyslogLine, IsCutInItsTextAtACharacter) {
  Record record = sample();
  record.text = std::string(479, 'x');
  for (int i = 0; i < 4000; ++i) {
    record.text += "é";
  }
  Sender own = sender();
  for (std::size_t bytes = 480; bytes < 520; ++bytes) {
    own.maxBytes = bytes;
    const std::string line = rfc5424(record, own, 1, true);
    EXPECT_LE(line.size(), bytes);
    EXPECT_GE(line.size() + 2, bytes);
    EXPECT_THAT(line, HasSubstr("isSynced=\"1\"] "));
    EXPECT_THAT(line, EndsWith("…"));
  }
}

TEST(SyslogLine, CutsLongValuesBeforeTheTextIsGone) {
  Record record = sample();
  record.fields.clear();
  for (int i = 0; i < 20; ++i) {
    record.fields.emplace_back("field" + std::to_string(i), std::string(4096, ']'));
  }
  record.text = std::string(4096, 't');
  const std::string line = rfc5424(record, sender(), 1, true);
  EXPECT_LE(line.size(), 2048u);
  EXPECT_THAT(line, HasSubstr("field19=\""));
  EXPECT_THAT(line, HasSubstr("] ttttttttttttttttttttttttttttttttttttttttttttttttt"));
}

TEST(SyslogLine, IsFramedByItsLengthInBytes) {
  EXPECT_EQ(framed("größer"), "8 größer");
  EXPECT_EQ(framed(""), "0 ");
}

class DevLogLine : public ::testing::Test {
 protected:
  DevLogLine() {
    ::setenv("TZ", "UTC-2", 1);  // east of Greenwich
    ::tzset();
  }
  ~DevLogLine() override {
    ::unsetenv("TZ");
    ::tzset();
  }
};

TEST_F(DevLogLine, IsRfc3164WithoutAHostInLocalTime) {
  EXPECT_EQ(devLogLine(sample(), sender()), "<131>Oct 24 12:15:30 holdfast[7]: manifest unknown");
  Record record = sample();
  record.timeMs = 1'767'225'600'000;  // 2026-01-01T00:00:00Z
  EXPECT_THAT(devLogLine(record, sender()), StartsWith("<131>Jan  1 02:00:00 "));
}

TEST(SyslogLine, IsAJournalEntry) {
  Record record = sample();
  record.fields.emplace_back("retryCount", "3");
  EXPECT_EQ(journalEntry(record, sender()),
            "MESSAGE=manifest unknown\nPRIORITY=3\nSYSLOG_FACILITY=16\n"
            "SYSLOG_IDENTIFIER=holdfast\nMESSAGE_ID=9b1f2c4e5a7d4c0f8e3b6a1d2f4c7e90\n"
            "HOLDFAST_APP=monitoring\nHOLDFAST_REASON=ImagePullBackOff\n"
            "HOLDFAST_RETRY_COUNT=3\n");
}

TEST(SyslogLine, LetsNoValueMakeAFieldOfAJournalEntry) {
  Record record = sample();
  record.type = "Other";
  record.text = "a\nPRIORITY=0";
  record.fields = {{"reason", "b\n_UID=0"}};
  const std::string entry = journalEntry(record, sender());
  EXPECT_THAT(entry, HasSubstr("MESSAGE=a | PRIORITY=0\n"));
  EXPECT_THAT(entry, Not(HasSubstr("\n_UID")));
  EXPECT_THAT(entry, Not(HasSubstr("MESSAGE_ID")));
}

}  // namespace
}  // namespace holdfast::syslog
