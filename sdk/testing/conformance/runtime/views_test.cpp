// SPDX-License-Identifier: Apache-2.0
// The last file of the program: it also answers for the calls of all tests before it.

#include "conformance/runtime/fixture.hpp"

namespace holdfast::conformance {
namespace {

class ViewTest : public RuntimeTest {
 protected:
  void everyCallOnce(const std::string& name) const {
    static_cast<void>(engine().validate(json::serialize(spec(name))));
    Progress progress;
    static_cast<void>(pull(image(), progress));
    run(spec(name));
    static_cast<void>(observe({image()}));
    const std::string id = look(name).id;
    DeadlineCall call(10'000);
    Output output;
    static_cast<void>(engine().logs(call, {id}, output));
    sdk::ExecResult result;
    static_cast<void>(engine().exec(call, id, shell("exit 0"), 1'000, output, result));
    static_cast<void>(stop(name));
    static_cast<void>(step(StepKind::RemoveContainer, name));
  }
};

TEST_F(ViewTest, AreNotKeptBeyondTheirCall) {
  everyCallOnce(named("views1"));
  everyCallOnce(named("views2"));
  instance_->stop();
  instance_->destroy();
  EXPECT_EQ(lateLooks(), 0u)
      << "the plugin looked at arguments of calls that were over; copy what must live longer";
}

}  // namespace
}  // namespace holdfast::conformance
