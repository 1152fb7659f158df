// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/pull.hpp"

#include "runtime/common/image_reference.hpp"
#include "runtime/common/pull_stream.hpp"

#include <array>
#include <optional>

namespace holdfast::runtime {
namespace {

// A tag or a digest is always given: without one an engine may pull every tag of the repository.
std::string pullPath(const ImageReference& image) {
  return "/images/create?fromImage=" + support::urlEncode(image.repository()) +
         "&tag=" + support::urlEncode(image.digest.empty() ? image.tag : image.digest);
}

class ProgressReporter {
 public:
  explicit ProgressReporter(sdk::ProgressSink& sink) : sink_(sink) {}

  void report(const PullPicture& picture) {
    if (last_ && *last_ == picture) {
      return;
    }
    last_ = picture;
    sdk::PullProgress progress;
    progress.sequence = ++sequence_;
    progress.doneBytes = picture.doneBytes;
    progress.totalBytes = picture.totalBytes;
    progress.waiting = picture.waiting ? 1 : 0;
    progress.retrying = picture.retrying ? 1 : 0;
    progress.phase = picture.phase;
    sink_.progress(progress);
  }

 private:
  sdk::ProgressSink& sink_;
  std::uint32_t sequence_ = 0;
  std::optional<PullPicture> last_;
};

sdk::Status judge(const EngineClient& engine, sdk::Call& call, const EngineAnswer& answer,
                  const PullStream& stream, bool readable) {
  const Dialect& dialect = engine.dialect();
  if (!stream.error().empty()) {
    const ClassifiedError error =
        classify(dialect.errorTable(), kPull, answer.http(), dialect.rootOf(stream.error()));
    return fail(call, error.errorClass, error.message,
                rawAnswer(answer.http(), stream.errorObject()));
  }
  if (!answer.ok()) {
    return answer.status;
  }
  if (answer.http() != 200) {
    return engine.refuse(call, kPull, answer.response);
  }
  if (!readable) {
    return fail(call, sdk::ErrorClass::Transient,
                std::string(dialect.name()) + "'s report of the pull is unreadable");
  }
  if (!stream.succeeded()) {
    return fail(call, sdk::ErrorClass::Transient, "the pull ended without a result");
  }
  return {};
}

void logProblems(sdk::Host& host, std::string_view reference,
                 const std::vector<std::string>& problems) {
  for (const std::string& problem : problems) {
    const std::array<sdk::KeyValue, 1> fields = {sdk::KeyValue{"image", reference}};
    host.log(sdk::LogLevel::Warning, "registry credentials: " + problem, fields);
  }
}

}  // namespace

sdk::Status pullImage(EngineClient& engine, const CredentialStore& credentials, sdk::Host& host,
                      std::string_view reference, sdk::Call& call, sdk::ProgressSink& sink) {
  const std::optional<ImageReference> image = parseImageReference(reference);
  if (!image) {
    return fail(call, sdk::ErrorClass::Invalid, "invalid reference format");
  }
  PullStream stream(engine.dialect().pullEnd());
  ProgressReporter reporter(sink);
  reporter.report(stream.picture());
  const CredentialLookup lookup = credentials.lookup(*image, call);
  logProblems(host, reference, lookup.problems);

  EngineRequest request{
      .method = "POST", .path = pullPath(*image), .timeoutMs = support::kNoTimeout, .pull = true};
  if (!lookup.credentials.empty()) {
    request.authHeader = lookup.credentials.toHeader();
  }
  bool readable = true;
  const support::StreamHandler handler{.head = {}, .data = [&](std::string_view bytes) {
                                         readable = stream.push(bytes);
                                         reporter.report(stream.picture());
                                         return readable;
                                       }};
  const EngineAnswer answer = engine.stream(call, request, handler);
  return judge(engine, call, answer, stream, readable);
}

}  // namespace holdfast::runtime
