// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/dialect.hpp"

#include <boost/json/array.hpp>

namespace holdfast::runtime {

bool Dialect::saysProcessVanished(const support::HttpResponse&) const {
  return false;
}

boost::json::value Dialect::laterNetworks(const boost::json::object&) const {
  return nullptr;
}

boost::json::object jsonOf(const StringMap& map) {
  boost::json::object object;
  for (const auto& [key, value] : map) {
    object[key] = value;
  }
  return object;
}

boost::json::array jsonOf(const StringList& list) {
  return boost::json::array(list.begin(), list.end());  // braces would make a list of two iterators
}

}  // namespace holdfast::runtime
