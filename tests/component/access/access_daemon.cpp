// SPDX-License-Identifier: Apache-2.0
#include "component/access/access_daemon.hpp"

#include "fixtures/net/loopback.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>

namespace holdfast::test {

AccessTest::AccessTest() : port_(fixtures::freePort()) {
  writeTokens("read:grafana:" + kReadToken + "\noperate:desk:" + kOperateToken + "\n");
}

void AccessTest::start(int connections, int followers) {
  daemon_.startReady({"-Dapi.listen=127.0.0.1:" + std::to_string(port_),
                      "-Dapi.tokenFile=" + daemon_.path("tokens"), "-Dapi.requestTimeout=2s",
                      "-Dtarget.file=" + daemon_.path("target.json"), "-Ddevice.name=edge-7",
                      "-Dapi.maxConnections=" + std::to_string(connections),
                      "-Dapi.maxFollowers=" + std::to_string(followers)});
}

// Renamed over the old one, as editors and configuration management do it.
void AccessTest::writeTokens(const std::string& lines, unsigned mode) const {
  const auto fresh = daemon_.path("tokens.new");
  std::ofstream(fresh) << lines;
  ::chmod(fresh.c_str(), mode);
  std::filesystem::rename(fresh, daemon_.path("tokens"));
}

void AccessTest::writeTarget(const std::string& text) const {
  const auto fresh = daemon_.path("target.new");
  std::ofstream(fresh) << text;
  std::filesystem::rename(fresh, daemon_.path("target.json"));
}

std::string AccessTest::text(const std::string& method, const std::string& path, Headers headers,
                             const std::string& body) const {
  headers.emplace("Host", "localhost:" + std::to_string(port_));
  if (!body.empty()) {
    headers.emplace("Content-Length", std::to_string(body.size()));
  }
  std::string request = method + " " + path + " HTTP/1.1\r\n";
  for (const auto& [name, value] : headers) {
    request += name + ": " + value + "\r\n";
  }
  return request + "Connection: close\r\n\r\n" + body;
}

std::string AccessTest::exchange(const std::string& request, const std::string& from) const {
  fixtures::TcpClient client(port_, from);
  client.send(request);
  return client.receive();
}

int AccessTest::status(const std::string& request, const std::string& from) const {
  return fixtures::statusOf(exchange(request, from));
}

std::chrono::milliseconds AccessTest::slowestOnTheSocket() const {
  using Steady = std::chrono::steady_clock;
  Steady::duration slowest{0};
  for (int i = 0; i < 20; ++i) {
    const auto before = Steady::now();
    EXPECT_EQ(daemon_.request("GET", "/v1/services").status, 200);
    slowest = std::max(slowest, Steady::now() - before);
  }
  return std::chrono::duration_cast<std::chrono::milliseconds>(slowest);
}

}  // namespace holdfast::test
