// SPDX-License-Identifier: Apache-2.0
#include "daemon/status_line.hpp"

#include <gtest/gtest.h>

namespace holdfast::daemon {
namespace {

using Word = model::ServiceStatusWord;

engine::Snapshot snapshotOf(const std::vector<Word>& words) {
  engine::Snapshot snapshot;
  snapshot.target = std::make_shared<model::Target>();
  for (const Word word : words) {
    engine::ServiceView view;
    view.status.serviceStatus = word;
    snapshot.services.push_back(view);
  }
  return snapshot;
}

TEST(StatusLine, Counts) {
  EXPECT_EQ(statusLine({}), "no target yet");
  EXPECT_EQ(statusLine(snapshotOf({})), "0 services");
  EXPECT_EQ(statusLine(snapshotOf({Word::Running})), "1 service: 1 running");
  EXPECT_EQ(statusLine(snapshotOf({Word::Error, Word::Running, Word::Running, Word::Pending})),
            "4 services: 2 running, 1 pending, 1 error");
}

TEST(StatusLine, NamesRuntimesThatDoNotAnswer) {
  auto snapshot = snapshotOf({Word::Stopped});
  snapshot.runtimes.resize(2);
  snapshot.runtimes[0].name = "docker";
  snapshot.runtimes[0].available = true;
  snapshot.runtimes[1].name = "podman";
  EXPECT_EQ(statusLine(snapshot), "1 service: 1 stopped; podman does not answer");
}

}  // namespace
}  // namespace holdfast::daemon
