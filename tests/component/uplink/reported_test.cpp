// SPDX-License-Identifier: Apache-2.0
// What the tests of the server's database take for a report is one.
#include "plugin_link_fixture.hpp"

#include <fstream>
#include <iterator>
#include <string>

namespace holdfast::uplink {
namespace {

namespace json = boost::json;

class Reported : public PluginLinkFixture {
 protected:
  Reported() {
    makePlugin();
    start();
  }

  engine::ServiceView failingNow(const std::string& message) const {
    auto view = failing(message);
    view.status.error->since = view.status.error->timestamp = clock_.now().wall;
    view.status.error->nextRetry = clock_.now().wall + 40s;
    return view;
  }
};

TEST_F(Reported, IsWhatTheTestsOfTheDatabaseHave) {
  auto db = running("db");
  db.status.serviceId = "1";
  show({db, failingNow("no such host")});
  clock_.pass(1s);
  show({db, running()});
  clock_.pass(1s);
  show({db, failingNow("manifest unknown")});
  pass(1min);

  std::ifstream file(HOLDFAST_REPORTED);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto reports = remote_.reports();
  ASSERT_FALSE(reports.empty());
  EXPECT_EQ(json::value(reports.front()), json::parse(text));
}

}  // namespace
}  // namespace holdfast::uplink
