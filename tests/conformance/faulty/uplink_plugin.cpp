// SPDX-License-Identifier: Apache-2.0
// Uplinks that break one rule each; the option `fault` says which one it is. Which test of the
// conformance kit has to notice is in CMakeLists.txt.
#include "conformance/faulty/time_left.hpp"
#include "conformance/plain_uplink/plain_uplink.hpp"

#include <fcntl.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace holdfast::faulty {
namespace {

using plain::PlainUplink;
using sdk::Call;
using sdk::EnrolmentStep;
using sdk::ErrorClass;
using sdk::Status;
using support::HttpError;
using support::HttpRequest;
using support::HttpResponse;
using support::HttpResult;

// ---- enrolment ----------------------------------------------------------------------------------

class ExchangesBeforeItRegisters : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;
  [[nodiscard]] EnrolmentStep enrolment() const noexcept override {
    switch (PlainUplink::enrolment()) {
      case EnrolmentStep::Register:
        return EnrolmentStep::ExchangeKey;
      case EnrolmentStep::ExchangeKey:
        return EnrolmentStep::Register;
      default:
        return EnrolmentStep::None;
    }
  }
  Status enrol(const sdk::DeviceInfo& info, Call& call) override {
    return PlainUplink::enrolment() == EnrolmentStep::Register ? registerDevice(info.uuid, call)
                                                               : exchangeKey(call);
  }
};

class ForgetsItsDevice : public PlainUplink {
 public:
  explicit ForgetsItsDevice(sdk::Host& host) : PlainUplink(forgetting(host)) {}

 private:
  static sdk::Host& forgetting(sdk::Host& host) {
    std::filesystem::remove(std::filesystem::path(host.stateDirectory()) / "device");
    return host;
  }
};

class RegistersAgain : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;
  Status enrol(const sdk::DeviceInfo& info, Call& call) override {
    const Status status = PlainUplink::enrol(info, call);
    return status.code == ErrorClass::Transient ? PlainUplink::enrol(info, call) : status;
  }
};

class RegistersInAnyCase : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;
  Status enrol(const sdk::DeviceInfo& info, Call& call) override {
    const Status status = PlainUplink::enrol(info, call);
    return status.code == ErrorClass::Denied ? Status{ErrorClass::Transient} : status;
  }
};

class SharesItsFiles : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;

 protected:
  [[nodiscard]] mode_t fileMode() const override { return 0644; }
};

// ---- targets ------------------------------------------------------------------------------------

// Changes what a fetch of the good one brings.
class ChangingSink : public sdk::TargetSink {
 public:
  explicit ChangingSink(sdk::TargetSink& sink) : sink_(sink) {}
  virtual ~ChangingSink() = default;

 protected:
  sdk::TargetSink& sink_;
};

class BringsItTwice : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;
  Status fetchTarget(const sdk::FetchRequest& request, sdk::TargetSink& sink, Call& call) override {
    class Twice final : public ChangingSink {
     public:
      using ChangingSink::ChangingSink;
      void target(std::string_view document, std::string_view etag) noexcept override {
        sink_.target(document, etag);
        sink_.target(document, etag);
      }
    };
    Twice twice(sink);
    return PlainUplink::fetchTarget(request, twice, call);
  }
};

class UnquotesEtags : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;
  Status fetchTarget(const sdk::FetchRequest& request, sdk::TargetSink& sink, Call& call) override {
    class Unquoted final : public ChangingSink {
     public:
      using ChangingSink::ChangingSink;
      void target(std::string_view document, std::string_view etag) noexcept override {
        const bool quoted = etag.size() > 1 && etag.front() == '"' && etag.back() == '"';
        sink_.target(document, quoted ? etag.substr(1, etag.size() - 2) : etag);
      }
    };
    Unquoted unquoted(sink);
    return PlainUplink::fetchTarget(request, unquoted, call);
  }
};

class QuotesEtags : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;
  Status fetchTarget(const sdk::FetchRequest& request, sdk::TargetSink& sink, Call& call) override {
    const std::string quoted =
        request.etag.empty() ? std::string() : "\"" + std::string(request.etag) + "\"";
    sdk::FetchRequest changed = request;
    changed.etag = quoted;
    return PlainUplink::fetchTarget(changed, sink, call);
  }
};

class RemembersEtags : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;
  Status fetchTarget(const sdk::FetchRequest& request, sdk::TargetSink& sink, Call& call) override {
    if (!request.etag.empty()) {
      last_ = request.etag;
    }
    sdk::FetchRequest changed = request;
    changed.etag = last_;
    return PlainUplink::fetchTarget(changed, sink, call);
  }

 private:
  std::string last_;
};

class RepeatsWhatIsUnchanged : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;
  Status fetchTarget(const sdk::FetchRequest& request, sdk::TargetSink& sink, Call& call) override {
    HttpResponse response;
    const Status status = ask(targetRequest(request.etag), call, response);
    if (status.ok()) {
      handOver(response, sink);
    }
    return status;
  }
};

class FetchesAgain : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;
  Status fetchTarget(const sdk::FetchRequest& request, sdk::TargetSink& sink, Call& call) override {
    const Status status = PlainUplink::fetchTarget(request, sink, call);
    return status.code == ErrorClass::Transient ? PlainUplink::fetchTarget(request, sink, call)
                                                : status;
  }
};

class KnowsNoLimits : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;

 protected:
  [[nodiscard]] Status statusOf(const HttpResult& result) const override {
    const Status status = PlainUplink::statusOf(result);
    return status.code == ErrorClass::RateLimited ? Status{ErrorClass::Transient} : status;
  }
};

class TakesHalves : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;

 protected:
  [[nodiscard]] Status statusOf(const HttpResult& result) const override {
    return result.error == HttpError::Broken ? Status{} : PlainUplink::statusOf(result);
  }
};

class TakesMore : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;

 protected:
  [[nodiscard]] std::size_t maxAnswer() const override { return std::size_t{16} << 20; }
};

class ReadsToTheEnd : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;
  Status fetchTarget(const sdk::FetchRequest& request, sdk::TargetSink& sink, Call& call) override {
    HttpResponse response;
    const Status status = ask(targetRequest(request.etag), call, response);
    if (status.ok() && response.body.size() > PlainUplink::maxAnswer()) {
      call.explain("the target is larger than 8 MiB", {});
      return {ErrorClass::Transient};
    }
    if (status.ok() && response.status != 304) {
      handOver(response, sink);
    }
    return status;
  }

 protected:
  [[nodiscard]] std::size_t maxAnswer() const override { return std::size_t{1} << 30; }
};

class BringsEveryEtag : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;
  Status fetchTarget(const sdk::FetchRequest& request, sdk::TargetSink& sink, Call& call) override {
    HttpResponse response;
    const Status status = ask(targetRequest(request.etag), call, response);
    if (status.ok() && response.status != 304) {
      sink.target(response.body, response.header("etag"));
    }
    return status;
  }
};

// ---- reports and logs ---------------------------------------------------------------------------

class CutsReports : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;
  Status deliverReport(const sdk::Report& report, Call& call) override {
    constexpr std::size_t kRoom = 20'000;
    sdk::Report cut = report;
    cut.contentJson = report.contentJson.substr(0, kRoom);
    return PlainUplink::deliverReport(cut, call);
  }
};

class ReportsAgain : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;
  Status deliverReport(const sdk::Report& report, Call& call) override {
    const Status status = PlainUplink::deliverReport(report, call);
    return status.code == ErrorClass::Transient ? PlainUplink::deliverReport(report, call) : status;
  }
};

class RepeatsWhatIsOfNoUse : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;

 protected:
  [[nodiscard]] Status statusOf(const HttpResult& result) const override {
    const Status status = PlainUplink::statusOf(result);
    return status.code == ErrorClass::Rejected ? Status{ErrorClass::Transient} : status;
  }
};

class ReversesLogs : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;
  Status deliverLogs(std::span<const sdk::ServiceLogLine> lines, Call& call) override {
    const std::vector<sdk::ServiceLogLine> reversed(lines.rbegin(), lines.rend());
    return PlainUplink::deliverLogs(reversed, call);
  }
};

class LogsAgain : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;
  Status deliverLogs(std::span<const sdk::ServiceLogLine> lines, Call& call) override {
    const Status status = PlainUplink::deliverLogs(lines, call);
    return status.code == ErrorClass::Transient ? PlainUplink::deliverLogs(lines, call) : status;
  }
};

// ---- calls --------------------------------------------------------------------------------------

class IgnoresDeadlines : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;

 protected:
  Status ask(const HttpRequest& request, Call& call, HttpResponse& response) override {
    const Status status = PlainUplink::ask(request, call, response);
    if (!hasTimeLeft(call)) {
      std::this_thread::sleep_for(std::chrono::seconds(2));
    }
    return status;
  }
};

class IgnoresCancellation : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;

 protected:
  Status ask(const HttpRequest& request, Call& call, HttpResponse& response) override {
    const Status status = PlainUplink::ask(request, call, response);
    if (call.cancelled() && hasTimeLeft(call)) {
      std::this_thread::sleep_for(std::chrono::seconds(2));
    }
    return status;
  }
};

class NeedsNoCloud : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;

 protected:
  Status ask(const HttpRequest& request, Call& call, HttpResponse& response) override {
    const Status status = PlainUplink::ask(request, call, response);
    return status.code == ErrorClass::Unavailable && hasTimeLeft(call) ? Status{} : status;
  }
};

class AsksOneAtATime : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;

 protected:
  Status ask(const HttpRequest& request, Call& call, HttpResponse& response) override {
    const std::lock_guard lock(asking_);
    return PlainUplink::ask(request, call, response);
  }

 private:
  std::mutex asking_;
};

class Throws : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;
  Status deliverReport(const sdk::Report& report, Call& call) override {
    if (!report.contentJson.starts_with('{')) {
      throw std::out_of_range("no such member");
    }
    return PlainUplink::deliverReport(report, call);
  }
};

class LeavesThreads : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;
  Status deliverReport(const sdk::Report& report, Call& call) override {
    std::thread([] { std::this_thread::sleep_for(std::chrono::minutes(10)); }).detach();
    return PlainUplink::deliverReport(report, call);
  }
};

class LeavesDescriptors : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;
  Status deliverReport(const sdk::Report& report, Call& call) override {
    static_cast<void>(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    return PlainUplink::deliverReport(report, call);
  }
};

class KeepsViews : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;
  Status fetchTarget(const sdk::FetchRequest& request, sdk::TargetSink& sink, Call& call) override {
    repeated_ = !last_.empty() && last_ == request.etag;
    last_ = request.etag;
    return PlainUplink::fetchTarget(request, sink, call);
  }

 private:
  std::string_view last_;
  bool repeated_ = false;
};

// ---- facts --------------------------------------------------------------------------------------

class TellsTimesInWords : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;
  void facts(sdk::FactSink& sink) const noexcept override {
    PlainUplink::facts(sink);
    sink.fact("serverCertificateNotAfter", "next spring");
  }
};

class TellsNothingWhileItAsks : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;
  Status fetchTarget(const sdk::FetchRequest& request, sdk::TargetSink& sink, Call& call) override {
    const std::lock_guard lock(mutex_);
    return PlainUplink::fetchTarget(request, sink, call);
  }
  void facts(sdk::FactSink& sink) const noexcept override {
    const std::lock_guard lock(mutex_);
    PlainUplink::facts(sink);
  }

 private:
  mutable std::mutex mutex_;
};

class ExplainsItsSecret : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;

 protected:
  [[nodiscard]] std::string withoutSecrets(std::string text) const override { return text; }
};

class LogsItsSecret : public PlainUplink {
 public:
  explicit LogsItsSecret(sdk::Host& host) : PlainUplink(host), host_(host) {}

 protected:
  [[nodiscard]] std::string withoutSecrets(std::string text) const override {
    host_.log(sdk::LogLevel::Debug, text, {});
    return PlainUplink::withoutSecrets(std::move(text));
  }

 private:
  sdk::Host& host_;
};

class TellsItsSecret : public PlainUplink {
 public:
  using PlainUplink::PlainUplink;
  void facts(sdk::FactSink& sink) const noexcept override {
    PlainUplink::facts(sink);
    sink.fact("key", provisioningKey());
  }
};

// ---- the plugin ---------------------------------------------------------------------------------

using Maker = std::unique_ptr<sdk::UplinkPlugin> (*)(sdk::Host&);

template <class Fault>
std::unique_ptr<sdk::UplinkPlugin> make(sdk::Host& host) {
  return std::make_unique<Fault>(host);
}

#define HOLDFAST_FAULT(name) \
  { #name, &make < name> }

const std::map<std::string_view, Maker> kFaults{
    HOLDFAST_FAULT(ExchangesBeforeItRegisters),
    HOLDFAST_FAULT(ForgetsItsDevice),
    HOLDFAST_FAULT(RegistersAgain),
    HOLDFAST_FAULT(RegistersInAnyCase),
    HOLDFAST_FAULT(SharesItsFiles),
    HOLDFAST_FAULT(BringsItTwice),
    HOLDFAST_FAULT(UnquotesEtags),
    HOLDFAST_FAULT(QuotesEtags),
    HOLDFAST_FAULT(RemembersEtags),
    HOLDFAST_FAULT(RepeatsWhatIsUnchanged),
    HOLDFAST_FAULT(FetchesAgain),
    HOLDFAST_FAULT(KnowsNoLimits),
    HOLDFAST_FAULT(TakesHalves),
    HOLDFAST_FAULT(TakesMore),
    HOLDFAST_FAULT(ReadsToTheEnd),
    HOLDFAST_FAULT(BringsEveryEtag),
    HOLDFAST_FAULT(CutsReports),
    HOLDFAST_FAULT(ReportsAgain),
    HOLDFAST_FAULT(RepeatsWhatIsOfNoUse),
    HOLDFAST_FAULT(ReversesLogs),
    HOLDFAST_FAULT(LogsAgain),
    HOLDFAST_FAULT(IgnoresDeadlines),
    HOLDFAST_FAULT(IgnoresCancellation),
    HOLDFAST_FAULT(NeedsNoCloud),
    HOLDFAST_FAULT(AsksOneAtATime),
    HOLDFAST_FAULT(Throws),
    HOLDFAST_FAULT(LeavesThreads),
    HOLDFAST_FAULT(LeavesDescriptors),
    HOLDFAST_FAULT(KeepsViews),
    HOLDFAST_FAULT(TellsTimesInWords),
    HOLDFAST_FAULT(TellsNothingWhileItAsks),
    HOLDFAST_FAULT(ExplainsItsSecret),
    HOLDFAST_FAULT(LogsItsSecret),
    HOLDFAST_FAULT(TellsItsSecret),
};

class FaultyUplink final : public sdk::UplinkPlugin {
 public:
  explicit FaultyUplink(sdk::Host& host) {
    const auto found = kFaults.find(host.option("fault"));
    if (found == kFaults.end()) {
      throw std::invalid_argument("fault: there is no such fault");
    }
    fault_ = found->second(host);
  }

  Status start(Call& call) override { return fault_->start(call); }
  Status health(Call& call) override { return fault_->health(call); }
  void stop() noexcept override { fault_->stop(); }
  [[nodiscard]] EnrolmentStep enrolment() const noexcept override { return fault_->enrolment(); }
  Status enrol(const sdk::DeviceInfo& device, Call& call) override {
    return fault_->enrol(device, call);
  }
  Status fetchTarget(const sdk::FetchRequest& request, sdk::TargetSink& sink, Call& call) override {
    return fault_->fetchTarget(request, sink, call);
  }
  Status deliverReport(const sdk::Report& report, Call& call) override {
    return fault_->deliverReport(report, call);
  }
  Status deliverLogs(std::span<const sdk::ServiceLogLine> lines, Call& call) override {
    return fault_->deliverLogs(lines, call);
  }
  void facts(sdk::FactSink& sink) const noexcept override { fault_->facts(sink); }

 private:
  std::unique_ptr<sdk::UplinkPlugin> fault_;
};

constexpr char kFaultyOptions[] = R"({"properties": {
  "fault":   {"type": "string", "default": "none", "description": "a class of this file"},
  "url":     {"type": "string", "required": true, "description": "where the cloud is"},
  "keyFile": {"type": "secret-file", "required": true, "description": "the key to register with"}
}})";

}  // namespace
}  // namespace holdfast::faulty

HOLDFAST_UPLINK_PLUGIN(holdfast::faulty::FaultyUplink, "faulty", "1.0.0",
                       holdfast::faulty::kFaultyOptions)
