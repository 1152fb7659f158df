// SPDX-License-Identifier: Apache-2.0
// A holdfastd whose engine lives in its memory, and services that fail there: alerts as many and as
// quickly as a test wants them.
#pragma once

#include "component/daemon/daemon_process.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace holdfast::test {

class AlertingDaemon : public testing::Test {
 protected:
  // With the plugins webhook and, as a receiver that writes to a file, bell.
  AlertingDaemon();

  // Shows the daemon's log when the test has failed.
  void TearDown() override;

  // The properties below, and the test's own.
  void configure(const std::string& properties);
  void start();
  // SIGKILL, and start() again.
  void killAndStart();

  // Makes these services, "<app>-<number>" in app <app>, the whole target. Each fails at once and
  // for good, since its image does not exist.
  void want(const std::vector<std::string>& services);
  // "a-0", "a-1" and so on.
  static std::vector<std::string> servicesOf(const std::string& app, int count);

  // How many services have an alert that fires, as the API has it.
  std::size_t firing();
  // What the API says of the receiver's queue.
  boost::json::object queueOf(const std::string& notifier);

  // The alerts in all that bell wrote to the file, that are in this state.
  std::vector<boost::json::object> toldTo(const std::string& file, const std::string& state);

  DaemonProcess daemon_;

 private:
  std::vector<std::string> arguments_;
};

// The services that these alerts are about, sorted.
std::vector<std::string> servicesIn(const std::vector<boost::json::object>& alerts);

}  // namespace holdfast::test
