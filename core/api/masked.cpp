// SPDX-License-Identifier: Apache-2.0
#include "api/masked.hpp"

#include "model/target_parser.hpp"

#include <boost/json/parse.hpp>
#include <boost/system/error_code.hpp>

namespace holdfast::api {
namespace {

namespace json = boost::json;
using model::Problem;

std::string escaped(std::string_view token) {
  std::string out;
  for (const char c : token) {
    out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  }
  return out;
}

void complain(const std::string& pointer, std::vector<Problem>& problems) {
  problems.push_back({pointer,
                      "found '***', which stands for a value that is not shown; expected "
                      "the value itself (GET /v1/target has it)"});
}

// {"K": "***"} or ["K=***"].
void checkEnvironment(const json::value& environment, const std::string& pointer,
                      std::vector<Problem>& problems) {
  if (const auto* object = environment.if_object()) {
    for (const auto& [name, value] : *object) {
      if (value.is_string() && value.get_string() == kMask) {
        complain(pointer + "/" + escaped(name), problems);
      }
    }
  } else if (const auto* array = environment.if_array()) {
    for (std::size_t i = 0; i < array->size(); ++i) {
      const auto* entry = (*array)[i].if_string();
      const auto text = entry == nullptr ? std::string_view{} : std::string_view(*entry);
      const auto equals = text.find('=');
      if (equals != std::string_view::npos && text.substr(equals + 1) == kMask) {
        complain(pointer + "/" + std::to_string(i), problems);
      }
    }
  }
}

void walk(const json::value& value, const std::string& pointer, std::vector<Problem>& problems) {
  if (const auto* object = value.if_object()) {
    for (const auto& [name, member] : *object) {
      const auto below = pointer + "/" + escaped(name);
      if (name == "environment") {
        checkEnvironment(member, below, problems);
      }
      walk(member, below, problems);
    }
  } else if (const auto* array = value.if_array()) {
    for (std::size_t i = 0; i < array->size(); ++i) {
      walk((*array)[i], pointer + "/" + std::to_string(i), problems);
    }
  }
}

}  // namespace

std::vector<Problem> maskedValues(std::string_view text) {
  std::vector<Problem> problems;
  if (text.find(kMask) == std::string_view::npos) {
    return problems;  // nearly always: saves parsing the document once more
  }
  json::parse_options options;
  options.max_depth = model::kMaxTargetDepth;
  boost::system::error_code failed;
  const auto document = json::parse(text, failed, {}, options);
  if (!failed) {
    walk(document, "", problems);
  }
  return problems;
}

}  // namespace holdfast::api
