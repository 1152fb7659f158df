// SPDX-License-Identifier: Apache-2.0
#include "probes/handlers.hpp"

#include "holdfast/support/url.hpp"
#include "model/time.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>

namespace holdfast::probes {
namespace {

constexpr std::size_t kMaxBody = 10u * 1024;  // as the kubelet reads
constexpr int kMaxRedirects = 10;
constexpr int kFirstRedirect = 300;

// Ends what it holds with itself.
class NetFlight final : public Flight {
 public:
  NetFlight(support::AsyncHttp& client, support::AsyncHttp::Id id) : client_(client), id_(id) {}
  ~NetFlight() override { client_.cancel(id_); }
  NetFlight(const NetFlight&) = delete;
  NetFlight& operator=(const NetFlight&) = delete;

 private:
  support::AsyncHttp& client_;
  const support::AsyncHttp::Id id_;
};

class ExecFlight final : public Flight {
 public:
  explicit ExecFlight(std::unique_ptr<engine::RunningCall> call) : call_(std::move(call)) {}

 private:
  std::unique_ptr<engine::RunningCall> call_;  // cancelled by its destructor
};

// Nothing is on its way: the answer is there.
class NoFlight final : public Flight {};

bool sameName(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](unsigned char one, unsigned char other) {
                      return std::tolower(one) == std::tolower(other);
                    });
}

bool has(const model::Probe& probe, std::string_view name) {
  return std::any_of(probe.headers.begin(), probe.headers.end(),
                     [name](const auto& header) { return sameName(header.first, name); });
}

// A header of the target's with an empty value leaves the header out, as for the kubelet.
std::vector<std::string> headersOf(const model::Probe& probe, const std::string& userAgent) {
  std::vector<std::string> lines;
  for (const auto& [name, value] : probe.headers)
    lines.push_back(name + ":" + (value.empty() ? "" : " " + value));
  if (!has(probe, "User-Agent"))
    lines.push_back("User-Agent: " + userAgent);
  return lines;
}

// Whoever expects redirects alone has asked for the redirect itself.
bool expectsRedirect(const model::Probe& probe) {
  return probe.expectedStatusMin >= kFirstRedirect;
}

Attempt failure(std::string text) {
  return {Attempt::Kind::Failure, std::move(text), {}};
}
Attempt error(std::string text) {
  return {Attempt::Kind::Error, std::move(text), {}};
}

// Where to, without path, query and user: they may hold a secret.
std::string redirectWarning(const std::string& location) {
  support::HttpUrl parts;
  std::string problem;
  const bool known = support::parseUrl(location, parts, problem);
  return "the redirect to another host was not followed" + (known ? ": " + parts.baseUrl : "");
}

std::string afterTimeout(const model::Probe& probe) {
  return "timed out after " + model::formatDuration(probe.timeout);
}

}  // namespace

Attempt judgeHttp(const model::Probe& probe, const support::AsyncResult& result) {
  // Whatever keeps an answer from coming is a failure; that includes an answer that stops halfway.
  if (result.error == support::HttpError::Timeout)
    return failure("HTTP probe " + afterTimeout(probe));
  if (!result.ok())
    return failure("HTTP probe failed: " + result.errorText);
  if (result.status < probe.expectedStatusMin || result.status > probe.expectedStatusMax)
    return failure("HTTP probe failed with statuscode: " + std::to_string(result.status));
  Attempt attempt{Attempt::Kind::Success, "HTTP status " + std::to_string(result.status), {}};
  if (!result.elsewhere.empty())
    attempt.warning = redirectWarning(result.elsewhere);
  return attempt;
}

Attempt judgeTcp(const support::AsyncResult& result) {
  return result.ok() ? Attempt{Attempt::Kind::Success, "connected", {}}
                     : failure("TCP probe failed: " + result.errorText);
}

Attempt judgeExec(const model::Probe& probe, const engine::CallResult& result,
                  const engine::ExecEnd& end) {
  if (!result.ok())
    return error(result.message);
  const std::string output = end.output.empty() ? "" : ": " + end.output;
  if (end.timedOut)
    return failure("command " + afterTimeout(probe) + output);
  if (end.exitCode != 0)
    return failure("command ended with exit code " + std::to_string(end.exitCode) + output);
  return {Attempt::Kind::Success, end.output, {}};
}

RealHandlers::RealHandlers(std::string version, const std::vector<engine::RuntimePort*>& runtimes)
    : userAgent_("holdfast-probe/" + std::move(version)) {
  for (auto* runtime : runtimes)
    runtimes_.emplace(runtime->name(), runtime);
}

std::unique_ptr<Flight> RealHandlers::begin(const engine::ProbeTask& task,
                                            const model::Probe& probe, const Place& place,
                                            std::function<void(Attempt)> done) {
  if (probe.type == model::Probe::Type::Exec)
    return run(task, probe, std::move(done));
  if (place.problem.empty())
    return ask(probe, place, std::move(done));
  done(error(place.problem));
  return std::make_unique<NoFlight>();
}

std::unique_ptr<Flight> RealHandlers::ask(const model::Probe& probe, const Place& place,
                                          std::function<void(Attempt)> done) {
  const bool tcp = probe.type == model::Probe::Type::Tcp;
  support::AsyncRequest request;
  request.timeoutMs = model::Milliseconds(probe.timeout).count();
  request.maxBodyBytes = kMaxBody;
  if (tcp) {
    request.url = "http://" + place.host + ":" + std::to_string(place.port);
    request.connectOnly = true;
  } else {
    request.url = urlOf(probe, place);
    request.headers = headersOf(probe, userAgent_);
    request.maxRedirects = expectsRedirect(probe) ? 0 : kMaxRedirects;
  }
  const auto id = client_.start(
      std::move(request), [probe, tcp, done = std::move(done)](const support::AsyncResult& result) {
        done(tcp ? judgeTcp(result) : judgeHttp(probe, result));
      });
  return std::make_unique<NetFlight>(client_, id);
}

std::unique_ptr<Flight> RealHandlers::run(const engine::ProbeTask& task, const model::Probe& probe,
                                          std::function<void(Attempt)> done) {
  const auto runtime = runtimes_.find(task.runtime);
  if (runtime == runtimes_.end()) {
    done(error("the runtime " + task.runtime + " is not loaded"));
    return std::make_unique<NoFlight>();
  }
  return std::make_unique<ExecFlight>(
      runtime->second->exec({task.containerId, probe.command, probe.timeout},
                            [probe, done = std::move(done)](const engine::CallResult& result,
                                                            const engine::ExecEnd& end) {
                              done(judgeExec(probe, result, end));
                            }));
}

}  // namespace holdfast::probes
