// SPDX-License-Identifier: Apache-2.0
// What the manual pages have to tell, and that groff and mandoc read them without a complaint.
#include "manual/pages.hpp"

#include "cli/verb.hpp"
#include "config/keys.hpp"
#include "daemon/command_line.hpp"
#include "manual/roff.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace holdfast::manual {
namespace {

using testing::HasSubstr;

struct Page {
  const char* name;
  std::string (*make)(std::string_view version);
};

void PrintTo(const Page& page, std::ostream* out) {
  *out << page.name;
}

class ManualPage : public testing::TestWithParam<Page> {
 protected:
  ManualPage()
      : file_(std::filesystem::path(testing::TempDir()) /
              (std::to_string(::getpid()) + "-" + GetParam().name)) {
    std::ofstream(file_) << GetParam().make("1.2.3");
  }
  ManualPage(const ManualPage&) = delete;
  ManualPage& operator=(const ManualPage&) = delete;
  ~ManualPage() override { std::filesystem::remove(file_); }

  // Everything that the command prints when it gets the page's file.
  [[nodiscard]] std::string output(const std::string& command) const {
    std::string all;
    FILE* const pipe = ::popen((command + " " + file_.string() + " 2>&1").c_str(), "r");
    std::array<char, 4096> line{};
    while (pipe != nullptr && std::fgets(line.data(), line.size(), pipe) != nullptr) {
      // A date would make two builds of one source differ.
      if (std::string_view(line.data()).find("missing date") == std::string_view::npos)
        all += line.data();
    }
    EXPECT_NE(pipe, nullptr);
    const int status = ::pclose(pipe);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) < 126) << command;
    return all;
  }

 private:
  const std::filesystem::path file_;
};

TEST_P(ManualPage, GroffHasNothingToSay) {
  EXPECT_EQ(output("groff -man -ww -Tutf8 -z"), "");
}

TEST_P(ManualPage, MandocHasNothingToSay) {
  EXPECT_EQ(output("mandoc -T lint -W warning"), "");
}

TEST_P(ManualPage, ReadsAsAPage) {
  const std::string text = output("mandoc -T utf8 -O width=80");
  EXPECT_THAT(text, HasSubstr("Holdfast 1.2.3"));
  EXPECT_THAT(text, HasSubstr("S\bSE\bEE\bE A\bAL\bLS\bSO\bO"));
}

INSTANTIATE_TEST_SUITE_P(Every, ManualPage,
                         testing::Values(Page{"holdfast.1", commandPage},
                                         Page{"holdfastd.8", daemonPage},
                                         Page{"holdfast.properties.5", propertiesPage}),
                         [](const auto& page) {
                           std::string name = page.param.name;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

TEST(ManualPages, TellOfEveryVerbAndOption) {
  const std::string page = commandPage("1");
  for (const auto& verb : cli::verbs()) {
    EXPECT_THAT(page, HasSubstr(".SS \"" + std::string(verb.name) + "\"\n"));
    EXPECT_THAT(page, HasSubstr(roffText(sentence(verb.summary))));
    for (const auto& option : verb.options)
      EXPECT_THAT(page, HasSubstr("\\-\\-" + roffText(option.name)));
  }
}

TEST(ManualPages, TellOfEveryOptionOfTheDaemon) {
  const std::string page = daemonPage("1");
  for (const auto& option : daemon::commandOptions()) {
    EXPECT_THAT(page, HasSubstr("\\-\\-" + roffText(option.name)));
    EXPECT_THAT(page, HasSubstr(roffText(sentence(option.help))));
  }
}

TEST(ManualPages, TellOfTheSignals) {
  const std::string page = daemonPage("1");
  for (const char* const signal : {"SIGHUP", "SIGTERM", "SIGINT", "SIGUSR1"})
    EXPECT_THAT(page, HasSubstr(signal));
}

TEST(ManualPages, TellOfEveryKey) {
  const std::string page = propertiesPage("1");
  for (const auto& key : config::keys())
    EXPECT_THAT(page, HasSubstr("\n\\fB" + roffText(key.name)));
}

}  // namespace
}  // namespace holdfast::manual
