// SPDX-License-Identifier: Apache-2.0
// The real holdfastd with a directory of its own and a runtime that needs no engine.
#pragma once

#include "fixtures/plugins/temporary_directory.hpp"

#include <boost/json/value.hpp>

#include <sys/types.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::test {

// How a process ended.
struct Ending {
  int exitCode = -1;  // -1: by a signal, or not within the patience
  int signal = 0;
};

class DaemonProcess {
 public:
  DaemonProcess();
  ~DaemonProcess();  // kills what still runs
  DaemonProcess(const DaemonProcess&) = delete;
  DaemonProcess& operator=(const DaemonProcess&) = delete;

  // Before start().
  // Puts a fixture into the directory of plugins, besides scripted_runtime as "scripted".
  void install(const std::string& fixture, const std::string& as) const;
  // The same with the plugin that is this file.
  void installFile(const std::string& file, const std::string& as) const;

  void configure(const std::string& properties) const;  // replaces holdfast.properties
  void setEnvironment(const std::string& name, const std::string& value);

  // Starts with the options that put everything into the directory, and `arguments` behind them.
  void start(const std::vector<std::string>& arguments = {});
  // start() and the API answers.
  void startReady(const std::vector<std::string>& arguments = {});

  void signal(int number) const;
  // Blocks until the process started last ends; the patience is that of a failing test.
  Ending wait();
  [[nodiscard]] bool running();
  [[nodiscard]] pid_t pid() const { return pid_; }

  [[nodiscard]] std::string path(const std::string& name) const;
  [[nodiscard]] std::string socketPath() const { return path("s.sock"); }
  // What it wrote to stdout and stderr since the first start.
  [[nodiscard]] std::string output() const;
  // Blocks until the output contains `text`; false when it ends, or the patience, before that.
  bool says(const std::string& text);

  // One request over the socket.
  struct Answer {
    int status = 0;  // 0: none
    boost::json::value body;
    std::string text;  // the body as it came
  };
  [[nodiscard]] Answer request(const std::string& method, const std::string& uri,
                               const std::string& body = "") const;
  // Looks again until `condition` holds; false when the process ends, or the patience, before that.
  bool eventually(const std::function<bool()>& condition);
  // Asks again until the value at `pointer` of GET `uri` is `value`.
  bool becomes(const std::string& uri, const std::string& pointer, const boost::json::value& value);

 private:
  TemporaryDirectory directory_;
  std::map<std::string, std::string> environment_;
  pid_t pid_ = -1;
};

// A target with one service on the runtime "scripted".
[[nodiscard]] std::string targetWith(const std::string& image);

}  // namespace holdfast::test
