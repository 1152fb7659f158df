// SPDX-License-Identifier: Apache-2.0
#include "runtime/podman/refusals.hpp"

#include <gtest/gtest.h>

#include <string>

namespace holdfast::podman {
namespace {

runtime::ContainerSpec specOf(const std::string& members) {
  std::string problem;
  const auto spec = runtime::parseContainerSpec(
      R"({"name":"n","image":"nginx:1")" + (members.empty() ? "" : "," + members) + "}", problem);
  EXPECT_TRUE(spec.has_value()) << problem;
  return spec.value_or(runtime::ContainerSpec{});
}

TEST(PodmanRefusal, NamesTheMember) {
  struct Refused {
    std::string members;
    std::string beginning;
  };
  const Refused rows[] = {
      {R"("logging":{"driver":"syslog"})", "logging.driver: "},
      {R"("logging":{"driver":"passthrough"})", "logging.driver: "},
      {R"("logging":{"driver":"local"})", "logging.driver: "},
      {R"("logging":{"driver":"json-file","options":{"max-file":"3"}})",
       "logging.options.max-file: "},
      {R"("logging":{"options":{"max-size":"big"}})", "logging.options.max-size: "},
      {R"("logging":{"options":{"tag":"x"}})", "logging.options.tag: "},
      {R"("logging":{"driver":"journald","options":{"max-size":"1m"}})",
       "logging.options.max-size: "},
      {R"("logging":{"driver":"none","options":{"path":"/x"}})", "logging.options.path: "},
      {R"("securityOpt":["systempaths=unconfined"])", "securityOpt: "},
      {R"("securityOpt":["seccomp"])", "securityOpt: "},
      {R"("securityOpt":["no-new-privileges=maybe"])", "securityOpt: "},
      {R"("resources":{"memoryBytes":1048576})", "resources.limits.memory: "},
      {R"("resources":{"nanoCpus":1000})", "resources.limits.cpu: "},
      {R"("networkMode":"container:")", "networkMode: "},
      {R"("networkMode":"host","sysctls":{"net.core.somaxconn":"1"})",
       "sysctls.net.core.somaxconn: "},
      {R"("extraHosts":{"gw":"host-gateway"})", "extraHosts.gw: "},
      {R"("stopSignal":"SIGNOSUCH")", "stopSignal: "},
      {R"("ulimits":{"files":{"soft":1,"hard":1}})", "ulimits.files: "},
      {R"("domainname":"d","sysctls":{"kernel.domainname":"e"})", "domainname: "},
  };
  for (const Refused& row : rows) {
    EXPECT_EQ(refusalOf(specOf(row.members)).find(row.beginning), 0u)
        << row.members << ": " << refusalOf(specOf(row.members));
  }
  runtime::ContainerSpec badImage = specOf("");
  badImage.image = "Bad Image";
  EXPECT_EQ(refusalOf(badImage), "image: invalid reference format");
}

TEST(PodmanRefusal, LeavesWhatPodmanCan) {
  for (const std::string members :
       {"", R"("logging":{"driver":"json-file","options":{"max-size":"1m"}})",
        R"("logging":{"driver":"journald","options":{"tag":"x"}})",
        R"("logging":{"driver":"none"})",
        R"("securityOpt":["no-new-privileges:true","label=disable","seccomp=unconfined"])",
        R"("networkMode":"slirp4netns:mtu=1500")", R"("networkMode":"container:x")",
        R"("stopSignal":"SIGRTMIN+3")", R"("ulimits":{"nofile":{"soft":1,"hard":-1}})"}) {
    EXPECT_EQ(refusalOf(specOf(members)), "") << members;
  }
}

}  // namespace
}  // namespace holdfast::podman
