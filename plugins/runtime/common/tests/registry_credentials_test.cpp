// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/registry_credentials.hpp"

#include "fixtures/lab/wait_until.hpp"
#include "holdfast/support/base64.hpp"
#include "holdfast/support/json.hpp"
#include "holdfast/testing/fake_call.hpp"
#include "runtime/common/credential_helper.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <future>

namespace holdfast::runtime {
namespace {

namespace fs = std::filesystem;
using testing::FakeCall;

class Credentials : public ::testing::Test {
 protected:
  Credentials() {
    std::string pattern = (fs::temp_directory_path() / "holdfast-auth-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    path_ = std::getenv("PATH");
    ::setenv("PATH", (directory_.string() + ":" + path_).c_str(), 1);
  }
  ~Credentials() override {
    ::setenv("PATH", path_.c_str(), 1);
    fs::remove_all(directory_);
  }

  fs::path write(const std::string& name, const std::string& text) {
    const fs::path path = directory_ / name;
    std::ofstream(path) << text;
    return path;
  }

  // A credential helper that is a shell script; the server's name is in $server.
  void helper(const std::string& name, const std::string& script) {
    const fs::path path =
        write("docker-credential-" + name, "#!/bin/sh\nread -r server\n" + script + "\n");
    ::chmod(path.c_str(), 0700);
  }

  CredentialLookup lookup(const fs::path& authFile, const fs::path& dockerFile,
                          const std::string& image = "reg.example.org/team/app:1") {
    const auto reference = parseImageReference(image);
    EXPECT_TRUE(reference.has_value());
    return CredentialStore(authFile, dockerFile).lookup(*reference, call_);
  }

  std::string userFor(const std::string& config, const std::string& image) {
    return lookup(write("config.json", config), {}, image).credentials.user;
  }

  fs::path directory_;
  std::string path_;
  FakeCall call_;
};

std::string authOf(const std::string& userAndPassword) {
  return R"({"auth":")" + support::base64UrlEncode(userAndPassword) + "\"}";
}

TEST_F(Credentials, AreReadFromAuths) {
  const std::string config = R"({"auths":{"reg.example.org":)" + authOf("alice:s3:cret") + "}}";
  const CredentialLookup found = lookup(write("config.json", config), {});
  EXPECT_EQ(found.credentials.user, "alice");
  EXPECT_EQ(found.credentials.password, "s3:cret");
  EXPECT_EQ(found.credentials.server, "reg.example.org");
  EXPECT_TRUE(found.problems.empty());
  const auto header = support::parseJson(*support::base64Decode(found.credentials.toHeader()));
  ASSERT_TRUE(header.has_value());
  EXPECT_EQ(support::jsonText(*header, {"username"}), "alice");
  EXPECT_EQ(support::jsonText(*header, {"password"}), "s3:cret");
  EXPECT_EQ(support::jsonText(*header, {"serveraddress"}), "reg.example.org");
}

TEST_F(Credentials, AreFoundUnderEveryNameOfARegistry) {
  for (const char* key : {"reg.example.org", "https://reg.example.org", "http://reg.example.org/",
                          "https://reg.example.org/v1/", "https://reg.example.org/v2/"}) {
    const std::string config = R"({"auths":{")" + std::string(key) + "\":" + authOf("a:b") + "}}";
    EXPECT_EQ(userFor(config, "reg.example.org/app"), "a") << key;
    EXPECT_EQ(userFor(config, "reg.example.org.evil.com/app"), "") << key;
    EXPECT_EQ(userFor(config, "nginx"), "") << key;
  }
  for (const char* key : {"https://index.docker.io/v1/", "docker.io", "registry-1.docker.io"}) {
    const std::string config = R"({"auths":{")" + std::string(key) + "\":" + authOf("hub:b") + "}}";
    EXPECT_EQ(userFor(config, "nginx"), "hub") << key;
    EXPECT_EQ(userFor(config, "reg.example.org/app"), "") << key;
  }
}

TEST_F(Credentials, OfTheLongestPathWin) {
  const std::string config = R"({"auths":{"reg.example.org":)" + authOf("all:x") +
                             R"(,"reg.example.org/team":)" + authOf("team:x") +
                             R"(,"reg.example.org/team/app":)" + authOf("app:x") + "}}";
  EXPECT_EQ(userFor(config, "reg.example.org/team/app:1"), "app");
  EXPECT_EQ(userFor(config, "reg.example.org/team/other:1"), "team");
  EXPECT_EQ(userFor(config, "reg.example.org/teammate/app:1"), "all");
}

TEST_F(Credentials, MayBeAnIdentityToken) {
  const CredentialLookup found =
      lookup(write("c", R"({"auths":{"reg.example.org":{"identitytoken":"tok"}}})"), {});
  EXPECT_EQ(found.credentials.identityToken, "tok");
  const auto header = support::parseJson(*support::base64Decode(found.credentials.toHeader()));
  EXPECT_EQ(support::jsonText(*header, {"identitytoken"}), "tok");
  EXPECT_EQ(support::jsonText(*header, {"password"}), "");
}

TEST_F(Credentials, OfTheAgentsFileComeFirst) {
  const fs::path own = write("own", R"({"auths":{"reg.example.org":)" + authOf("own:x") + "}}");
  const fs::path docker =
      write("docker", R"({"auths":{"reg.example.org":)" + authOf("docker:x") + "}}");
  const fs::path empty = write("empty", "{}");
  EXPECT_EQ(lookup(own, docker).credentials.user, "own");
  EXPECT_EQ(lookup(empty, docker).credentials.user, "docker");
  EXPECT_EQ(lookup({}, docker).credentials.user, "docker");
  EXPECT_TRUE(lookup({}, {}).credentials.empty());
}

TEST_F(Credentials, SayWhichFileIsWrong) {
  const CredentialLookup missing = lookup(directory_ / "missing", {});
  ASSERT_EQ(missing.problems.size(), 1u);
  EXPECT_NE(missing.problems[0].find("missing"), std::string::npos);
  EXPECT_EQ(lookup(write("bad", "{ not json"), {}).problems.size(), 1u);
  EXPECT_EQ(lookup(write("big", std::string(2'000'000, ' ')), {}).problems.size(), 1u);
  EXPECT_EQ(lookup({}, directory_ / "missing").problems.size(), 0u) << "Docker's own may be absent";
  EXPECT_TRUE(lookup(write("odd", R"({"auths":[1],"credsStore":7})"), {}).credentials.empty());
}

TEST_F(Credentials, ComeFromTheHelperOfTheRegistry) {
  helper("lab",
         R"(echo "{\"ServerURL\":\"$server\",\"Username\":\"for-$server\",\"Secret\":\"s\"}")");
  helper("other", "exit 1");
  const std::string config =
      R"({"credHelpers":{"reg.example.org":"lab"},"credsStore":"other","auths":{}})";
  const CredentialLookup found = lookup(write("config.json", config), {});
  EXPECT_EQ(found.credentials.user, "for-reg.example.org");
  EXPECT_EQ(found.credentials.password, "s");
  EXPECT_TRUE(found.problems.empty());
}

TEST_F(Credentials, ComeFromTheStoreOfAllRegistries) {
  helper("all", R"(echo "{\"Username\":\"<token>\",\"Secret\":\"tok-$server\"}")");
  const CredentialLookup found =
      lookup(write("config.json", R"({"credsStore":"all"})"), {}, "nginx");
  EXPECT_EQ(found.credentials.identityToken, "tok-https://index.docker.io/v1/");
}

TEST_F(Credentials, FallBackToAuthsWhenTheHelperKnowsNothing) {
  helper("empty", "echo 'credentials not found in native keychain'; exit 1");
  const CredentialLookup found = lookup(
      write("c", R"({"credsStore":"empty","auths":{"reg.example.org":)" + authOf("a:b") + "}}"),
      {});
  EXPECT_EQ(found.credentials.user, "a");
  EXPECT_TRUE(found.problems.empty());
}

TEST_F(Credentials, SurviveABadHelper) {
  helper("broken", "exit 3");
  helper("chatty", "head -c 100000 /dev/zero");
  helper("wordy", "echo hello");
  for (const std::string name : {"broken", "chatty", "wordy", "absent", "../../bin/sh"}) {
    const CredentialLookup found =
        lookup(write("config.json", R"({"credsStore":")" + name + "\"}"), {});
    EXPECT_TRUE(found.credentials.empty()) << name;
    ASSERT_EQ(found.problems.size(), 1u) << name;
  }
}

TEST_F(Credentials, DoNotWaitForAHelperThatHangs) {
  helper("hangs", "exec sleep 1000");
  const HelperAnswer late = askCredentialHelper("hangs", "reg.example.org", 100, call_);
  EXPECT_FALSE(late.found);
  EXPECT_NE(late.problem.find("in time"), std::string::npos);
  FakeCall cancelled;
  cancelled.cancel();
  EXPECT_FALSE(askCredentialHelper("hangs", "reg.example.org", 60'000, cancelled).found);
}

TEST_F(Credentials, DoNotWaitForAHelperThatHangsAfterItsAnswer) {
  const fs::path marker = directory_ / "closed";
  helper("lingers", R"(echo '{"Username":"u","Secret":"s"}'; exec >&-; : >')" + marker.string() +
                        "'; exec sleep 30");
  const auto begin = std::chrono::steady_clock::now();
  const HelperAnswer late = askCredentialHelper("lingers", "reg.example.org", 500, call_);
  EXPECT_FALSE(late.found);
  EXPECT_NE(late.problem.find("in time"), std::string::npos) << late.problem;
  fs::remove(marker);
  FakeCall cancelled;
  auto asking = std::async(std::launch::async, [&] {
    return askCredentialHelper("lingers", "reg.example.org", 60'000, cancelled);
  });
  EXPECT_TRUE(fixtures::waitUntil([&] { return fs::exists(marker); }, std::chrono::seconds(10)));
  cancelled.cancel();
  EXPECT_FALSE(asking.get().found);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST_F(Credentials, HelpersGetTheDefaultSignals) {
  // The agent blocks signals in every thread.
  sigset_t blocked;
  sigset_t before;
  sigfillset(&blocked);
  pthread_sigmask(SIG_SETMASK, &blocked, &before);
  helper("signals", R"(grep -q '^SigBlk:.*[1-9a-f]' /proc/self/status && exit 1
echo "{\"Username\":\"u\",\"Secret\":\"s\"}")");
  const HelperAnswer answer = askCredentialHelper("signals", "reg.example.org", 10'000, call_);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  EXPECT_TRUE(answer.found) << answer.problem;
}

}  // namespace
}  // namespace holdfast::runtime
