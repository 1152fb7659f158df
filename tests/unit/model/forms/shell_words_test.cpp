// SPDX-License-Identifier: Apache-2.0
#include "model/forms/shell_words.hpp"

#include <gmock/gmock.h>

namespace holdfast::model {
namespace {

using Words = std::vector<std::string>;

TEST(ShellWords, SplitAsAShellDoes) {
  const std::pair<const char*, Words> cases[] = {
      {"", {}},
      {"  \t\n ", {}},
      {"a b  c", {"a", "b", "c"}},
      {" a ", {"a"}},
      {"sh -c 'echo $HOME; ls | wc'", {"sh", "-c", "echo $HOME; ls | wc"}},
      {"a\\ b", {"a b"}},
      {"'a'\"b\"c", {"abc"}},
      {"''", {""}},
      {"\"\" x", {"", "x"}},
      {R"("a\"b\\c\$d\`e\f")", {R"(a"b\c$d`e\f)"}},
      {R"('a\b')", {R"(a\b)"}},
      {"a\\\nb", {"ab"}},
      {"\"a\\\nb\"", {"ab"}},
      {"a # b", {"a", "#", "b"}},
      {"*.txt ~ $X && y", {"*.txt", "~", "$X", "&&", "y"}},
      {"\\\"x", {"\"x"}},
      {"\xC3\xA9 \xC3\xBC", {"\xC3\xA9", "\xC3\xBC"}},
  };
  for (const auto& [text, expected] : cases) {
    const auto words = splitShellWords(text);
    ASSERT_TRUE(words) << text;
    EXPECT_EQ(*words, expected) << text;
  }
}

TEST(ShellWords, RefusesWhatIsNotFinished) {
  for (const char* text : {"'a", "\"a", "a\\", "\"a\\", "\"a\\\"", "a 'b\"c"})
    EXPECT_FALSE(splitShellWords(text)) << text;
  EXPECT_EQ(splitShellWords("a 'b").error().message, "it has an opening ' without a closing one");
}

}  // namespace
}  // namespace holdfast::model
