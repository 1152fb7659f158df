// SPDX-License-Identifier: Apache-2.0
// Each type has one list of its members, `members`, which writes and reads: a member cannot be in
// one direction only.
#include "uplink/records.hpp"

#include "model/json_text.hpp"

#include <boost/json.hpp>

#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

namespace holdfast::uplink {
namespace {

namespace json = boost::json;

// We wrote the text ourselves: this is only against damage.
constexpr std::size_t kMaxStored = 1024u * 1024;

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

class Writer {
 public:
  template <class Value>
  void operator()(std::string_view name, Value& value) {
    object_[name] = write(value);
  }

  template <class Struct>
  static json::value write(Struct& value) {
    Writer writer;
    members(writer, value);
    return std::move(writer.object_);
  }
  static json::value write(std::string& value) { return json::string(value); }
  static json::value write(bool& value) { return value; }
  static json::value write(int& value) { return std::int64_t{value}; }
  static json::value write(std::int64_t& value) { return value; }
  static json::value write(model::WallTime& value) {
    return std::int64_t{value.time_since_epoch().count()};
  }
  template <class Value>
  static json::value write(std::optional<Value>& value) {
    return value ? write(*value) : json::value(nullptr);
  }
  template <class Value>
  static json::value write(std::vector<Value>& values) {
    json::array array;
    for (auto& value : values)
      array.push_back(write(value));
    return array;
  }

 private:
  json::object object_;
};

// A member that is absent keeps its default: an older agent wrote the text. One of another type
// makes the whole unusable.
class Reader {
 public:
  explicit Reader(const json::object& object) : object_(object) {}

  template <class Value>
  void operator()(std::string_view name, Value& value) {
    const auto* found = object_.if_contains(name);
    good_ = good_ && (found == nullptr || read(*found, value));
  }

  template <class Struct>
  static bool read(const json::value& from, Struct& value) {
    if (!from.is_object())
      return false;
    Reader reader(from.get_object());
    members(reader, value);
    return reader.good_;
  }
  static bool read(const json::value& from, std::string& value) {
    if (const auto* text = from.if_string())
      value = std::string(*text);
    return from.is_string();
  }
  static bool read(const json::value& from, bool& value) {
    if (const auto* flag = from.if_bool())
      value = *flag;
    return from.is_bool();
  }
  template <class Number>
  requires std::is_arithmetic_v<Number>
  static bool read(const json::value& from, Number& value) {
    const auto* number = from.if_int64();
    if (number == nullptr || *number < 0 ||
        *number > std::int64_t{std::numeric_limits<Number>::max()})
      return false;
    value = static_cast<Number>(*number);
    return true;
  }
  static bool read(const json::value& from, model::WallTime& value) {
    const auto* number = from.if_int64();
    if (number != nullptr)
      value = model::WallTime{model::Milliseconds{*number}};
    return number != nullptr;
  }
  template <class Value>
  static bool read(const json::value& from, std::optional<Value>& value) {
    value.reset();
    return from.is_null() || read(from, value.emplace());
  }
  template <class Value>
  static bool read(const json::value& from, std::vector<Value>& values) {
    if (!from.is_array())
      return false;
    values.clear();
    for (const auto& element : from.get_array()) {
      if (!read(element, values.emplace_back()))
        return false;
    }
    return true;
  }

 private:
  const json::object& object_;
  bool good_ = true;
};

template <class Kept>
std::string textOf(Kept kept) {  // by value: the one list of members serves reading, too
  return json::serialize(Writer::write(kept));
}

template <class Kept>
std::optional<Kept> keptOf(const std::string& text) {
  const auto read = model::readJson(text, {.bytes = kMaxStored, .stringBytes = kMaxStored});
  Kept kept;
  if (!read.value || !Reader::read(*read.value, kept))
    return std::nullopt;
  return kept;
}

}  // namespace

std::string toText(const ServiceError& error) {
  return textOf(error);
}
std::string toText(const Transition& transition) {
  return textOf(transition);
}
std::string toText(const TransitionCounts& counts) {
  return textOf(counts);
}
std::string toText(const SeenDocument& seen) {
  return textOf(seen);
}

std::optional<ServiceError> serviceErrorOf(const std::string& text) {
  return keptOf<ServiceError>(text);
}
std::optional<Transition> transitionOf(const std::string& text) {
  return keptOf<Transition>(text);
}
std::optional<TransitionCounts> transitionCountsOf(const std::string& text) {
  return keptOf<TransitionCounts>(text);
}
std::optional<SeenDocument> seenDocumentOf(const std::string& text) {
  return keptOf<SeenDocument>(text);
}

}  // namespace holdfast::uplink
