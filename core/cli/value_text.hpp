// SPDX-License-Identifier: Apache-2.0
// Pieces of JSON told to people. Pure.
#pragma once

#include "cli/section_writer.hpp"
#include "model/time.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace holdfast::cli {

// "2025-10-24T10:15:30.000Z (32s ago)" for what has happened, "(in 8s)" for what is still to come;
// empty when the member is not there. Which of the two a member is, its name says, not the clock:
// the server's time may be known to the second only.
[[nodiscard]] std::string pastMoment(const boost::json::value& object, std::string_view name,
                                     model::WallTime now);
[[nodiscard]] std::string futureMoment(const boost::json::value& object, std::string_view name,
                                       model::WallTime now);

// The members of an object, one a line: lists of words on one line, objects and lists of objects as
// sections. What is empty or null is left out.
void writeMembers(SectionWriter& out, const boost::json::object& object);

// "createdAt" -> "Created At", "dns" -> "Dns".
[[nodiscard]] std::string heading(std::string_view memberName);

}  // namespace holdfast::cli
