// SPDX-License-Identifier: Apache-2.0
#include "probes/place.hpp"

#include <gtest/gtest.h>

namespace holdfast::probes {
namespace {

using engine::ProbeTask;

model::Probe httpProbe(const std::string& path = "/health") {
  model::Probe probe;
  probe.path = path;
  probe.port = 8080;
  return probe;
}

ProbeTask bridged() {
  ProbeTask task;
  task.addresses = {{"app_front", "172.18.0.2"}};
  task.ports = {{"127.0.0.1", 18080, 8080, model::Protocol::Tcp}};
  return task;
}

TEST(Place, IsTheContainersOwnAddress) {
  const Place place = placeOf(bridged(), 8080);
  EXPECT_EQ(place.host, "172.18.0.2");
  EXPECT_EQ(place.port, 8080);
  EXPECT_EQ(whereText(httpProbe(), place),
            "http://172.18.0.2:8080/health (address of the container)");
}

TEST(Place, PrefersIpv4AndTheFirstNetwork) {
  ProbeTask task;
  task.addresses = {{"a", ""}, {"b", "fd00::2"}, {"c", "172.18.0.2"}, {"d", "172.19.0.2"}};
  EXPECT_EQ(placeOf(task, 1).host, "172.18.0.2");
  task.addresses = {{"b", "fd00::2"}};
  EXPECT_EQ(placeOf(task, 1).host, "[fd00::2]");
}

TEST(Place, IsLoopbackOnTheHostsNetwork) {
  ProbeTask task;
  task.hostNetwork = true;
  const Place place = placeOf(task, 9090);
  EXPECT_EQ(whereText(httpProbe("/"), place), "http://127.0.0.1:9090/ (host network)");
}

TEST(Place, IsThePublishedPortWhereTheNetworksOfTheEngineAreNotTheMachines) {
  ProbeTask task = bridged();
  task.rootless = true;
  const Place place = placeOf(task, 8080);
  EXPECT_EQ(whereText(httpProbe(), place), "http://127.0.0.1:18080/health (published port)");
}

TEST(Place, IsThePublishedPortOfAContainerWithoutAddress) {
  ProbeTask task = bridged();
  task.addresses.clear();
  EXPECT_EQ(placeOf(task, 8080).port, 18080);
}

TEST(Place, KnowsWhereAPortIsPublished) {
  ProbeTask task;
  const auto host = [&task](const std::string& ip) {
    task.ports = {{ip, 1, 8080, model::Protocol::Tcp}};
    return placeOf(task, 8080).host;
  };
  EXPECT_EQ(host(""), "127.0.0.1");
  EXPECT_EQ(host("0.0.0.0"), "127.0.0.1");
  EXPECT_EQ(host("::"), "[::1]");
  EXPECT_EQ(host("192.0.2.7"), "192.0.2.7");
}

TEST(Place, SaysWhyThereIsNoWay) {
  ProbeTask task = bridged();
  task.rootless = true;
  task.ports = {{"", 0, 8080, model::Protocol::Tcp}, {"", 18080, 8080, model::Protocol::Udp}};
  const Place place = placeOf(task, 8080);
  EXPECT_EQ(place.problem,
            "the networks of this engine cannot be reached from here, and port 8080 is not "
            "published to a port that is known; publish it or use an exec probe");
  EXPECT_EQ(whereText(httpProbe(), place), "");
}

TEST(Place, ShowsNoQueryAndEncodesWhatNoUrlMayHold) {
  const Place place = placeOf(bridged(), 8080);
  const auto probe = httpProbe("/a b/\xc3\xa4?token=secret");
  EXPECT_EQ(urlOf(probe, place), "http://172.18.0.2:8080/a%20b/%C3%A4?token=secret");
  EXPECT_EQ(whereText(probe, place),
            "http://172.18.0.2:8080/a%20b/%C3%A4 (address of the container)");
}

TEST(Place, NamesTcpAndExecProbesToo) {
  model::Probe probe = httpProbe();
  probe.type = model::Probe::Type::Tcp;
  EXPECT_EQ(whereText(probe, placeOf(bridged(), 8080)),
            "tcp 172.18.0.2:8080 (address of the container)");
  probe.type = model::Probe::Type::Exec;
  EXPECT_EQ(whereText(probe, {}), "exec");
}

}  // namespace
}  // namespace holdfast::probes
