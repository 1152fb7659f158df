// SPDX-License-Identifier: Apache-2.0
#include "model/canonical_json.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace holdfast::model {
namespace {

TEST(CanonicalJson, SortsMembersAtEveryLevelAndKeepsLists) {
  EXPECT_EQ(
      canonicalJson(boost::json::parse(R"( { "b": [3, 1, {"z": null, "a": true}], "a": "x" } )")),
      R"({"a":"x","b":[3,1,{"a":true,"z":null}]})");
}

TEST(CanonicalJson, EmptyContainersAndEscapes) {
  EXPECT_EQ(canonicalJson(boost::json::parse(R"({"a":{},"b":[],"\"":"\n\u00e9"})")),
            "{\"\\\"\":\"\\n\xC3\xA9\",\"a\":{},\"b\":[]}");
}

TEST(CanonicalJson, OneTextForOneMeaning) {
  EXPECT_EQ(canonicalJson(boost::json::parse(R"({"x":1,"y":{"p":2,"q":[]}})")),
            canonicalJson(boost::json::parse(R"({"y":{"q":[],"p":2},"x":1})")));
}

}  // namespace
}  // namespace holdfast::model
