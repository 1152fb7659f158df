// SPDX-License-Identifier: Apache-2.0
// One attempt to deliver one notification: what arrives, and how it is said to have ended.

#include "conformance/notifier/fixture.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <future>

namespace holdfast::conformance {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::int64_t kShortMs = 300;
constexpr std::int64_t kLongMs = 10'000;
constexpr const char* kHttp = "http";

bool isUtf8(const std::string& text) {
  boost::json::error_code error;
  // The parser checks the encoding of strings; everything else is quoted away.
  std::string quoted = "\"";
  for (const char c : text) {
    quoted += static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' ? '.' : c;
  }
  boost::json::parse(quoted + "\"", error);
  return !error;
}

class DeliverTest : public NotifierTest {};

TEST_F(DeliverTest, IsOkWhenTheReceiverTakesIt) {
  EXPECT_EQ(deliver({}), ErrorClass::Ok);
}

TEST_F(DeliverTest, TellsTheReceiverWhatItIsAbout) {
  CONFORMANCE_NEEDS("receiver");
  const Message message;
  ASSERT_EQ(deliver(message), ErrorClass::Ok);
  EXPECT_THAT(told(), HasSubstr(message.title));
}

TEST_F(DeliverTest, MakesOneAttempt) {
  CONFORMANCE_FACT(kind, "receiver");
  if (kind != kHttp) {
    EXPECT_EQ(deliver({}), ErrorClass::Ok);
    return;
  }
  receiver().script([](const ReceivedRequest&) {
    return Answer{"503 Service Unavailable", {}, {}};
  });
  EXPECT_FALSE(deliver({}) == ErrorClass::Ok);
  EXPECT_EQ(receiver().requests().size(), 1u) << "the agent repeats, not the plugin";
}

TEST_F(DeliverTest, TellsTheSameIdEachTime) {
  CONFORMANCE_NEEDS("receiver");
  CONFORMANCE_NEEDS("id");
  Message message;
  message.id = "note-repeated-7";
  ASSERT_EQ(deliver(message), ErrorClass::Ok);
  const std::string first = told();
  message.attempt = 2;
  ASSERT_EQ(deliver(message), ErrorClass::Ok);
  const std::string both = told();
  EXPECT_THAT(first, HasSubstr(message.id));
  EXPECT_THAT(both.substr(first.size()), HasSubstr(message.id)) << "the second time";
}

TEST_F(DeliverTest, TakesEveryStateAndSeverity) {
  for (const auto state : {sdk::NotificationState::Firing, sdk::NotificationState::Resolved,
                           sdk::NotificationState::Informational}) {
    for (const auto severity : {sdk::Severity::Info, sdk::Severity::Warning, sdk::Severity::Error,
                                sdk::Severity::Critical}) {
      Message message;
      message.state = state;
      message.severity = severity;
      EXPECT_EQ(deliver(message), ErrorClass::Ok);
    }
  }
}

TEST_F(DeliverTest, SurvivesHostileText) {
  CONFORMANCE_FACT(kind, "receiver");
  Message message;
  message.title = "quote \" backslash \\ tag <b> amp & brace {{x}} percent %s bad \xff\xfe end";
  message.text = "line one\r\nline two\x01\x1b[31m \xc3\x28 \xf0\x9f\x90\xb3";
  message.contentJson = R"({"id": "note-0001", "text": "\"},{\n\u0000 <script>"})";
  ASSERT_EQ(deliver(message), ErrorClass::Ok);
  EXPECT_TRUE(isUtf8(told())) << "bytes that are no UTF-8 reached the receiver";
  if (kind != kHttp) {
    return;
  }
  for (const ReceivedRequest& request : receiver().requests()) {
    if (request.header("content-type").find("json") != std::string::npos) {
      boost::json::error_code error;
      boost::json::parse(request.body, error);
      EXPECT_FALSE(error) << error.message() << ": " << request.body;
    }
    EXPECT_EQ(request.head.find("\nline two"), std::string::npos) << "a header was injected";
  }
}

TEST_F(DeliverTest, SaysWhyTheReceiverRefused) {
  CONFORMANCE_FACT(kind, "receiver");
  if (kind != kHttp) {
    GTEST_SKIP() << "conformance.receiver is " << kind << ", which gives no answers";
  }
  struct Row {
    Answer answer;
    std::vector<ErrorClass> classes;
  };
  const std::vector<Row> rows{
      {{"500 Internal Server Error", {}, "oops"}, {ErrorClass::Transient}},
      {{"503 Service Unavailable", {}, {}}, {ErrorClass::Transient, ErrorClass::Unavailable}},
      {{"429 Too Many Requests", "Retry-After: 7\r\n", {}}, {ErrorClass::RateLimited}},
      {{"401 Unauthorized", {}, {}}, {ErrorClass::Denied}},
      {{"403 Forbidden", {}, {}}, {ErrorClass::Denied}},
      {{"404 Not Found", {}, {}},
       {ErrorClass::NotFound, ErrorClass::Invalid, ErrorClass::Rejected}},
      {{"400 Bad Request", {}, "no such field"}, {ErrorClass::Invalid}},
  };
  for (const Row& row : rows) {
    receiver().script([&row](const ReceivedRequest&) { return row.answer; });
    const Outcome outcome = deliver({});
    EXPECT_THAT(row.classes, ::testing::Contains(outcome.code)) << row.answer.status;
    EXPECT_THAT(outcome.message, Not(IsEmpty())) << row.answer.status;
    if (outcome == ErrorClass::RateLimited) {
      EXPECT_GE(outcome.retryAfterMs, 6'000) << "Retry-After: 7";
      EXPECT_LE(outcome.retryAfterMs, 7'000) << "Retry-After: 7";
    }
  }
}

TEST_F(DeliverTest, IsNotOkWhenTheReceiverIsNotThere) {
  CONFORMANCE_FACT(unreachable, "unreachable");
  Instance away(Kit::override(unreachable));
  ASSERT_TRUE(away.created()) << away.reason();
  ASSERT_EQ(away.start(), ErrorClass::Ok);
  DeadlineCall call(kLongMs);
  const Outcome outcome = deliver(away, {}, call);
  EXPECT_THAT(outcome.code, AnyOf(ErrorClass::Unavailable, ErrorClass::Transient));
  EXPECT_THAT(outcome.message, Not(IsEmpty()));
}

TEST_F(DeliverTest, TellsNoSecret) {
  CONFORMANCE_FACT(kind, "receiver");
  // A receiver that sends back everything that it was told, secrets as well.
  receiver().script([](const ReceivedRequest& request) {
    return Answer{"400 Bad Request", {}, "you sent: " + request.all()};
  });
  const Outcome outcome = deliver({});
  if (kind == kHttp) {
    EXPECT_FALSE(outcome == ErrorClass::Ok);
  }
  for (const std::string& secret : secrets()) {
    EXPECT_THAT(outcome.message, Not(HasSubstr(secret)));
    EXPECT_THAT(outcome.raw, Not(HasSubstr(secret)));
    EXPECT_THAT(instance_->host().logged(), Not(HasSubstr(secret)));
  }
}

TEST_F(DeliverTest, AsksToBeToldAgainInASensibleInterval) {
  const std::int64_t interval = instance_->notifier().resendIntervalMs();
  EXPECT_TRUE(interval == 0 || interval >= 10'000) << interval << " ms";
}

class CallTest : public NotifierTest {
 protected:
  static std::unique_ptr<Instance> hangingInstance(const std::string& fact) {
    auto instance = std::make_unique<Instance>(Kit::override(fact));
    EXPECT_TRUE(instance->created()) << instance->reason();
    if (instance->created()) {
      EXPECT_EQ(instance->start(), ErrorClass::Ok);
    }
    kit().silent().drop();
    return instance;
  }
};

TEST_F(CallTest, EndAtTheirDeadline) {
  CONFORMANCE_FACT(hanging, "hanging");
  const auto instance = hangingInstance(hanging);
  ASSERT_TRUE(instance->created());
  DeadlineCall call(kShortMs);
  const Outcome outcome = deliver(*instance, {}, call);
  EXPECT_LE(outcome.took, std::chrono::milliseconds(kShortMs) + kSlack);
  EXPECT_THAT(outcome.code,
              AnyOf(ErrorClass::Unavailable, ErrorClass::Transient, ErrorClass::Cancelled));
}

TEST_F(CallTest, EndSoonAfterTheyAreCancelled) {
  CONFORMANCE_FACT(hanging, "hanging");
  const auto instance = hangingInstance(hanging);
  ASSERT_TRUE(instance->created());
  DeadlineCall call(kLongMs);
  auto result = std::async(std::launch::async, [&] { return deliver(*instance, {}, call); });
  kit().silent().awaitConnection(1s);
  call.cancel();
  EXPECT_EQ(result.wait_for(kSlack), std::future_status::ready)
      << "goes on 1 s after its cancellation";
  EXPECT_EQ(result.get(), ErrorClass::Cancelled);
}

TEST_F(CallTest, RunSideBySide) {
  CONFORMANCE_FACT(kind, "receiver");
  constexpr int kThreads = 8;
  std::vector<std::future<Outcome>> threads;
  const auto titleOf = [](int number) { return "side by side " + std::to_string(number); };
  for (int number = 0; number < kThreads; ++number) {
    threads.push_back(std::async(std::launch::async, [this, number, titleOf] {
      Message message;
      message.id = "side-" + std::to_string(number);
      message.title = titleOf(number);
      return deliver(message);
    }));
  }
  for (std::future<Outcome>& thread : threads) {
    EXPECT_EQ(thread.get(), ErrorClass::Ok);
  }
  for (int number = 0; number < kThreads; ++number) {
    EXPECT_THAT(told(), HasSubstr(titleOf(number))) << kind;
  }
}

TEST_F(CallTest, LetNoExceptionEscape) {
  Message empty{"", "", "", "", ""};
  Message odd{"id", "group", std::string("\0\xff\n", 3), std::string(300'000, 'x'), "{\"a\": "};
  odd.state = static_cast<sdk::NotificationState>(99);
  odd.severity = static_cast<sdk::Severity>(-1);
  Message large;
  large.contentJson = R"({"text": ")" + std::string(256 * 1024 - 32, 'x') + "\"}";
  for (const Message& message : {empty, odd, large}) {
    const Outcome outcome = deliver(message);
    EXPECT_FALSE(outcome.threw) << outcome.message;
  }
}

// The last test of the program: it also answers for the calls of all tests before it.
class ViewTest : public NotifierTest {};

TEST_F(ViewTest, AreNotKeptBeyondTheirCall) {
  static_cast<void>(deliver({}));
  static_cast<void>(deliver({}));
  instance_->stop();
  instance_->destroy();
  EXPECT_EQ(lateLooks(), 0u)
      << "the plugin looked at arguments of calls that were over; copy what must live longer";
}

}  // namespace
}  // namespace holdfast::conformance
