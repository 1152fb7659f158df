// SPDX-License-Identifier: Apache-2.0
// The services as they change, for what is shown until something has happened.
#pragma once

#include "cli/context.hpp"

#include <boost/json/array.hpp>

#include <chrono>
#include <string>

namespace holdfast::cli {

class ServiceFeed {
 public:
  explicit ServiceFeed(Context& context) : context_(context) {}

  // Blocks until the services differ from those of the last call, for `patience` at most; the first
  // call answers at once. True when they differ. Changes that follow each other closely come as
  // one: ten a second are enough for the eye.
  bool next(std::chrono::seconds patience);

  [[nodiscard]] const boost::json::array& services() const { return services_; }
  // The agent's clock at the last answer.
  [[nodiscard]] model::WallTime at() const { return at_; }

 private:
  Context& context_;
  bool asked_ = false;
  std::string etag_;
  boost::json::array services_;
  model::WallTime at_;
};

}  // namespace holdfast::cli
