// SPDX-License-Identifier: Apache-2.0
#include "uplink/iotistic/identity.hpp"

#include "fixtures/plugins/temporary_directory.hpp"

#include <gmock/gmock.h>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace holdfast::iotistic {
namespace {

using sdk::EnrolmentStep;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

constexpr char kUuid[] = "6f1c1c1e-7f0e-4b7e-a2f5-1f6a3f1f7c55";

class IdentityTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string path() const { return (directory_.path() / "identity.json").string(); }
  void write(const std::string& content, mode_t mode = 0600) const {
    std::ofstream(path()) << content;
    ::chmod(path().c_str(), mode);
  }
  [[nodiscard]] std::string refusal() const {
    try {
      static_cast<void>(file_.load());
      return {};
    } catch (const std::runtime_error& error) {
      return error.what();
    }
  }

  test::TemporaryDirectory directory_;
  IdentityFile file_{directory_.path().string()};
};

TEST_F(IdentityTest, ANewOneHasAKeyOfItsOwn) {
  const Identity one = newIdentity(kUuid);
  EXPECT_EQ(one.uuid, kUuid);
  EXPECT_THAT(one.deviceKey, MatchesRegex("[0-9a-f]{64}"));
  EXPECT_EQ(one.next, EnrolmentStep::Register);
  EXPECT_NE(newIdentity(kUuid).deviceKey, one.deviceKey);
}

TEST_F(IdentityTest, IsKeptForItsUserAlone) {
  EXPECT_EQ(file_.load(), std::nullopt);
  Identity identity = newIdentity(kUuid);
  for (const EnrolmentStep next :
       {EnrolmentStep::Register, EnrolmentStep::ExchangeKey, EnrolmentStep::None}) {
    identity.next = next;
    identity.deviceId = "4711";
    identity.fleetId = "fleet-1";
    file_.save(identity);
    EXPECT_EQ(file_.load(), identity);
  }
  struct stat info {};
  ASSERT_EQ(::stat(path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0600u);
  // Nothing is left of what it was written by.
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_.path()), {}), 1);
}

TEST_F(IdentityTest, OneThatWasBroughtAlongIsProvenFirst) {
  write(R"({"uuid": ")" + std::string(kUuid) + R"(", "deviceApiKey": ")" + std::string(64, 'A') +
        R"("})");
  const std::optional<Identity> identity = file_.load();
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->deviceKey, std::string(64, 'A'));
  EXPECT_EQ(identity->next, EnrolmentStep::ExchangeKey);
}

TEST_F(IdentityTest, ADamagedFileIsNamedAndNotShown) {
  const std::string good = R"({"uuid": ")" + std::string(kUuid) + R"(", "deviceApiKey": ")";
  for (const std::string& content :
       {std::string(), std::string("canary"), good + "canary\"}",
        good + std::string(63, 'a') + "\"}",
        R"({"uuid": "canary", "deviceApiKey": ")" + std::string(64, 'a') + "\"}"}) {
    write(content);
    EXPECT_THAT(refusal(), HasSubstr(path())) << content;
    EXPECT_THAT(refusal(), Not(HasSubstr("canary"))) << content;
  }
}

TEST_F(IdentityTest, AFileThatIsOpenToOthersIsRefused) {
  write("{}", 0644);
  EXPECT_THAT(refusal(), HasSubstr("chmod"));
}

TEST_F(IdentityTest, AFolderThatIsGoneIsSaid) {
  const IdentityFile nowhere((directory_.path() / "gone").string());
  EXPECT_THROW(nowhere.save(newIdentity(kUuid)), std::system_error);
}

TEST_F(IdentityTest, UuidsHaveTheirForm) {
  EXPECT_TRUE(isUuid(kUuid));
  EXPECT_TRUE(isUuid("6F1C1C1E-7F0E-4B7E-A2F5-1F6A3F1F7C55"));
  for (const char* other : {"", "6f1c1c1e7f0e4b7ea2f51f6a3f1f7c55xxxx", "../../../../../etc/passwd",
                            "6f1c1c1e-7f0e-4b7e-a2f5-1f6a3f1f7c5g"}) {
    EXPECT_FALSE(isUuid(other)) << other;
  }
}

}  // namespace
}  // namespace holdfast::iotistic
