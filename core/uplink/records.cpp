// SPDX-License-Identifier: Apache-2.0
#include "uplink/records.hpp"

#include "model/stored_json.hpp"

namespace holdfast::uplink {
namespace {

struct Form {
  // We wrote the text ourselves: this is only against damage.
  static constexpr std::size_t kMaxBytes = 1024u * 1024;
};

void members(auto& visit, ServiceError& error) {
  visit("appId", error.appId);
  visit("appName", error.appName);
  visit("serviceId", error.serviceId);
  visit("serviceName", error.serviceName);
  visit("imageName", error.imageName);
  visit("type", error.type);
  visit("class", error.errorClass);
  visit("message", error.message);
  visit("retryCount", error.retryCount);
}

void members(auto& visit, Transition& transition) {
  visit("seq", transition.seq);
  visit("at", transition.at);
  visit("resolved", transition.resolved);
  visit("error", transition.error);
}

void members(auto& visit, TransitionCounts& counts) {
  visit("lastSeq", counts.lastSeq);
  visit("deliveredSeq", counts.deliveredSeq);
}

void members(auto& visit, model::Problem& problem) {
  visit("pointer", problem.pointer);
  visit("message", problem.message);
}

void members(auto& visit, RejectedTarget& rejected) {
  visit("version", rejected.version);
  visit("at", rejected.at);
  visit("problems", rejected.problems);
}

void members(auto& visit, SeenDocument& seen) {
  visit("etag", seen.etag);
  visit("digest", seen.digest);
  visit("agentVersion", seen.agentVersion);
  visit("rejected", seen.rejected);
}

}  // namespace

std::string toText(const ServiceError& error) {
  return model::storedText<Form>(error);
}
std::string toText(const Transition& transition) {
  return model::storedText<Form>(transition);
}
std::string toText(const TransitionCounts& counts) {
  return model::storedText<Form>(counts);
}
std::string toText(const SeenDocument& seen) {
  return model::storedText<Form>(seen);
}

std::optional<ServiceError> serviceErrorOf(const std::string& text) {
  return model::readStored<Form, ServiceError>(text);
}
std::optional<Transition> transitionOf(const std::string& text) {
  return model::readStored<Form, Transition>(text);
}
std::optional<TransitionCounts> transitionCountsOf(const std::string& text) {
  return model::readStored<Form, TransitionCounts>(text);
}
std::optional<SeenDocument> seenDocumentOf(const std::string& text) {
  return model::readStored<Form, SeenDocument>(text);
}

}  // namespace holdfast::uplink
