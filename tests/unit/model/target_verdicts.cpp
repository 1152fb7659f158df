// SPDX-License-Identifier: Apache-2.0
// What the strict parser says of many documents: one document per line in, one JSON array of
// {"pointer", "message"} per line out, empty when it accepts. Driven by target_schema_test.py.
#include "model/target_parser.hpp"

#include <boost/json.hpp>

#include <iostream>
#include <string>

int main() {
  using namespace holdfast::model;
  std::string document;
  while (std::getline(std::cin, document)) {
    boost::json::array verdict;
    for (const auto& [pointer, message] : parseTarget(document, Strictness::Strict).problems)
      verdict.push_back(boost::json::object{{"pointer", pointer}, {"message", message}});
    std::cout << verdict << '\n';
  }
}
