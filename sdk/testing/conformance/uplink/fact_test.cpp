// SPDX-License-Identifier: Apache-2.0
// What an uplink says of itself, and what it must not say.

#include "conformance/uplink/fixture.hpp"

#include <algorithm>
#include <future>
#include <regex>
#include <set>

namespace holdfast::conformance {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Those that `holdfast check` gives a verdict on (docs/plugin-guide.md "Uplinks").
const std::map<std::string, std::regex> kKnown{
    {"url", std::regex(R"([a-z][a-z0-9+.-]*://[^\s]+)")},
    {"deviceUuid", std::regex(R"(\S+)")},
    {"serverCertificateNotAfter", std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)")},
    {"clientCertificateNotAfter", std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)")},
    {"clockOffsetMs", std::regex(R"(-?\d{1,18})")},
    {"bytesSent", std::regex(R"(\d{1,18})")},
    {"bytesReceived", std::regex(R"(\d{1,18})")},
};

class FactTest : public UplinkTest {
 protected:
  void everyCallOnce() const {
    Fetched fetched;
    static_cast<void>(fetch("", fetched));
    static_cast<void>(report(reportOf(1)));
  }
};

TEST_F(FactTest, AreWellFormed) {
  everyCallOnce();
  std::set<std::string> names;
  const Facts all = facts(*instance_);
  EXPECT_LE(all.size(), 64U);
  for (const auto& [name, value] : all) {
    EXPECT_TRUE(names.insert(name).second) << name << " is told twice";
    EXPECT_TRUE(std::regex_match(name, std::regex("[A-Za-z0-9]{1,64}")))
        << "\"" << name << "\", expected letters and digits, at most 64";
    EXPECT_LE(value.size(), 1'024U) << name;
    EXPECT_TRUE(std::none_of(value.begin(), value.end(),
                             [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
        << name << " is no single line";
    if (const auto known = kKnown.find(name); known != kKnown.end()) {
      EXPECT_TRUE(std::regex_match(value, known->second)) << name << " is \"" << value << "\"";
    }
  }
}

TEST_F(FactTest, AreToldWhileACallHangs) {
  CONFORMANCE_FACT(hanging, "hanging");
  const auto instance = begin(Kit::override(hanging));
  ASSERT_TRUE(instance->created());
  kit().silent().drop();
  DeadlineCall call(kLongMs);
  Fetched fetched;
  auto hangs = std::async(std::launch::async, [&] { return fetch(*instance, call, "", fetched); });
  kit().silent().awaitConnection(1s);
  auto told = std::async(std::launch::async, [&] {
    static_cast<void>(facts(*instance));
    static_cast<void>(instance->uplink().enrolment());
  });
  EXPECT_EQ(told.wait_for(kSlack), std::future_status::ready)
      << "facts or enrolment wait for a call that waits for the cloud";
  call.cancel();
  static_cast<void>(hangs.get());
  kit().silent().drop();
}

// A cloud that sends back everything that it was told, keys as well.
class SecretTest : public UplinkTest {
 protected:
  static void expectNone(const std::string& text, const std::string& where) {
    for (const std::string& secret : secrets()) {
      EXPECT_THAT(text, Not(HasSubstr(secret))) << where;
    }
  }

  static void expectNone(const Instance& instance, const Outcome& outcome) {
    expectNone(outcome.message, "explanation");
    expectNone(outcome.raw, "raw answer");
    expectNone(instance.host().logged(), "log");
    for (const auto& [name, value] : facts(instance)) {
      expectNone(value, "fact " + name);
    }
  }

  static void echo() {
    for (const Ask ask : {Ask::Register, Ask::Exchange, Ask::Fetch, Ask::Report, Ask::Logs}) {
      cloud().answer(ask, [](const ReceivedRequest& request) {
        return Answer{"400 Bad Request", {}, "you sent: " + request.all()};
      });
    }
  }
};

TEST_F(SecretTest, AreNotTold) {
  echo();
  Fetched fetched;
  expectNone(*instance_, fetch("", fetched));
  expectNone(*instance_, report(reportOf(1)));
  if (kit().fact("logs").value) {
    expectNone(*instance_, log({{"web", "a line"}}));
  }
  if (kit().fact("register").value) {
    forgetDevice();
    const auto fresh = begin();
    DeadlineCall call(kLongMs);
    expectNone(*fresh, enrol(*fresh, call));
  }
}

}  // namespace
}  // namespace holdfast::conformance
