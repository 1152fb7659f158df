// SPDX-License-Identifier: Apache-2.0
// What the tests of an uplink plugin stand on: a device that is new to its cloud in each test, and
// the calls as the agent makes them.
#pragma once

#include "conformance/kit/arguments.hpp"
#include "conformance/kit/instance.hpp"
#include "conformance/uplink/cloud.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace holdfast::conformance {

// What stands behind @secret@, @issuedKey@ and @uuid@.
inline constexpr const char* kSecret = "c0nf0rmance-S3cret-Marker";
inline constexpr const char* kIssuedKey = "c0nf0rmance-1ssued-K3y-Marker";
inline constexpr const char* kUuid = "6f1c1c1e-7f0e-4b7e-a2f5-1f6a3f1f7c55";

inline constexpr std::int64_t kShortMs = 300;
inline constexpr std::int64_t kLongMs = 10'000;

// Makes the cloud of the run, and sets the placeholders that lead to it.
void prepareCloud(Kit& kit);

// What a fetch put into its sink.
struct Fetched {
  int times = 0;
  std::string document;
  std::string etag;
};

// A report as docs/report.md has it, with so many failing services. Their names are "service-0" and
// so on, and the messages of their errors "cause-0-of-the-report" and so on.
[[nodiscard]] std::string reportOf(int services);

// A line of a service's output by value.
struct LogLine {
  std::string service;
  std::string text;
  bool isStderr = false;
};

// An answer of the cloud, and the classes that fit it.
struct Refusal {
  Answer answer;
  std::vector<ErrorClass> classes;
};

// The refusals that mean the same in every call.
[[nodiscard]] std::vector<Refusal> refusals();

using Facts = std::vector<std::pair<std::string, std::string>>;
using Steps = std::vector<sdk::EnrolmentStep>;

class UplinkTest : public ::testing::Test {
 protected:
  // Creates and starts an instance on a fresh state directory, and enrols it with a good cloud.
  void SetUp() override;
  // Expects that the plugin asked for nothing that the facts do not know.
  void TearDown() override;

  // SetUp() once more, with the cloud's requests forgotten.
  void renew();
  // Empties the state directory: the next instance is a new device.
  static void forgetDevice();
  // Creates and starts one; a failure is one of the test.
  [[nodiscard]] static std::unique_ptr<Instance> begin(const OptionValues& changed = {});
  // Enrols until nothing is left to do, and returns the steps; gives up after a few.
  static Steps enrolFully(const Instance& instance);

  // One call each.
  [[nodiscard]] static Outcome enrol(const Instance& instance, DeadlineCall& call);
  [[nodiscard]] static Outcome fetch(const Instance& instance, DeadlineCall& call,
                                     const std::string& etag, Fetched& fetched);
  [[nodiscard]] static Outcome report(const Instance& instance, DeadlineCall& call,
                                      const std::string& content);
  [[nodiscard]] static Outcome log(const Instance& instance, DeadlineCall& call,
                                   const std::vector<LogLine>& lines);
  [[nodiscard]] static Outcome health(const Instance& instance, DeadlineCall& call);
  [[nodiscard]] static Facts facts(const Instance& instance);

  // The same on instance_, in good time.
  [[nodiscard]] Outcome fetch(const std::string& etag, Fetched& fetched) const;
  [[nodiscard]] Outcome report(const std::string& content) const;
  [[nodiscard]] Outcome log(const std::vector<LogLine>& lines) const;

  // Expects `outcome` to be of one of the classes, explained, and with the time of a Retry-After.
  static void expectRefused(const Outcome& outcome, const Refusal& refusal);

  // What must stay between the plugin and its cloud: keys of the kit, and what requests carried in
  // headers that are made for keys.
  [[nodiscard]] static std::vector<std::string> secrets();

  [[nodiscard]] static Cloud& cloud();

  std::unique_ptr<Instance> instance_;
};

// The body of a request as its cloud reads it: inflated where it says gzip. A body that is no gzip
// then is a failure of the test.
[[nodiscard]] std::string contentOf(const ReceivedRequest& request);

}  // namespace holdfast::conformance
