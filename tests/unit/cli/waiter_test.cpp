// SPDX-License-Identifier: Apache-2.0
// apply --wait, from the accepted revision to the exit code.
#include "unit/cli/fakes.hpp"
#include "unit/cli/samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace holdfast::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string info(int revision, bool settled) {
  return R"({"target": {"revision": )" + std::to_string(revision) + R"(, "settled": )" +
         (settled ? "true" : "false") + "}}";
}

// An agent that accepts revision 4.
struct WaitingSession : Session {
  WaitingSession() {
    console.input = "{}";
    answer("PUT /v1/target", R"({"revision": 4})");
  }
  void step(const std::string& infoBody, const std::string& services) {
    answer("GET /v1/info", infoBody);
    answer("GET /v1/services", servicesOf(services), 200);
  }
};

TEST(CliApplyWait, ShowsEachChangeUntilAllIsThere) {
  WaitingSession run;
  run.step(info(4, false), kPulling);
  run.step(info(4, false), kPulling);
  run.step(info(4, true), kMosquitto);
  EXPECT_EQ(run.run({"apply", "-f", "-", "--wait"}), 0);
  EXPECT_EQ(run.console.output,
            "web/front: Pulling\n"
            "monitoring/mosquitto: Running\n"
            "Revision 4 settled: 1 of 1 services at their state.\n");
}

TEST(CliApplyWait, ExitsWith3WhenServicesFail) {
  WaitingSession run;
  run.step(info(4, true), kMosquitto + "," + kNodered);
  EXPECT_EQ(run.run({"apply", "-f", "-", "--wait"}), 3);
  EXPECT_THAT(run.console.output,
              HasSubstr("Revision 4 settled: 1 of 2 services at their state.\n"
                        "  monitoring/nodered: ImagePullBackOff: manifest unknown; next retry: in "
                        "18s (3/10)\n"));
}

TEST(CliApplyWait, DoesNotTakeTheOldStateForTheNew) {
  WaitingSession run;
  run.step(info(3, true), kMosquitto);
  run.step(info(3, true), kMosquitto);
  run.step(info(4, false), kNodered);
  run.step(info(4, true), kNodered);
  EXPECT_EQ(run.run({"apply", "-f", "-", "--wait"}), 3);
  EXPECT_THAT(run.console.output, Not(HasSubstr("mosquitto")));
}

TEST(CliApplyWait, ExitsWith1WhenTheTimeIsOver) {
  WaitingSession run;
  run.step(info(4, false), kPulling);
  const auto began = run.console.now;
  EXPECT_EQ(run.run({"apply", "-f", "-", "--wait=20"}), 1);
  EXPECT_EQ(run.console.now - began, std::chrono::seconds(20));
  EXPECT_THAT(run.console.output, HasSubstr("Revision 4 has not settled after 20 s: 0 of 1"));
}

TEST(CliApplyWait, StopsWhenAnotherTargetTakesItsPlace) {
  WaitingSession run;
  run.step(info(4, false), kPulling);
  run.step(info(5, true), kMosquitto);
  EXPECT_EQ(run.run({"apply", "-f", "-", "--wait"}), 1);
  EXPECT_THAT(run.console.errors, HasSubstr("revision 4 was replaced by revision 5"));
}

TEST(CliApplyWait, RedrawsBarsOnATerminal) {
  WaitingSession run;
  run.console.terminal = true;
  run.console.size = {54, 24};
  run.step(info(4, false), kPulling);
  run.step(info(4, false), kPulling);
  run.step(info(4, true), kMosquitto);
  EXPECT_EQ(run.run({"apply", "-f", "-", "--wait"}), 0);
  const std::string frame = "web/front  Pulling 25%  [==>     ] 12.0 MB/48.0 MB...\x1b[K\n\x1b[J";
  EXPECT_EQ(run.console.output, frame + "\x1b[1A\r" + frame +
                                    "\x1b[1A\rmonitoring/mosquitto  Running\x1b[K\n\x1b[J"
                                    "Revision 4 settled: 1 of 1 services at their state.\n");
}

TEST(CliApplyWait, PrintsOnlyTheEndAsJson) {
  WaitingSession run;
  run.step(info(4, false), kPulling);
  run.step(info(4, true), kNodered);
  EXPECT_EQ(run.run({"apply", "-f", "-", "--wait", "-o", "json"}), 3);
  EXPECT_THAT(run.console.output, HasSubstr("{\n  \"revision\": 4,\n  \"settled\": true,\n"
                                            "  \"failing\": 1,\n  \"services\": [\n"));
}

}  // namespace
}  // namespace holdfast::cli
