// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/parser/draft.hpp"

#include <boost/json/value.hpp>

namespace holdfast::model::parser {

// Reads a whole document in one of its outer forms: {"apps": ...}, {"local": {"apps": ...}} or
// {"<device uuid>": {"apps": ...}}. Does not compare its parts with each other: crossCheck does.
[[nodiscard]] DocumentDraft readDocument(const boost::json::value& document);

}  // namespace holdfast::model::parser
