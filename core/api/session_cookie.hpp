// SPDX-License-Identifier: Apache-2.0
// The cookie that stands for a session.
#pragma once

#include <string>
#include <string_view>

namespace holdfast::api {

// The session's id in a Cookie header; empty when there is none.
[[nodiscard]] std::string sessionIn(std::string_view cookie);

// Set-Cookie for a session, out of reach of scripts and of other sites. Not `Secure`: the agent
// speaks plain HTTP and cannot know whether a proxy in front of it speaks TLS.
[[nodiscard]] std::string cookieOf(const std::string& session);

// Set-Cookie that makes the browser forget it.
[[nodiscard]] std::string noCookie();

}  // namespace holdfast::api
