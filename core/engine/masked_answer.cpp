// SPDX-License-Identifier: Apache-2.0
#include "engine/masked_answer.hpp"

#include "engine/secrets.hpp"

namespace holdfast::engine {

CallResult maskedAnswer(CallResult result, const model::Service& service) {
  const auto secrets = secretsOf(service);
  result.message = withoutSecrets(result.message, secrets);
  result.raw = withoutSecrets(result.raw, secrets);
  return result;
}

}  // namespace holdfast::engine
