// SPDX-License-Identifier: Apache-2.0
#include "probes/output_text.hpp"

#include "engine/secrets.hpp"
#include "model/text.hpp"

#include <cstddef>

namespace holdfast::probes {
namespace {

constexpr std::size_t kMaxShown = 1024;

}  // namespace

std::string shownText(std::string_view text, const std::vector<std::string>& secrets) {
  return model::oneLine(engine::withoutSecrets(text, secrets), kMaxShown);
}

}  // namespace holdfast::probes
