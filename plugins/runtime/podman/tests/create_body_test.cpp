// SPDX-License-Identifier: Apache-2.0
#include "runtime/podman/create_body.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace holdfast::podman {
namespace {

namespace json = boost::json;

runtime::ContainerSpec specOf(const std::string& members) {
  std::string problem;
  const auto spec = runtime::parseContainerSpec(
      R"({"name":"n","image":"nginx:1","labels":{"io.holdfast.owner":"o"})" +
          (members.empty() ? "" : "," + members) + "}",
      problem);
  EXPECT_TRUE(spec.has_value()) << problem;
  return spec.value_or(runtime::ContainerSpec{});
}

// One member of the specification, and where its meaning stands in Podman's words.
struct Row {
  std::string members;
  std::string pointer;
  std::string value;  // JSON
  friend std::ostream& operator<<(std::ostream& out, const Row& row) {
    return out << row.members << " at " << row.pointer;
  }
};

class CreateBody : public ::testing::TestWithParam<Row> {};

TEST_P(CreateBody, HasTheMember) {
  const Row& row = GetParam();
  const json::value body = createBody(specOf(row.members));
  boost::system::error_code error;
  const json::value* found = body.find_pointer(row.pointer, error);
  ASSERT_NE(found, nullptr) << row.pointer << " of " << json::serialize(body);
  EXPECT_EQ(*found, json::parse(row.value)) << json::serialize(*found);
}

const Row kRows[] = {
    {"", "/name", R"("n")"},
    {"", "/image", R"("docker.io/library/nginx:1")"},
    {"", "/labels", R"({"io.holdfast.owner":"o"})"},
    {"", "/env", "{}"},
    {"", "/healthconfig", R"({"Test":["NONE"]})"},
    {"", "/stop_timeout", "10"},
    {"", "/restart_policy", R"("no")"},
    {"", "/log_configuration", R"({"driver":"k8s-file","size":10485760})"},
    {"", "/privileged", "false"},
    {R"("command":["a","b c"])", "/command", R"(["a","b c"])"},
    {R"("entrypoint":["/e"])", "/entrypoint", R"(["/e"])"},
    {R"("environment":{"A":"1","B":"x=y"})", "/env", R"({"A":"1","B":"x=y"})"},
    {R"("workingDir":"/w")", "/work_dir", R"("/w")"},
    {R"("user":"1000:1000")", "/user", R"("1000:1000")"},
    {R"("hostname":"h")", "/hostname", R"("h")"},
    {R"("domainname":"d")", "/sysctl", R"({"kernel.domainname":"d"})"},
    {R"("ports":[{"hostPort":8080,"containerPort":80,"protocol":"tcp"}])", "/portmappings",
     R"([{"container_port":80,"protocol":"tcp","host_port":8080}])"},
    {R"("ports":[{"containerPort":53,"protocol":"udp"}])", "/portmappings",
     R"([{"container_port":53,"protocol":"udp"}])"},
    {R"("ports":[{"hostIp":"127.0.0.1","hostPort":1,"containerPort":80,"protocol":"tcp"}])",
     "/portmappings",
     R"([{"container_port":80,"protocol":"tcp","host_port":1,"host_ip":"127.0.0.1"}])"},
    {R"("mounts":[{"type":"volume","source":"v","target":"/d"}])", "/volumes",
     R"([{"Name":"v","Dest":"/d","Options":[]}])"},
    {R"("mounts":[{"type":"volume","source":"v","target":"/d","readOnly":true}])", "/volumes",
     R"([{"Name":"v","Dest":"/d","Options":["ro"]}])"},
    {R"("mounts":[{"type":"bind","source":"/h","target":"/d","readOnly":true}])", "/mounts",
     R"([{"type":"bind","source":"/h","destination":"/d","options":["rbind","ro"]}])"},
    {R"("tmpfs":{"/t":"size=1m,mode=1777"})", "/mounts",
     R"([{"type":"tmpfs","destination":"/t","options":["size=1m","mode=1777"]}])"},
    {R"("tmpfs":{"/u":""})", "/mounts", R"([{"type":"tmpfs","destination":"/u","options":[]}])"},
    {R"("networks":[{"name":"a","aliases":["s"]},{"name":"b","aliases":["s"]}])", "/networks",
     R"({"a":{"aliases":["s"]},"b":{"aliases":["s"]}})"},
    {R"("networks":[{"name":"a","aliases":["s"]}])", "/netns", R"({"nsmode":"bridge"})"},
    {R"("networkMode":"host")", "/netns", R"({"nsmode":"host","value":""})"},
    {R"("networkMode":"container:x")", "/netns", R"({"nsmode":"container","value":"x"})"},
    {R"("networkMode":"pasta:-4")", "/network_options", R"({"pasta":["-4"]})"},
    {R"("networkMode":"backbone")", "/networks", R"({"backbone":{}})"},
    {R"("privileged":true)", "/privileged", "true"},
    {R"("readOnly":true)", "/read_only_filesystem", "true"},
    {R"("init":true)", "/init", "true"},
    {R"("capAdd":["NET_ADMIN"])", "/cap_add", R"(["NET_ADMIN"])"},
    {R"("capDrop":["ALL"])", "/cap_drop", R"(["ALL"])"},
    {R"("devices":[{"hostPath":"/dev/a","containerPath":"/dev/b","permissions":"rw"}])", "/devices",
     R"([{"path":"/dev/a:/dev/b:rw"}])"},
    {R"("devices":[{"hostPath":"/dev/a"}])", "/devices", R"([{"path":"/dev/a:/dev/a:rwm"}])"},
    {R"("extraHosts":{"db":"10.0.0.7"})", "/hostadd", R"(["db:10.0.0.7"])"},
    {R"("dns":["1.1.1.1","8.8.8.8"])", "/dns_server", R"(["1.1.1.1","8.8.8.8"])"},
    {R"("securityOpt":["no-new-privileges"])", "/no_new_privileges", "true"},
    {R"("securityOpt":["seccomp=unconfined"])", "/seccomp_profile_path", R"("unconfined")"},
    {R"("securityOpt":["apparmor=p"])", "/apparmor_profile", R"("p")"},
    {R"("securityOpt":["label=disable"])", "/selinux_opts", R"(["disable"])"},
    {R"("securityOpt":["mask=/a:/b"])", "/mask", R"(["/a","/b"])"},
    {R"("securityOpt":["unmask=ALL"])", "/unmask", R"(["ALL"])"},
    {R"("sysctls":{"net.core.somaxconn":"1024"})", "/sysctl", R"({"net.core.somaxconn":"1024"})"},
    {R"("ulimits":{"nofile":{"soft":1,"hard":-1}})", "/r_limits",
     R"([{"type":"nofile","soft":1,"hard":18446744073709551615}])"},
    {R"("stopSignal":"SIGINT")", "/stop_signal", "2"},
    {R"("stopGracePeriodSeconds":3)", "/stop_timeout", "3"},
    {R"("logging":{"driver":"journald","options":{"tag":"x"}})", "/log_configuration",
     R"({"driver":"journald","options":{"tag":"x"}})"},
    {R"("logging":{"driver":"json-file","options":{"max-size":"1m"}})", "/log_configuration",
     R"({"driver":"k8s-file","size":1048576})"},
    {R"("logging":{"driver":"k8s-file","options":{"path":"/l"}})", "/log_configuration",
     R"({"driver":"k8s-file","size":10485760,"path":"/l"})"},
    {R"("logging":{"driver":"none"})", "/log_configuration", R"({"driver":"none"})"},
    {R"("resources":{"nanoCpus":500000000})", "/resource_limits/cpu",
     R"({"period":100000,"quota":50000})"},
    {R"("resources":{"cpuShares":256})", "/resource_limits/cpu", R"({"shares":256})"},
    {R"("resources":{"memoryBytes":268435456})", "/resource_limits/memory",
     R"({"limit":268435456,"swap":268435456})"},
    {R"("resources":{"memoryReservationBytes":134217728})", "/resource_limits/memory",
     R"({"reservation":134217728})"},
};

INSTANTIATE_TEST_SUITE_P(Members, CreateBody, ::testing::ValuesIn(kRows));

TEST(CreateBodyDefaults, LeaveTheImagesAndTheEnginesOwnSettings) {
  const json::object body = createBody(specOf(""));
  for (const char* member : {"command", "entrypoint", "work_dir", "user", "hostname", "stop_signal",
                             "netns", "networks", "no_new_privileges", "seccomp_profile_path"}) {
    EXPECT_FALSE(body.contains(member)) << member;
  }
  EXPECT_EQ(json::serialize(body.at("resource_limits")), "{}");
}

}  // namespace
}  // namespace holdfast::podman
