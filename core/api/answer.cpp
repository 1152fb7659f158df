// SPDX-License-Identifier: Apache-2.0
#include "api/answer.hpp"

#include "api/json_views.hpp"

namespace holdfast::api {

Response refusal(const engine::CommandResult& result) {
  using Code = engine::CommandResult::Code;
  const int status = result.code == Code::NotFound   ? 404
                     : result.code == Code::Conflict ? 409
                                                     : 422;
  return result.problems.empty() ? problem(status, result.message)
                                 : problem(status, result.message, problemArray(result.problems));
}

}  // namespace holdfast::api
