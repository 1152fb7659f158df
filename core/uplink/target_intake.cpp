// SPDX-License-Identifier: Apache-2.0
#include "uplink/target_intake.hpp"

#include "model/json_text.hpp"
#include "model/sha256.hpp"
#include "model/target_parser.hpp"
#include "retry/bounded_text.hpp"
#include "uplink/records.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <utility>

namespace holdfast::uplink {
namespace {

namespace json = boost::json;
using engine::TargetSource;

constexpr std::string_view kSeen = "seen";

// Enough to see what is wrong; the whole list may be as long as the document.
constexpr std::size_t kMaxProblems = 16;
constexpr std::size_t kMaxProblemText = 512;
constexpr std::size_t kMaxVersion = 128;

// Also of a document that is no target: as far as it can be read at all.
std::string versionOf(const std::string& document) {
  const auto read = model::readJson(document, {.bytes = model::kMaxTargetBytes});
  const auto* object = read.value ? read.value->if_object() : nullptr;
  if (object != nullptr && !object->contains("version") && object->size() == 1)
    object = object->begin()->value().if_object();
  const auto* version = object != nullptr ? object->if_contains("version") : nullptr;
  if (version == nullptr || version->is_structured() || version->is_null())
    return {};
  std::string text =
      version->is_string() ? std::string(version->get_string()) : json::serialize(*version);
  retry::cutText(text, kMaxVersion);
  return text;
}

RejectedTarget rejectedOf(const std::string& document, std::vector<model::Problem> problems,
                          model::WallTime at) {
  problems.resize(std::min(problems.size(), kMaxProblems));
  for (model::Problem& problem : problems) {
    retry::cutText(problem.pointer, kMaxProblemText);
    retry::cutText(problem.message, kMaxProblemText);
  }
  return {.version = versionOf(document), .at = at, .problems = std::move(problems)};
}

bool saysNone(const std::string& document) {
  const auto parsed = model::parseTarget(document, model::Strictness::Lenient);
  return parsed.target && parsed.target->version.empty() && parsed.target->apps.empty();
}

}  // namespace

bool TargetIntake::Mark::isOf(const FetchedTarget& fetched, const std::string& itsDigest) const {
  if (etag.empty() && fetched.etag.empty())
    return digest == itsDigest;
  return etag == fetched.etag;
}

bool TargetIntake::restore(const std::vector<Record>& records,
                           const std::optional<engine::StoredTarget>& accepted) {
  if (accepted) {
    accepted_ = Mark{accepted->etag, model::sha256Hex(accepted->text)};
    acceptedVersion_ = versionOf(accepted->text);
  }
  bool good = true;
  for (const Record& record : records) {
    if (record.key != kSeen)
      continue;
    auto seen = seenDocumentOf(record.body.value_or(""));
    good = seen.has_value();
    if (!seen || seen->agentVersion != agentVersion_) {
      changed_ = true;  // to forget it
      continue;
    }
    seen_ = Mark{std::move(seen->etag), std::move(seen->digest)};
    rejected_ = std::move(seen->rejected);
  }
  tellWanted();
  return good;
}

// While a document is seen its etag is the one that tells whether the cloud has another, be it the
// accepted one again.
std::string TargetIntake::etag(bool inForce) const {
  if (seen_)
    return seen_->etag;
  return inForce && accepted_ ? accepted_->etag : std::string();
}

TargetIntake::Verdict TargetIntake::judge(const FetchedTarget& fetched,
                                          const engine::Snapshot& snapshot) {
  const std::string digest = model::sha256Hex(fetched.document);
  if (seen_ && seen_->isOf(fetched, digest))
    return Verdict::Unchanged;
  if (accepted_ && accepted_->isOf(fetched, digest)) {
    // Back to what it was. With a local target in force that is the cloud's next change.
    const auto& inForce = snapshot.storedTarget;
    if (inForce && (!seen_ || inForce->source == TargetSource::Cloud)) {
      forgetSeen();
      return Verdict::Unchanged;
    }
  }
  if (saysNone(fetched.document)) {
    see(fetched, std::nullopt);
    return Verdict::None;
  }
  return Verdict::Submit;
}

void TargetIntake::settle(const FetchedTarget& fetched, const engine::CommandResult& result,
                          const model::Now& now) {
  using Code = engine::CommandResult::Code;
  if (result.code == Code::Done) {
    accepted_ = Mark{fetched.etag, model::sha256Hex(fetched.document)};
    acceptedVersion_ = versionOf(fetched.document);
    forgetSeen();
  } else if (result.code == Code::Invalid) {
    see(fetched, rejectedOf(fetched.document, result.problems, now.wall));
  }
}

void TargetIntake::see(const FetchedTarget& fetched, std::optional<RejectedTarget> rejected) {
  seen_ = Mark{fetched.etag, model::sha256Hex(fetched.document)};
  rejected_ = std::move(rejected);
  changed_ = true;
  tellWanted();
}

void TargetIntake::forgetSeen() {
  changed_ = changed_ || seen_.has_value();
  seen_.reset();
  rejected_.reset();
  tellWanted();
}

void TargetIntake::tellWanted() {
  if (rejected_) {
    wanted_ = rejected_->version;
  } else if (accepted_ && !seen_) {
    wanted_ = acceptedVersion_;
  } else {
    wanted_.reset();
  }
}

std::vector<Record> TargetIntake::takeChanges() {
  if (!std::exchange(changed_, false))
    return {};
  if (!seen_)
    return {{std::string(kSeen), std::nullopt}};
  return {{std::string(kSeen), toText(SeenDocument{.etag = seen_->etag,
                                                   .digest = seen_->digest,
                                                   .agentVersion = agentVersion_,
                                                   .rejected = rejected_})}};
}

}  // namespace holdfast::uplink
