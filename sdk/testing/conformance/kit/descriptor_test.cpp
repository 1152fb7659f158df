// SPDX-License-Identifier: Apache-2.0
// The descriptor and the two-way check that comes before any other call.

#include "conformance/kit/elf_exports.hpp"
#include "conformance/kit/kit.hpp"
#include "holdfast/sdk/toolchain.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace holdfast::conformance {
namespace {

class Descriptor : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(kit().descriptor(), nullptr) << kit().problem(); }

  const holdfast_plugin_descriptor& descriptor_ = *kit().descriptor();
};

TEST_F(Descriptor, IsComplete) {
  EXPECT_EQ(descriptor_.magic, HOLDFAST_PLUGIN_MAGIC);
  EXPECT_GE(descriptor_.struct_size, sizeof(holdfast_plugin_descriptor));
  EXPECT_EQ(descriptor_.kind, kit().kind().kind) << "not a plugin of this program's kind";
  ASSERT_NE(descriptor_.name, nullptr);
  EXPECT_TRUE(sdk::isPluginName(descriptor_.name))
      << "the name is \"" << descriptor_.name << "\", expected [a-z][a-z0-9-]{0,31}";
  ASSERT_NE(descriptor_.version, nullptr);
  EXPECT_STRNE(descriptor_.version, "");
  EXPECT_NE(descriptor_.accepts, nullptr);
  EXPECT_NE(descriptor_.create, nullptr);
  EXPECT_NE(descriptor_.destroy, nullptr);
}

TEST_F(Descriptor, NamesTheInterfaceThatThisKitTests) {
  EXPECT_EQ(descriptor_.abi_major, kit().kind().abi.major);
  EXPECT_EQ(descriptor_.abi_minor, kit().kind().abi.minor);
}

TEST_F(Descriptor, NamesTheToolchainThatItIsBuiltWith) {
  ASSERT_NE(descriptor_.toolchain, nullptr);
  EXPECT_STREQ(descriptor_.toolchain, HOLDFAST_TOOLCHAIN_TAG);
}

TEST_F(Descriptor, HasAnOptionsSchemaThatTheAgentReads) {
  ASSERT_NE(descriptor_.options_schema, nullptr);
  for (const std::string& problem : readSchema(descriptor_.options_schema).problems) {
    ADD_FAILURE() << problem;
  }
}

TEST(Library, ExportsTheDescriptorAlone) {
  for (const std::string& symbol : exportedSymbols(kit().plugin())) {
    EXPECT_EQ(symbol, HOLDFAST_PLUGIN_SYMBOL_NAME)
        << "is exported as well; holdfast_add_plugin() links with the version script that hides it";
  }
}

class Handshake : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(kit().problem().empty()) << kit().problem(); }

  struct Answer {
    bool accepted = false;
    std::string reason;
  };

  static holdfast_host_info host() {
    return {sizeof(holdfast_host_info), kit().kind().abi.major, kit().kind().abi.minor, "0.1.0",
            HOLDFAST_TOOLCHAIN_TAG};
  }

  static Answer ask(const holdfast_host_info& host) {
    holdfast_error error{};
    std::memset(error.text, 'x', sizeof(error.text));
    const bool accepted = kit().descriptor()->accepts(&host, &error) == 1;
    const bool ended = std::memchr(error.text, '\0', sizeof(error.text)) != nullptr;
    return {accepted, ended ? error.text : ""};
  }

  static void expectRefusal(const holdfast_host_info& host) {
    const Answer answer = ask(host);
    EXPECT_FALSE(answer.accepted);
    EXPECT_FALSE(answer.reason.empty()) << "the reason is missing, or does not end with a NUL";
  }
};

TEST_F(Handshake, TakesAnAgentOfTheSameInterface) {
  const Answer answer = ask(host());
  EXPECT_TRUE(answer.accepted) << answer.reason;
}

TEST_F(Handshake, RefusesAnotherInterfaceWithAReason) {
  holdfast_host_info newer = host();
  ++newer.abi_major;
  expectRefusal(newer);
  if (kit().kind().abi.major == 0) {
    holdfast_host_info minor = host();
    ++minor.abi_minor;
    expectRefusal(minor);
  }
}

TEST_F(Handshake, RefusesAnotherToolchainWithAReason) {
  holdfast_host_info other = host();
  other.toolchain = "libstdc++ string=cxx98 stl=debug sanitizer=none pointer=16";
  expectRefusal(other);
}

}  // namespace
}  // namespace holdfast::conformance
