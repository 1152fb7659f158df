// SPDX-License-Identifier: Apache-2.0
#include "model/observation.hpp"

#include <gtest/gtest.h>

namespace holdfast::model {
namespace {

TEST(ObservedContainer, LabelIsEmptyWhenItIsNotThere) {
  ObservedContainer container;
  container.labels["io.holdfast.app"] = "1001";
  EXPECT_EQ(container.label("io.holdfast.app"), "1001");
  EXPECT_EQ(container.label("io.holdfast.service"), "");
}

}  // namespace
}  // namespace holdfast::model
