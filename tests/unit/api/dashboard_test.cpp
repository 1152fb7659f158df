// SPDX-License-Identifier: Apache-2.0
#include "unit/api/fake_agent.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>

namespace holdfast::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::size_t kMostBytes = 100'000;

// Everything that `text` makes a browser fetch: names of files of the dashboard.
std::set<std::string> fetchedBy(const std::string& text) {
  static const std::regex kReference(R"re((?:/dashboard/|from "\./)([a-z_]+\.[a-z]+)")re");
  std::set<std::string> names;
  for (std::sregex_iterator match(text.begin(), text.end(), kReference), end; match != end;
       ++match) {
    names.insert((*match)[1]);
  }
  return names;
}

// The page and whatever it needs, as a browser gets it: content by path.
std::map<std::string, Response> page(FakeAgent& agent) {
  std::map<std::string, Response> files{{"/", ask(agent, "GET", "/")}};
  std::set<std::string> waiting = fetchedBy(files["/"].body);
  while (!waiting.empty()) {
    const std::string path = "/dashboard/" + waiting.extract(waiting.begin()).value();
    if (!files.contains(path)) {
      files[path] = ask(agent, "GET", path);
      waiting.merge(fetchedBy(files[path].body));
    }
  }
  return files;
}

TEST(Dashboard, IsWholeAndSmall) {
  FakeAgent agent;
  std::size_t bytes = 0;
  const auto files = page(agent);
  for (const auto& [path, response] : files) {
    EXPECT_EQ(response.status, 200) << path;
    EXPECT_FALSE(response.body.empty()) << path;
    bytes += response.body.size();
  }
  EXPECT_TRUE(files.contains("/dashboard/style.css"));
  EXPECT_TRUE(files.contains("/dashboard/app.mjs"));
  EXPECT_TRUE(files.contains("/dashboard/time.mjs"));
  EXPECT_LT(bytes, kMostBytes);
}

TEST(Dashboard, SaysWhatEachFileIs) {
  FakeAgent agent;
  EXPECT_EQ(ask(agent, "GET", "/").contentType, "text/html; charset=utf-8");
  EXPECT_EQ(ask(agent, "GET", "/dashboard/style.css").contentType, "text/css; charset=utf-8");
  EXPECT_EQ(ask(agent, "GET", "/dashboard/app.mjs").contentType, "text/javascript; charset=utf-8");
  EXPECT_EQ(ask(agent, "GET", "/dashboard/theme.js").contentType, "text/javascript; charset=utf-8");
  EXPECT_EQ(ask(agent, "GET", "/dashboard/icon.svg").contentType, "image/svg+xml");
}

// A machine at the end of a mobile link has no internet; and what a policy without exceptions
// forbids is not needed.
TEST(Dashboard, NeedsNothingFromElsewhereAndNothingInline) {
  FakeAgent agent;
  for (const auto& [path, response] : page(agent)) {
    std::string text = response.body;
    for (const std::string name : {"http://www.w3.org/2000/svg"}) {  // a name, not an address
      for (auto at = text.find(name); at != std::string::npos; at = text.find(name)) {
        text.erase(at, name.size());
      }
    }
    for (const char* forbidden : {"http://", "https://", "eval(", "innerHTML", "outerHTML",
                                  "insertAdjacentHTML", "document.write", "style=\"", "<style"}) {
      EXPECT_THAT(text, Not(HasSubstr(forbidden))) << path;
    }
  }
  const std::string html = ask(agent, "GET", "/").body;
  EXPECT_FALSE(std::regex_search(html, std::regex(R"(<script(?![^>]*\bsrc=))")));
  EXPECT_FALSE(std::regex_search(html, std::regex(R"( on[a-z]+=)")));
}

TEST(Dashboard, IsSentAgainOnlyWhenItHasChanged) {
  FakeAgent agent;
  std::set<std::string> tags;
  const auto files = page(agent);
  for (const auto& [path, response] : files) {
    const std::string& tag = response.headers.at("ETag");
    tags.insert(tag);
    EXPECT_EQ(response.headers.at("Cache-Control"), "no-cache");
    const auto again = ask(agent, "GET", path, "", tag);
    EXPECT_EQ(again.status, 304) << path;
    EXPECT_TRUE(again.body.empty());
    EXPECT_EQ(again.headers.at("ETag"), tag);
    EXPECT_EQ(ask(agent, "GET", path, "", "\"another\"").status, 200) << path;
  }
  EXPECT_EQ(tags.size(), files.size());
}

TEST(Dashboard, HasNothingElse) {
  FakeAgent agent;
  for (const char* path : {"/dashboard/", "/dashboard/other.js", "/dashboard/..%2findex.html",
                           "/dashboard/INDEX.HTML", "/index.html", "/dashboard/a/b"}) {
    EXPECT_EQ(ask(agent, "GET", path).status, 404) << path;
  }
  EXPECT_EQ(ask(agent, "POST", "/").status, 405);
}

}  // namespace
}  // namespace holdfast::api
