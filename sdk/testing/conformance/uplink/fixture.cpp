// SPDX-License-Identifier: Apache-2.0
#include "conformance/uplink/fixture.hpp"

#include "conformance/uplink/gunzip.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace holdfast::conformance {
namespace {

namespace json = boost::json;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int kMaxSteps = 4;
constexpr std::size_t kLeastSecret = 8;  // shorter values are words, not keys

std::unique_ptr<Cloud> theCloud;
std::string secretContent;

class TargetCollector final : public sdk::TargetSink {
 public:
  explicit TargetCollector(Fetched& fetched) : fetched_(fetched) {}
  void target(std::string_view document, std::string_view etag) noexcept override {
    ++fetched_.times;
    fetched_.document = document;
    fetched_.etag = etag;
  }

 private:
  Fetched& fetched_;
};

class FactCollector final : public sdk::FactSink {
 public:
  void fact(std::string_view name, std::string_view value) noexcept override {
    facts.emplace_back(name, value);
  }
  Facts facts;
};

json::object failingService(int number) {
  const std::string name = "service-" + std::to_string(number);
  return {{"appId", 1001},
          {"appName", "conformance"},
          {"serviceId", number},
          {"serviceName", name},
          {"imageName", "registry.example.org/" + name + ":1"},
          {"state", "running"},
          {"serviceStatus", "error"},
          {"reason", "ImagePullBackOff"},
          {"error",
           {{"type", "ImagePullBackOff"},
            {"reason", "ImagePullBackOff"},
            {"message", "cause-" + std::to_string(number) + "-of-the-report"},
            {"class", "not_found"},
            {"timestamp", "2025-10-24T10:15:30.000Z"},
            {"retryCount", 3},
            {"maxRetries", 10},
            {"nextRetry", "2025-10-24T10:16:10.000Z"},
            {"exhausted", false},
            {"since", "2025-10-24T10:15:00.000Z"}}},
          {"spec", {{"image", "registry.example.org/" + name + ":1"}}}};
}

}  // namespace

void prepareCloud(Kit& run) {
  run.setPlaceholder("secret", kSecret);
  run.setPlaceholder("issuedKey", kIssuedKey);
  run.setPlaceholder("uuid", kUuid);
  const Fact secret = run.fact("secret");
  // The fallback is no part of the options, and has its placeholder still.
  secretContent = secret.value == "@secret@" ? kSecret : secret.value.value_or("");
  const std::filesystem::path file = run.directory() / "secret";
  std::ofstream(file) << secretContent;
  std::filesystem::permissions(file, std::filesystem::perms::owner_read);
  run.setPlaceholder("secretFile", file);
  theCloud = std::make_unique<Cloud>(run);
  run.setPlaceholder("cloudAddress", theCloud->address());
  run.setPlaceholder("cloudUrl", "http://" + theCloud->address());
}

std::string reportOf(int services) {
  json::array list;
  json::array transitions;
  for (int number = 0; number < services; ++number) {
    list.push_back(failingService(number));
    transitions.push_back({{"seq", number + 1},
                           {"at", "2025-10-24T10:15:00.000Z"},
                           {"type", "error"},
                           {"appId", 1001},
                           {"appName", "conformance"},
                           {"serviceId", number},
                           {"serviceName", "service-" + std::to_string(number)},
                           {"errorType", "ErrImagePull"},
                           {"message", "cause-" + std::to_string(number) + "-of-the-report"},
                           {"retryCount", 1}});
  }
  return json::serialize(json::object{{"sequence", 412},
                                      {"timestamp", "2025-10-24T10:16:02.114Z"},
                                      {"device",
                                       {{"uuid", kUuid},
                                        {"name", "conformance"},
                                        {"agentVersion", "0.1.0"},
                                        {"osVersion", "Debian GNU/Linux 12 (bookworm)"},
                                        {"architecture", "amd64"},
                                        {"uptimeSeconds", 86400}}},
                                      {"target",
                                       {{"version", "17"},
                                        {"revision", 5},
                                        {"source", "cloud"},
                                        {"acceptedAt", "2025-10-24T10:14:59.000Z"},
                                        {"config", json::object()}}},
                                      {"services", std::move(list)},
                                      {"transitions", std::move(transitions)},
                                      {"truncated", 0}});
}

std::vector<Refusal> refusals() {
  return {
      {{"500 Internal Server Error", {}, "oops"}, {ErrorClass::Transient, ErrorClass::Unavailable}},
      {{"503 Service Unavailable", {}, {}}, {ErrorClass::Transient, ErrorClass::Unavailable}},
      {{"429 Too Many Requests", "Retry-After: 7\r\n", {}}, {ErrorClass::RateLimited}},
      {{"401 Unauthorized", {}, {}}, {ErrorClass::Denied}},
      {{"403 Forbidden", {}, {}}, {ErrorClass::Denied}},
  };
}

void UplinkTest::SetUp() {
  cloud().reset();
  forgetDevice();
  instance_ = begin();
  ASSERT_TRUE(instance_->created());
  enrolFully(*instance_);
  ASSERT_EQ(instance_->uplink().enrolment(), sdk::EnrolmentStep::None)
      << "the device cannot be enrolled";
}

void UplinkTest::TearDown() {
  EXPECT_THAT(cloud().strays(), IsEmpty()) << "requests that the options file does not know";
}

void UplinkTest::renew() {
  instance_.reset();
  UplinkTest::SetUp();
}

void UplinkTest::forgetDevice() {
  std::filesystem::remove_all(stateDirectory());
}

std::unique_ptr<Instance> UplinkTest::begin(const OptionValues& changed) {
  auto instance = std::make_unique<Instance>(changed);
  EXPECT_TRUE(instance->created()) << instance->reason();
  if (instance->created()) {
    EXPECT_EQ(instance->start(), ErrorClass::Ok);
  }
  return instance;
}

Steps UplinkTest::enrolFully(const Instance& instance) {
  Steps steps;
  for (int step = 0; step < kMaxSteps; ++step) {
    const sdk::EnrolmentStep next = instance.uplink().enrolment();
    if (next == sdk::EnrolmentStep::None) {
      break;
    }
    steps.push_back(next);
    DeadlineCall call(kLongMs);
    EXPECT_EQ(enrol(instance, call), ErrorClass::Ok) << "step " << static_cast<int>(next);
  }
  return steps;
}

Outcome UplinkTest::enrol(const Instance& instance, DeadlineCall& call) {
  Arguments arguments;
  sdk::DeviceInfo device;
  device.uuid = arguments.text(kUuid);
  device.name = arguments.text("conformance");
  device.macAddress = arguments.text("02:42:ac:11:00:02");
  device.osVersion = arguments.text("Debian GNU/Linux 12 (bookworm)");
  device.architecture = arguments.text("amd64");
  device.agentVersion = arguments.text("0.1.0");
  return perform(call, "enrol",
                 [&] { return instance.uplink().enrol(arguments.value(device), call); });
}

Outcome UplinkTest::fetch(const Instance& instance, DeadlineCall& call, const std::string& etag,
                          Fetched& fetched) {
  Arguments arguments;
  sdk::FetchRequest request;
  request.etag = arguments.text(etag);
  TargetCollector sink(fetched);
  return perform(call, "fetchTarget", [&] {
    return instance.uplink().fetchTarget(arguments.value(request), sink, call);
  });
}

Outcome UplinkTest::report(const Instance& instance, DeadlineCall& call,
                           const std::string& content) {
  Arguments arguments;
  sdk::Report report;
  report.sequence = 412;
  report.contentJson = arguments.text(content);
  return perform(call, "deliverReport",
                 [&] { return instance.uplink().deliverReport(arguments.value(report), call); });
}

Outcome UplinkTest::log(const Instance& instance, DeadlineCall& call,
                        const std::vector<LogLine>& lines) {
  Arguments arguments;
  std::vector<sdk::ServiceLogLine> views;
  std::int64_t timestampMs = 1'761'300'962'114;
  for (const LogLine& line : lines) {
    sdk::ServiceLogLine view;
    view.timestampMs = timestampMs++;
    view.appId = arguments.text("1001");
    view.service = arguments.text(line.service);
    view.text = arguments.text(line.text);
    view.isStderr = line.isStderr ? 1 : 0;
    views.push_back(view);
  }
  const auto handed = arguments.values(views);
  return perform(call, "deliverLogs", [&] { return instance.uplink().deliverLogs(handed, call); });
}

Outcome UplinkTest::health(const Instance& instance, DeadlineCall& call) {
  return perform(call, "health", [&] { return instance.plugin().health(call); });
}

Facts UplinkTest::facts(const Instance& instance) {
  FactCollector sink;
  instance.uplink().facts(sink);
  return sink.facts;
}

Outcome UplinkTest::fetch(const std::string& etag, Fetched& fetched) const {
  DeadlineCall call(kLongMs);
  return fetch(*instance_, call, etag, fetched);
}

Outcome UplinkTest::report(const std::string& content) const {
  DeadlineCall call(kLongMs);
  return report(*instance_, call, content);
}

Outcome UplinkTest::log(const std::vector<LogLine>& lines) const {
  DeadlineCall call(kLongMs);
  return log(*instance_, call, lines);
}

void UplinkTest::expectRefused(const Outcome& outcome, const Refusal& refusal) {
  EXPECT_THAT(refusal.classes, Contains(outcome.code)) << refusal.answer.status;
  EXPECT_THAT(outcome.message, Not(IsEmpty())) << refusal.answer.status;
  if (outcome == ErrorClass::RateLimited) {
    EXPECT_GE(outcome.retryAfterMs, 6'000) << "Retry-After: 7";
    EXPECT_LE(outcome.retryAfterMs, 7'000) << "Retry-After: 7";
  }
}

std::vector<std::string> UplinkTest::secrets() {
  std::vector<std::string> found{kSecret, kIssuedKey};
  if (!secretContent.empty()) {
    found.push_back(secretContent);
  }
  for (const Ask ask : {Ask::Register, Ask::Exchange, Ask::Fetch, Ask::Report, Ask::Logs}) {
    for (const ReceivedRequest& request : cloud().requests(ask)) {
      std::istringstream lines(request.head);
      for (std::string line; std::getline(lines, line);) {
        std::string name = line.substr(0, std::min(line.find(':'), line.size()));
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        const bool forKeys = name.ends_with("authorization") || name.ends_with("key") ||
                             name.ends_with("token") || name == "cookie";
        const std::string value = request.header(name);
        const std::string key = value.substr(value.rfind(' ') + 1);
        if (forKeys && key.size() >= kLeastSecret) {
          found.push_back(key);
        }
      }
    }
  }
  return found;
}

Cloud& UplinkTest::cloud() {
  return *theCloud;
}

std::string contentOf(const ReceivedRequest& request) {
  if (request.header("content-encoding") != "gzip") {
    return request.body;
  }
  auto content = gunzip(request.body);
  EXPECT_TRUE(content.has_value()) << "Content-Encoding is gzip, the body is not";
  return content.value_or("");
}

}  // namespace holdfast::conformance
