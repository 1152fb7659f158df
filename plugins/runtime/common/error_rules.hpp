// SPDX-License-Identifier: Apache-2.0
// How an engine's refusal becomes an error class and one line for people. Engines answer the same
// status for very different causes, so the decision is a table of (call, status, text); each plugin
// has one, and no other place looks at an engine's words.
#pragma once

#include "holdfast/sdk/types.hpp"
#include "holdfast/support/http.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace holdfast::runtime {

// What the engine was asked; a set of them is their `or`.
using EngineCall = std::uint32_t;
inline constexpr EngineCall kPull = 1;
inline constexpr EngineCall kCreate = 2;
inline constexpr EngineCall kStart = 4;
inline constexpr EngineCall kStop = 8;     // also pause, unpause and kill
inline constexpr EngineCall kRemove = 16;  // of containers and images
inline constexpr EngineCall kNetwork = 32;
inline constexpr EngineCall kVolume = 64;
inline constexpr EngineCall kExec = 128;
inline constexpr EngineCall kLogs = 256;
inline constexpr EngineCall kLook = 512;  // lists, inspections and information
inline constexpr EngineCall kAnyCall = 1023;

// What people are told of the engine's text.
enum class Tell {
  All,        // the whole text
  FromMatch,  // from where the rule's text begins
  FromWords,  // from the last place where `words` stand before the match, or at it
  Words,      // `words` and nothing else
};

struct ErrorRule {
  EngineCall calls;  // a set
  int status;        // 0: any; 200: an error inside a stream that began well
  // Somewhere in the engine's text, as written; empty: any. A single word of a rule for pulls
  // stands alone there: the names of images that are told may hold every word, but no blanks.
  std::string_view text;
  sdk::ErrorClass errorClass;
  Tell tell = Tell::All;
  std::string_view words = {};
};

struct ClassifiedError {
  sdk::ErrorClass errorClass = sdk::ErrorClass::Internal;
  std::string message;  // one line, at most kMaxMessageBytes
};

inline constexpr std::size_t kMaxMessageBytes = 512;

// The first rule that fits decides. The last one should fit everything; without any fitting rule
// the class is Internal.
[[nodiscard]] ClassifiedError classify(std::span<const ErrorRule> rules, EngineCall call,
                                       int status, std::string_view text);

// The engine's own words in an answer that is no success: member `message` of the JSON body, the
// body itself when a router answered in plain text, the status when there is no body.
[[nodiscard]] std::string errorText(const support::HttpResponse& response);

// The answer as it stands, for Call::explain: "HTTP 500" and the body.
[[nodiscard]] std::string rawAnswer(int status, std::string_view body);

}  // namespace holdfast::runtime
