// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/uplink_adapter.hpp"

#include "pluginhost/broken_contract.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace holdfast::pluginhost {
namespace {

bool isControl(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '\x7f';
}

// What one fetch brought, checked as it comes. Lives as long as somebody may ask for it.
struct Fetched {
  std::optional<uplink::FetchedTarget> target;
  std::string problem;  // how the plugin broke the contract; empty: it did not

  void take(std::string_view document, std::string_view etag) {
    if (target) {
      problem = "fetchTarget handed over two targets in one call";
    } else if (document.size() > kMaxTargetDocument) {
      problem = "fetchTarget handed over a document of " + std::to_string(document.size()) +
                " bytes, which is more than 8 MiB";
    } else if (etag.size() > kMaxEtag) {
      problem = "fetchTarget handed over an etag of " + std::to_string(etag.size()) +
                " bytes, which is more than 1 KiB";
    } else if (std::any_of(etag.begin(), etag.end(), isControl)) {
      problem = "fetchTarget handed over an etag with control characters";
    } else {
      target.emplace(uplink::FetchedTarget{std::string(document), std::string(etag)});
    }
  }
};

// Takes in what comes while the call is open.
class TargetReceiver final : public sdk::TargetSink {
 public:
  TargetReceiver(HostCall& call, Fetched& fetched) : call_(call), fetched_(fetched) {}
  virtual ~TargetReceiver() = default;

  void target(std::string_view document, std::string_view etag) noexcept override {
    try {
      call_.deliver([&] { fetched_.take(document, etag); });
    } catch (...) {
      outOfMemory_ = true;
    }
  }

  // Why what came must not be used; empty when all was well.
  [[nodiscard]] std::string problem() const {
    return outOfMemory_ ? "there was no memory for the target" : fetched_.problem;
  }

 private:
  HostCall& call_;
  Fetched& fetched_;
  bool outOfMemory_ = false;
};

sdk::DeviceInfo viewOf(const uplink::Device& device) {
  sdk::DeviceInfo view;
  view.uuid = device.uuid;
  view.name = device.name;
  view.macAddress = device.macAddress;
  view.osVersion = device.osVersion;
  view.architecture = device.architecture;
  view.agentVersion = device.agentVersion;
  return view;
}

std::vector<sdk::ServiceLogLine> viewsOf(const std::vector<uplink::LogLine>& lines) {
  std::vector<sdk::ServiceLogLine> views;
  views.reserve(lines.size());
  for (const auto& line : lines) {
    sdk::ServiceLogLine view;
    view.timestampMs = line.at.time_since_epoch().count();
    view.appId = line.appId;
    view.service = line.service;
    view.text = line.text;
    view.isStderr = line.isStderr ? 1 : 0;
    views.push_back(view);
  }
  return views;
}

}  // namespace

UplinkAdapter::UplinkAdapter(std::string name, sdk::UplinkPlugin& plugin, Supervisor& supervisor,
                             std::shared_ptr<UplinkWords> words, UplinkDeadlines deadlines)
    : name_(std::move(name)),
      plugin_(plugin),
      supervisor_(supervisor),
      words_(std::move(words)),
      deadlines_(deadlines) {}

// Asks what the plugin has to say of itself in the same thread, deadline and containment as the
// call: what it learned is known when `done` comes.
void UplinkAdapter::submit(CallSpec spec, Attempt attempt, const Supervisor::Done& done) {
  supervisor_.submit(
      std::move(spec),
      [&plugin = plugin_, words = words_, attempt = std::move(attempt)](HostCall& call) {
        const sdk::Status status = attempt(call);
        const std::string problem = words->ask(plugin);
        return problem.empty() ? status : broken(call, problem);
      },
      done);
}

void UplinkAdapter::enrol(uplink::Device device, std::function<void(engine::CallResult)> done) {
  submit(
      {"enrol", deadlines_.enrol},
      [&plugin = plugin_, device = std::move(device)](HostCall& call) {
        return plugin.enrol(viewOf(device), call);
      },
      done);
}

void UplinkAdapter::fetchTarget(
    std::string etag,
    std::function<void(engine::CallResult, std::optional<uplink::FetchedTarget>)> done) {
  auto fetched = std::make_shared<Fetched>();
  submit(
      {"fetchTarget", deadlines_.fetchTarget},
      [&plugin = plugin_, etag = std::move(etag), fetched](HostCall& call) {
        TargetReceiver sink(call, *fetched);
        sdk::FetchRequest request;
        request.etag = etag;
        const sdk::Status status = plugin.fetchTarget(request, sink, call);
        const std::string problem = status.ok() ? sink.problem() : std::string();
        return problem.empty() ? status : broken(call, problem);
      },
      [fetched, done = std::move(done)](engine::CallResult result) {
        // Of a call that failed the plugin's thread may still be in there.
        std::optional<uplink::FetchedTarget> target;
        if (result.ok()) {
          target = std::move(fetched->target);
        }
        done(std::move(result), std::move(target));
      });
}

void UplinkAdapter::deliverReport(std::int64_t sequence, std::string contentJson,
                                  std::function<void(engine::CallResult)> done) {
  submit(
      {"deliverReport", deadlines_.deliverReport},
      [&plugin = plugin_, sequence, contentJson = std::move(contentJson)](HostCall& call) {
        sdk::Report report;
        report.sequence = sequence;
        report.contentJson = contentJson;
        return plugin.deliverReport(report, call);
      },
      done);
}

void UplinkAdapter::deliverLogs(std::vector<uplink::LogLine> lines,
                                std::function<void(engine::CallResult)> done) {
  submit(
      {"deliverLogs", deadlines_.deliverLogs},
      [&plugin = plugin_, lines = std::move(lines)](HostCall& call) {
        return plugin.deliverLogs(viewsOf(lines), call);
      },
      done);
}

}  // namespace holdfast::pluginhost
