// SPDX-License-Identifier: Apache-2.0
#include "holdfast/support/http_status.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace holdfast::support {
namespace {

using sdk::ErrorClass;

TEST(HttpStatus, HasTheClassThatItsMeaningGivesIt) {
  for (const auto& [status, expected] : {std::pair(401, ErrorClass::Denied),
                                         {403, ErrorClass::Denied},
                                         {407, ErrorClass::Denied},
                                         {404, ErrorClass::NotFound},
                                         {405, ErrorClass::NotFound},
                                         {408, ErrorClass::Transient},
                                         {425, ErrorClass::Transient},
                                         {429, ErrorClass::RateLimited},
                                         {400, ErrorClass::Invalid},
                                         {422, ErrorClass::Invalid},
                                         {302, ErrorClass::Transient},
                                         {500, ErrorClass::Transient},
                                         {503, ErrorClass::Transient}}) {
    EXPECT_EQ(classOfStatus(status), expected) << status;
  }
}

TEST(HttpStatus, ARedirectTellsWhereToWithoutWhatMayBeSecret) {
  HttpResponse response;
  response.status = 302;
  response.headers = {{"location", "https://me:hush@login.example/t?token=hush"}};
  EXPECT_EQ(redirectText(response), "the answer is 302, a redirect to https://login.example");
  response.headers = {{"location", "/elsewhere"}};
  EXPECT_EQ(redirectText(response), "the answer is 302, a redirect");
}

}  // namespace
}  // namespace holdfast::support
