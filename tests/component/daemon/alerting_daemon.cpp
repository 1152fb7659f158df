// SPDX-License-Identifier: Apache-2.0
#include "component/daemon/alerting_daemon.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>

#include <signal.h>

#include <algorithm>
#include <fstream>
#include <iostream>

namespace holdfast::test {

namespace json = boost::json;

AlertingDaemon::AlertingDaemon() {
  daemon_.install("memory_runtime", "memory");
  daemon_.install("scripted_notifier", "bell");
  daemon_.installFile(HOLDFAST_WEBHOOK_PLUGIN, "webhook");
}

void AlertingDaemon::TearDown() {
  if (HasFailure()) {
    std::cerr << "--- log of holdfastd ---\n" << daemon_.output();
  }
}

// What has failed once is not tried again, and what waits for a receiver soon is.
void AlertingDaemon::configure(const std::string& properties) {
  daemon_.configure(
      "device.name = pump 7\nruntime.memory.name = Memory\n"
      "retry.image.initial = 1h\nretry.image.max = 1h\n"
      "retry.notify.initial = 100ms\nretry.notify.max = 500ms\nretry.notify.jitter = 0\n" +
      properties);
}

void AlertingDaemon::start() {
  daemon_.startReady({"-Dplugins.load=memory", "-Druntime.default=memory"});
}

void AlertingDaemon::killAndStart() {
  daemon_.signal(SIGKILL);
  static_cast<void>(daemon_.wait());
  start();
}

std::vector<std::string> AlertingDaemon::servicesOf(const std::string& app, int count) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) {
    names.push_back(app + "-" + std::to_string(i));
  }
  return names;
}

void AlertingDaemon::want(const std::vector<std::string>& services) {
  json::object apps;
  for (const auto& name : services) {
    auto& app = apps[name.substr(0, name.find('-'))];
    if (app.is_null()) {
      app = json::object{{"services", json::array{}}};
    }
    app.at("services")
        .as_array()
        .push_back(json::object{{"serviceName", name}, {"image", "absent/" + name + ":1"}});
  }
  const auto answer =
      daemon_.request("PUT", "/v1/target", json::serialize(json::object{{"apps", apps}}));
  ASSERT_EQ(answer.status, 200) << json::serialize(answer.body);
}

std::size_t AlertingDaemon::firing() {
  const auto answer = daemon_.request("GET", "/v1/alerts");
  const auto& rows = answer.body.at("alerts").as_array();
  const auto fires = [](const json::value& row) {
    return row.at("state") == "firing" && row.as_object().contains("service");
  };
  return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), fires));
}

json::object AlertingDaemon::queueOf(const std::string& notifier) {
  const auto answer = daemon_.request("GET", "/v1/alerts");
  for (const auto& queue : answer.body.at("outbox").as_array()) {
    if (queue.at("notifier").as_string() == notifier) {
      return queue.as_object();
    }
  }
  return {};
}

std::vector<json::object> AlertingDaemon::toldTo(const std::string& file,
                                                 const std::string& state) {
  std::vector<json::object> alerts;
  std::ifstream lines(daemon_.path(file));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with('{')) {
      continue;
    }
    boost::system::error_code halfWritten;
    const auto content = json::parse(line, halfWritten);
    if (halfWritten) {
      continue;
    }
    for (const auto& alert : content.at("alerts").as_array()) {
      if (alert.at("state").as_string() == state) {
        alerts.push_back(alert.as_object());
      }
    }
  }
  return alerts;
}

std::vector<std::string> servicesIn(const std::vector<json::object>& alerts) {
  std::vector<std::string> services;
  for (const auto& alert : alerts) {
    if (const auto* service = alert.if_contains("service")) {
      services.push_back(json::value_to<std::string>(*service));
    }
  }
  std::sort(services.begin(), services.end());
  return services;
}

}  // namespace holdfast::test
