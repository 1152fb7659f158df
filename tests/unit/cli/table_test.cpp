// SPDX-License-Identifier: Apache-2.0
#include "cli/table.hpp"

#include <gtest/gtest.h>

namespace holdfast::cli {
namespace {

TEST(CliTable, AlignsColumnsByCharacters) {
  Table table({"NAME", "STATE"});
  table.add({"gr\u00fcn", "Running"});
  table.add({"a-longer-name", "Error"});
  EXPECT_EQ(table.render(),
            "NAME            STATE\n"
            "gr\u00fcn            Running\n"
            "a-longer-name   Error\n");
}

TEST(CliTable, ShowsAnEmptyCellAsADash) {
  Table table({"A", "B", "C"});
  table.add({"", "x"});
  EXPECT_EQ(table.render("  "),
            "  A   B   C\n"
            "  -   x   -\n");
}

}  // namespace
}  // namespace holdfast::cli
