// SPDX-License-Identifier: Apache-2.0
// The last file of the program: it also answers for the calls of all tests before it.

#include "conformance/uplink/fixture.hpp"

namespace holdfast::conformance {
namespace {

class ViewTest : public UplinkTest {};

TEST_F(ViewTest, AreNotKeptBeyondTheirCall) {
  for (int round = 0; round < 2; ++round) {
    Fetched fetched;
    static_cast<void>(fetch("an-etag", fetched));
    static_cast<void>(report(reportOf(1)));
    static_cast<void>(log({{"web", "a line"}}));
    static_cast<void>(facts(*instance_));
  }
  instance_->stop();
  instance_->destroy();
  EXPECT_EQ(lateLooks(), 0U)
      << "the plugin looked at arguments of calls that were over; copy what must live longer";
}

}  // namespace
}  // namespace holdfast::conformance
