// SPDX-License-Identifier: Apache-2.0
// Who may do what on the socket, as the kernel tells who it is. Needs root, to be other users.
#include "component/daemon/daemon_process.hpp"
#include "fixtures/lab/process.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace holdfast::test {
namespace {

using namespace std::chrono_literals;

// Groups that every Debian has.
constexpr const char* kOperate = "daemon";
constexpr const char* kRead = "bin";
// User and group "nobody" and "nogroup".
constexpr const char* kNobody = "65534";

struct User {
  std::string group = kNobody;
  std::string others;  // further groups, separated by commas
};

class SocketPeers : public testing::Test {
 protected:
  void start(const std::vector<std::string>& arguments) {
    daemon_.startReady(arguments);
    std::filesystem::permissions(daemon_.path(""), std::filesystem::perms(0755));
  }

  // The status of a request by that user; "000" when the socket cannot be opened.
  std::string status(const User& user, const std::string& method, const std::string& path,
                     const std::string& body = "") {
    std::vector<std::string> command{"setpriv", "--reuid", kNobody, "--regid", user.group};
    if (user.others.empty()) {
      command.emplace_back("--clear-groups");
    } else {
      command.insert(command.end(), {"--groups", user.others});
    }
    command.insert(command.end(), {"curl", "--silent", "--output", "/dev/null", "--write-out",
                                   "%{http_code}", "--unix-socket", daemon_.socketPath(),
                                   "--request", method, "--data", body, "http://holdfast" + path});
    return fixtures::run({.command = std::move(command)}, 30s).standardOutput;
  }
  std::string read(const User& user) { return status(user, "GET", "/v1/services"); }
  std::string change(const User& user) {
    return status(user, "PUT", "/v1/target", R"({"apps": {}})");
  }

  DaemonProcess daemon_;
};

TEST_F(SocketPeers, GroupsDecideWhoLooksAndWhoChanges) {
  start({"-Dapi.group=" + std::string(kOperate), "-Dapi.readGroup=" + std::string(kRead)});
  for (const User& operates : {User{.group = kOperate}, User{.others = kOperate}}) {
    EXPECT_EQ(read(operates), "200");
    EXPECT_EQ(change(operates), "200");
  }
  for (const User& reads : {User{.group = kRead}, User{.others = kRead}}) {
    EXPECT_EQ(read(reads), "200");
    EXPECT_EQ(change(reads), "403");
    EXPECT_EQ(status(reads, "GET", "/v1/target"), "403") << "it has secrets in it";
  }
  EXPECT_EQ(read({}), "403");
  EXPECT_EQ(change({}), "403");
  EXPECT_EQ(status({}, "GET", "/healthz"), "200") << "which is for everybody";
}

// More than the 64 that are asked for at first.
TEST_F(SocketPeers, AMemberOfManyGroupsIsOneOfEach) {
  start({"-Dapi.group=" + std::string(kOperate)});
  std::string many;
  for (int group = 70'000; group < 70'200; ++group) {
    many += std::to_string(group) + ",";
  }
  EXPECT_EQ(change({.others = many + kOperate}), "200");
}

TEST_F(SocketPeers, WithoutAGroupOfReadersNobodyElseOpensTheSocket) {
  start({"-Dapi.group=" + std::string(kOperate)});
  EXPECT_EQ(read({.others = kOperate}), "200");
  EXPECT_EQ(read({}), "000");
}

}  // namespace
}  // namespace holdfast::test
