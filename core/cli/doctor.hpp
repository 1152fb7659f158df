// SPDX-License-Identifier: Apache-2.0
// What `check` concludes from what the agent and the machine say: a verdict for each part, and what
// to do. Pure.
#pragma once

#include "model/time.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace holdfast::cli {

// Grow with gravity.
enum class Verdict { Ok, Warning, Failed };

struct Finding {
  std::string item;  // "engine docker"
  Verdict verdict = Verdict::Ok;
  std::string what;    // one line
  std::string advice;  // one line; empty where there is nothing to do
};

// Room in the file system of a path.
struct DiskRoom {
  std::string path;
  std::string holds;  // what is there, for people: "images of docker"
  std::uint64_t freeBytes = 0;
  std::uint64_t totalBytes = 0;
};

// Answers of the API, and what was read on the machine itself.
struct CheckInput {
  boost::json::value info;       // GET /v1/info
  boost::json::value plugins;    // GET /v1/plugins
  boost::json::value notifiers;  // GET /v1/notifiers
  boost::json::value services;   // GET /v1/services
  std::vector<DiskRoom> disks;
  model::WallTime now;  // the agent's clock
};

// In the order of the parts: configuration, target, engines, registries, clock, disk, plugins,
// notifiers, cloud. Each of them is told of, whole or not.
[[nodiscard]] std::vector<Finding> examine(const CheckInput& input);

// The gravest of all.
[[nodiscard]] Verdict verdictOf(const std::vector<Finding>& findings);

// A line for each finding, its advice below it.
[[nodiscard]] std::string checkText(const std::vector<Finding>& findings);
[[nodiscard]] boost::json::value checkJson(const std::vector<Finding>& findings);

}  // namespace holdfast::cli
