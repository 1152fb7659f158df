// SPDX-License-Identifier: Apache-2.0
// Any bytes at all through the parser, and what it accepts through everything made of a target.
// Dies where a promise of core/model/target_parser.hpp is broken.
#include "model/container_spec.hpp"
#include "model/target_parser.hpp"

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <set>
#include <string>
#include <string_view>

namespace {

using namespace holdfast::model;

void require(bool promise, const char* what) {
  if (promise)
    return;
  std::cerr << "broken promise: " << what << '\n';
  std::abort();
}

void checkService(const App& app, const Service& service) {
  const std::string text = serializeService(service);
  const auto again = parseService(text);
  require(again.has_value(), "parseService reads what serializeService wrote");
  require(serializeService(*again) == text, "reading and writing a service changes nothing");
  require(
      containerSpec(app, *again, "owner", {}).json == containerSpec(app, service, "owner", {}).json,
      "a service read back means the same");
}

void checkTarget(const Target& target) {
  std::set<std::string> keys;
  for (const auto& app : target.apps) {
    require(!app.id.empty(), "an app has an id");
    for (const auto& service : app.services) {
      require(!service.name.empty(), "a service has a name");
      require(keys.insert(serviceKey(app, service)).second, "service keys are unique");
      checkService(app, service);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const ParseResult strict = parseTarget(text, Strictness::Strict);
  const ParseResult lenient = parseTarget(text, Strictness::Lenient);
  for (const auto& result : {strict, lenient}) {
    require(result.target.has_value() == result.problems.empty(),
            "a document is either refused with problems or accepted without");
    if (result.target)
      checkTarget(*result.target);
  }
  require(!strict.target || lenient.target, "what strict accepts, lenient accepts");
  require(!strict.target || lenient.warnings.empty(), "and has nothing to say about");
  return 0;
}
