// SPDX-License-Identifier: Apache-2.0
// The syslog plugin against rsyslog, and against ends of connections that rsyslog does not make.
#include "fixtures/lab/wait_until.hpp"
#include "fixtures/net/loopback.hpp"
#include "fixtures/net/silent_name.hpp"
#include "fixtures/notifier/sample.hpp"
#include "fixtures/syslog/rsyslog.hpp"
#include "fixtures/tls/system_authority.hpp"
#include "holdfast/support/json.hpp"
#include "holdfast/testing/fake_call.hpp"
#include "holdfast/testing/fake_host.hpp"
#include "model/alert.hpp"
#include "notifier/syslog/local_transport.hpp"
#include "notifier/syslog/syslog_notifier.hpp"

#include <gmock/gmock.h>

#include <poll.h>
#include <sys/un.h>

#include <array>
#include <csignal>
#include <set>
#include <thread>

namespace holdfast::syslog {
namespace {

using fixtures::freePort;
using fixtures::LoopbackSocket;
using fixtures::Rsyslog;
using sdk::ErrorClass;
using support::jsonText;
using ::testing::HasSubstr;
using ::testing::StartsWith;

using Options = testing::FakeHost::Options;

Options optionsWith(const Options& configured) {
  Options options = {{"facility", "local0"}, {"appName", "holdfast"}, {"enterpriseId", "32473"},
                     {"bom", "auto"},        {"maxBytes", "0"},       {"timeout", "10000"}};
  for (const auto& [name, value] : configured) {
    options[name] = value;
  }
  return options;
}

// One instance, which keeps its connection.
class Instance {
 public:
  explicit Instance(const Options& configured) : host_(optionsWith(configured)), notifier_(host_) {
    EXPECT_TRUE(notifier_.start(call_).ok());
  }
  ~Instance() { notifier_.stop(); }
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  ErrorClass deliver(fixtures::SampleNotification sample) {
    return notifier_.deliver(sample.view(), call_).code;
  }
  ErrorClass health() { return notifier_.health(call_).code; }
  std::string explained() const { return call_.message(); }
  testing::FakeCall& call() { return call_; }
  SyslogNotifier& notifier() { return notifier_; }

 private:
  testing::FakeHost host_;
  testing::FakeCall call_;
  SyslogNotifier notifier_;
};

fixtures::SampleNotification saying(const std::string& message) {
  fixtures::SampleNotification sample = fixtures::firingSample();
  sample.alerts()[0].as_object()["message"] = message;
  return sample;
}

const fixtures::Certificates& certificates() {
  static const fixtures::Certificates certificates;
  return certificates;
}

void expectSample(const boost::json::value& message) {
  EXPECT_EQ(jsonText(message, {"pri"}), "131");
  EXPECT_EQ(jsonText(message, {"time"}), "2025-10-24T10:15:30.000Z");
  EXPECT_EQ(jsonText(message, {"host"}), "Line_3");
  EXPECT_EQ(jsonText(message, {"app"}), "holdfast");
  EXPECT_EQ(jsonText(message, {"procid"}), std::to_string(::getpid()));
  EXPECT_EQ(jsonText(message, {"msgid"}), "ImagePullFailed");
  const auto parsed = support::parseJson(jsonText(message, {"sd"}));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(jsonText(*parsed, {"alert@32473", "id"}), "95038cc7af4a82d4");
  EXPECT_EQ(jsonText(*parsed, {"alert@32473", "app"}), "monitoring");
  EXPECT_EQ(jsonText(*parsed, {"alert@32473", "service"}), "nodered");
  EXPECT_EQ(jsonText(*parsed, {"alert@32473", "image"}), "nodered/node-red:invalid");
  EXPECT_EQ(jsonText(*parsed, {"alert@32473", "notification"}), "01J0SAMPLE");
  EXPECT_EQ(jsonText(*parsed, {"origin", "software"}), "holdfast");
  EXPECT_EQ(jsonText(*parsed, {"meta", "sequenceid"}), "1");
  EXPECT_THAT(std::string(jsonText(message, {"msg"})),
              StartsWith("ImagePullFailed monitoring/nodered firing: manifest unknown; "));
}

TEST(Syslog, GoesOverUdp) {
  const int port = freePort(SOCK_DGRAM);
  Rsyslog rsyslog;
  rsyslog.listenTo(Rsyslog::udp(port));
  rsyslog.start();
  Instance instance(Options{{"target", "udp://127.0.0.1:" + std::to_string(port)}});
  EXPECT_EQ(instance.health(), ErrorClass::Ok);
  EXPECT_EQ(instance.deliver(fixtures::firingSample()), ErrorClass::Ok) << instance.explained();
  const auto messages = rsyslog.messages(1);
  ASSERT_EQ(messages.size(), 1u);
  expectSample(messages[0]);
}

TEST(Syslog, GoesOverTcp) {
  const int port = freePort();
  Rsyslog rsyslog;
  rsyslog.listenTo(Rsyslog::tcp(port));
  rsyslog.start();
  Instance instance(Options{{"target", "tcp://127.0.0.1:" + std::to_string(port)}});
  EXPECT_EQ(instance.deliver(fixtures::firingSample()), ErrorClass::Ok) << instance.explained();
  // Frames are told apart by their length, whatever is in them.
  EXPECT_EQ(instance.deliver(saying("zwölf \"]\\ 12 <131>1 \n" + std::string(9000, 'x'))),
            ErrorClass::Ok);
  EXPECT_EQ(instance.deliver(fixtures::testSample()), ErrorClass::Ok);
  const auto messages = rsyslog.messages(3);
  ASSERT_EQ(messages.size(), 3u);
  expectSample(messages[0]);
  EXPECT_THAT(std::string(jsonText(messages[1], {"msg"})),
              HasSubstr("firing: zwölf \"]\\ 12 <131>1  | xxxx"));
  EXPECT_EQ(jsonText(messages[2], {"msgid"}), "test");
}

TEST(Syslog, GoesOverTlsWithACertificateOfItsOwn) {
  const int port = freePort();
  Rsyslog rsyslog;
  rsyslog.useTls(certificates());
  rsyslog.listenTo(Rsyslog::tcp(port));
  rsyslog.start();
  Instance instance(Options{{"target", "tls://127.0.0.1:" + std::to_string(port)},
                            {"caFile", certificates().caFile()},
                            {"certFile", certificates().client().certFile},
                            {"keyFile", certificates().client().keyFile}});
  EXPECT_EQ(instance.health(), ErrorClass::Ok) << instance.explained();
  EXPECT_EQ(instance.deliver(fixtures::firingSample()), ErrorClass::Ok) << instance.explained();
  EXPECT_EQ(instance.deliver(fixtures::resolvedSample()), ErrorClass::Ok);
  const auto messages = rsyslog.messages(2);
  ASSERT_EQ(messages.size(), 2u);
  expectSample(messages[0]);
  EXPECT_EQ(jsonText(messages[1], {"pri"}), "133");
}

TEST(Syslog, NoticesThatTlsRefusesIt) {
  const int port = freePort();
  Rsyslog rsyslog;
  rsyslog.useTls(certificates());
  rsyslog.listenTo(Rsyslog::tcp(port));
  rsyslog.start();
  const std::string target = "tls://127.0.0.1:" + std::to_string(port);
  Instance stranger({{"target", target}, {"caFile", certificates().caFile()}});
  EXPECT_EQ(stranger.deliver(fixtures::firingSample()), ErrorClass::Transient);
  EXPECT_THAT(stranger.explained(), HasSubstr("TLS: "));
  Instance suspicious(Options{{"target", target}});  // the authority is not one of the system's
  EXPECT_EQ(suspicious.deliver(fixtures::firingSample()), ErrorClass::Transient);
  EXPECT_THAT(suspicious.explained(), HasSubstr("certificate"));
  EXPECT_EQ(suspicious.health(), ErrorClass::Transient);
}

TEST(Syslog, TakesNoAuthorityOfTheSystemBesidesItsOwn) {
  const int port = freePort();
  Rsyslog rsyslog;
  rsyslog.useTls(certificates());
  rsyslog.listenTo(Rsyslog::tcp(port));
  rsyslog.start();
  const fixtures::SystemAuthority system(certificates().caFile());
  const fixtures::Certificates others;
  Options options = {{"target", "tls://127.0.0.1:" + std::to_string(port)},
                     {"certFile", certificates().client().certFile},
                     {"keyFile", certificates().client().keyFile}};
  Instance open(options);
  EXPECT_EQ(open.deliver(fixtures::firingSample()), ErrorClass::Ok) << open.explained();
  options["caFile"] = others.caFile();
  Instance strict(options);
  EXPECT_EQ(strict.deliver(fixtures::firingSample()), ErrorClass::Transient);
  EXPECT_THAT(strict.explained(), HasSubstr("certificate"));
}

TEST(Syslog, NoticesADeadConnectionBeforeItSends) {
  const int port = freePort();
  Rsyslog rsyslog;
  rsyslog.listenTo(Rsyslog::tcp(port));
  rsyslog.start();
  Instance instance(Options{{"target", "tcp://127.0.0.1:" + std::to_string(port)}});
  for (const int signal : {SIGTERM, SIGKILL}) {
    const std::size_t before = rsyslog.messages(0).size();
    EXPECT_EQ(instance.deliver(saying("before")), ErrorClass::Ok) << instance.explained();
    ASSERT_EQ(rsyslog.messages(before + 1).size(), before + 1);
    rsyslog.stop(signal);
    EXPECT_EQ(instance.deliver(saying("meanwhile")), ErrorClass::Unavailable);
    EXPECT_EQ(instance.health(), ErrorClass::Unavailable);
    rsyslog.start();
    EXPECT_EQ(instance.deliver(saying("after")), ErrorClass::Ok) << instance.explained();
    const auto messages = rsyslog.messages(before + 2);
    ASSERT_EQ(messages.size(), before + 2);
    EXPECT_THAT(std::string(jsonText(messages.back(), {"msg"})), HasSubstr("firing: after"));
  }
}

// Reads what comes on a connection until `ends` it has.
std::string readUntil(int connection, const std::string& ends) {
  std::string bytes;
  std::array<char, 4096> piece{};
  pollfd polled{connection, POLLIN, 0};
  while (bytes.find(ends) == std::string::npos && ::poll(&polled, 1, 10'000) > 0) {
    const ssize_t count = ::read(connection, piece.data(), piece.size());
    if (count <= 0) {
      break;
    }
    bytes.append(piece.data(), static_cast<std::size_t>(count));
  }
  return bytes;
}

TEST(Syslog, SendsAgainWhatAReceiverHadNotReadWhenItWent) {
  const LoopbackSocket listener(SOCK_STREAM);
  Instance instance(Options{{"target", "tcp://127.0.0.1:" + std::to_string(listener.port())}});
  EXPECT_EQ(instance.deliver(saying("first")), ErrorClass::Ok) << instance.explained();
  ::close(::accept(listener.number(), nullptr, nullptr));  // unread: the kernel sends a reset
  EXPECT_EQ(instance.deliver(saying("second")), ErrorClass::Ok) << instance.explained();
  const int connection = ::accept(listener.number(), nullptr, nullptr);
  const std::string bytes = readUntil(connection, "second");
  ::close(connection);
  EXPECT_THAT(bytes, HasSubstr("sequenceId=\"1\""));
  EXPECT_THAT(bytes, HasSubstr("sequenceId=\"2\""));
  EXPECT_LT(bytes.find("firing: first"), bytes.find("firing: second"));
}

TEST(Syslog, SendsNothingAgainAfterAProperEnd) {
  const LoopbackSocket listener(SOCK_STREAM);
  Instance instance(Options{{"target", "tcp://127.0.0.1:" + std::to_string(listener.port())}});
  EXPECT_EQ(instance.deliver(saying("first")), ErrorClass::Ok);
  int connection = ::accept(listener.number(), nullptr, nullptr);
  EXPECT_THAT(readUntil(connection, "Since: "), HasSubstr("firing: first"));
  // Read to the last byte, then closed.
  std::array<char, 4096> rest{};
  while (::recv(connection, rest.data(), rest.size(), MSG_DONTWAIT) > 0) {
  }
  ::close(connection);
  EXPECT_EQ(instance.deliver(saying("second")), ErrorClass::Ok) << instance.explained();
  connection = ::accept(listener.number(), nullptr, nullptr);
  EXPECT_EQ(readUntil(connection, "second").find("firing: first"), std::string::npos);
  ::close(connection);
}

TEST(Syslog, KeepsTheLastSixteenAlone) {
  const LoopbackSocket listener(SOCK_STREAM);
  Instance instance(Options{{"target", "tcp://127.0.0.1:" + std::to_string(listener.port())}});
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(instance.deliver(saying("number " + std::to_string(i) + ";")), ErrorClass::Ok);
  }
  ::close(::accept(listener.number(), nullptr, nullptr));
  EXPECT_EQ(instance.deliver(saying("last;")), ErrorClass::Ok) << instance.explained();
  const int connection = ::accept(listener.number(), nullptr, nullptr);
  const std::string bytes = readUntil(connection, "last;");
  ::close(connection);
  EXPECT_EQ(bytes.find("number 3;"), std::string::npos);
  EXPECT_NE(bytes.find("number 4;"), std::string::npos);
}

TEST(Syslog, CallsThatOverlapAllArrive) {
  const int port = freePort();
  Rsyslog rsyslog;
  rsyslog.listenTo(Rsyslog::tcp(port));
  rsyslog.start();
  Instance instance(Options{{"target", "tcp://127.0.0.1:" + std::to_string(port)}});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&instance] {
      testing::FakeCall call;
      fixtures::SampleNotification sample = fixtures::firingSample();
      for (int j = 0; j < 5; ++j) {
        EXPECT_TRUE(instance.notifier().deliver(sample.view(), call).ok()) << call.message();
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(rsyslog.messages(20).size(), 20u);
}

TEST(Syslog, AReceiverThatReadsNothingCostsItsTimeAndNoMore) {
  const LoopbackSocket listener(SOCK_STREAM);
  Instance instance(Options{{"target", "tcp://127.0.0.1:" + std::to_string(listener.port())},
                            {"timeout", "1000"},
                            {"maxBytes", "65000"}});
  // Until the buffers of both sides are full.
  ErrorClass code = ErrorClass::Ok;
  for (int i = 0; i < 1000 && code == ErrorClass::Ok; ++i) {
    code = instance.deliver(saying(std::string(60'000, 'x')));
  }
  EXPECT_EQ(code, ErrorClass::Transient);
  EXPECT_THAT(instance.explained(), HasSubstr("no answer in time"));
}

TEST(Syslog, AHandshakeThatHangsEndsWhenTheCallIsCancelled) {
  const LoopbackSocket listener(SOCK_STREAM);
  Instance instance(
      {{"target", "tls://127.0.0.1:" + std::to_string(listener.port())}, {"timeout", "60000"}});
  std::thread host([&] {
    const int connection = ::accept(listener.number(), nullptr, nullptr);
    char byte = 0;
    EXPECT_EQ(::read(connection, &byte, 1), 1);  // of the ClientHello
    instance.call().cancel();
    readUntil(connection, "never");
    ::close(connection);
  });
  EXPECT_EQ(instance.deliver(fixtures::firingSample()), ErrorClass::Cancelled);
  host.join();
}

TEST(Syslog, ASilentNameServerCostsTheTimeOfTheCallAndNoMore) {
  const fixtures::SilentName name;
  for (const char* scheme : {"tcp://", "tls://", "udp://"}) {
    Instance instance(
        {{"target", std::string(scheme) + fixtures::SilentName::kName}, {"timeout", "200"}});
    EXPECT_EQ(instance.deliver(fixtures::firingSample()), ErrorClass::Unavailable);
    EXPECT_THAT(instance.explained(), HasSubstr("no name server answers in time"));
  }
  EXPECT_FALSE(name.waitedFor());
}

TEST(Syslog, ALookUpOfANameEndsWhenTheCallIsCancelled) {
  const fixtures::SilentName name;
  Instance instance(Options{{"target", std::string("tcp://") + fixtures::SilentName::kName}});
  std::thread host([&] {
    EXPECT_TRUE(name.isAsked());
    instance.call().cancel();
  });
  EXPECT_EQ(instance.deliver(fixtures::firingSample()), ErrorClass::Cancelled);
  host.join();
  EXPECT_FALSE(name.waitedFor());
}

TEST(Syslog, NobodyThereIsUnavailable) {
  const std::string tcp = std::to_string(freePort());
  const std::string udp = std::to_string(freePort(SOCK_DGRAM));
  for (const std::string& target :
       {"tcp://127.0.0.1:" + tcp, "tls://127.0.0.1:" + tcp, "udp://127.0.0.1:" + udp,
        std::string("tcp://does-not-exist.invalid"), std::string("udp://does-not-exist.invalid")}) {
    Instance instance(Options{{"target", target}});
    EXPECT_EQ(instance.deliver(fixtures::firingSample()), ErrorClass::Unavailable) << target;
    EXPECT_THAT(instance.explained(), StartsWith(target + ": "));
  }
}

TEST(Syslog, ANotificationThatIsBrokenIsInvalid) {
  Instance instance(Options{{"target", "local"}});
  testing::FakeCall call;
  sdk::Notification notification;
  notification.contentJson = "{";
  EXPECT_EQ(instance.notifier().deliver(notification, call).code, ErrorClass::Invalid);
}

// --- the log of the machine itself ---

Limits tenSeconds() {
  return {.until = Clock::now() + std::chrono::seconds(10)};
}

std::vector<Record> sampleRecords() {
  fixtures::SampleNotification sample = fixtures::firingSample();
  std::string problem;
  return recordsOf(*notifier::readMessage(sample.view(), problem));
}

// A unix socket of a test's own, bound to a path.
class UnixReader {
 public:
  UnixReader(const std::string& path, int type) : number_(::socket(AF_UNIX, type, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    const auto* any = static_cast<const sockaddr*>(static_cast<const void*>(&address));
    EXPECT_EQ(::bind(number_, any, sizeof(address)), 0);
    if (type == SOCK_STREAM) {
      EXPECT_EQ(::listen(number_, 1), 0);
    }
  }
  ~UnixReader() { ::close(number_); }
  UnixReader(const UnixReader&) = delete;
  UnixReader& operator=(const UnixReader&) = delete;
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

class LocalLog : public ::testing::Test {
 protected:
  LocalLog() {
    paths_.journal = directory_.path() / "journal";
    paths_.devLog = directory_.path() / "log";
  }

  fixtures::TempDir directory_;
  LocalPaths paths_;
};

TEST_F(LocalLog, IsJournaldWhereItIsThere) {
  const UnixReader journal(paths_.journal, SOCK_DGRAM);
  const UnixReader devLog(paths_.devLog, SOCK_DGRAM);
  LocalTransport transport({}, paths_);
  const Result result = transport.send(sampleRecords(), tenSeconds());
  ASSERT_TRUE(result.ok()) << result.problem;
  EXPECT_THAT(readUntil(journal.number(), "HOLDFAST_ID=95038cc7af4a82d4\n"),
              StartsWith("MESSAGE=ImagePullFailed monitoring/nodered firing: manifest unknown"));
}

TEST_F(LocalLog, HasAnIdForEachKindOfAlert) {
  const std::string field = "\nMESSAGE_ID=";
  std::set<std::string> ids;
  for (const std::string_view type : model::kAlertTypeWords) {
    Record record = sampleRecords().at(0);
    record.type = type;
    const std::string entry = journalEntry(record, {});
    const std::size_t at = entry.find(field);
    ASSERT_NE(at, std::string::npos) << type;
    ids.insert(entry.substr(at + field.size(), 32));
  }
  EXPECT_EQ(ids.size(), model::kAlertTypeWords.size());
}

TEST_F(LocalLog, IsDevLogElse) {
  Rsyslog rsyslog;
  rsyslog.listenTo(Rsyslog::unixSocket(paths_.devLog));
  rsyslog.start();
  LocalTransport transport({}, paths_);
  const Result result = transport.send(sampleRecords(), tenSeconds());
  ASSERT_TRUE(result.ok()) << result.problem;
  const auto messages = rsyslog.messages(1);
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(jsonText(messages[0], {"pri"}), "131");
  EXPECT_EQ(jsonText(messages[0], {"app"}), "holdfast");
  EXPECT_THAT(std::string(jsonText(messages[0], {"msg"})),
              HasSubstr("ImagePullFailed monitoring/nodered firing: manifest unknown"));
}

TEST_F(LocalLog, IsDevLogAsAStreamToo) {
  const UnixReader devLog(paths_.devLog, SOCK_STREAM);
  LocalTransport transport({}, paths_);
  ASSERT_TRUE(transport.send(sampleRecords(), tenSeconds()).ok());
  const int connection = ::accept(devLog.number(), nullptr, nullptr);
  EXPECT_THAT(readUntil(connection, "\n"), StartsWith("<131>"));
  ::close(connection);
}

TEST_F(LocalLog, ThatIsNotThereIsUnavailable) {
  LocalTransport transport({}, paths_);
  EXPECT_EQ(transport.send(sampleRecords(), tenSeconds()).code, ErrorClass::Unavailable);
  EXPECT_EQ(transport.check(tenSeconds()).code, ErrorClass::Unavailable);
  EXPECT_THAT(transport.check(tenSeconds()).problem, HasSubstr(paths_.devLog));
}

TEST_F(LocalLog, ThatTakesNothingCostsItsTimeAndNoMore) {
  const UnixReader journal(paths_.journal, SOCK_DGRAM);
  LocalTransport transport({}, paths_);
  const std::vector<Record> many(2000, sampleRecords().front());
  const Result result =
      transport.send(many, {.until = Clock::now() + std::chrono::milliseconds(200)});
  EXPECT_EQ(result.code, ErrorClass::Transient);
}

}  // namespace
}  // namespace holdfast::syslog
