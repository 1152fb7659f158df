// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace holdfast::iotistic {

// `text` with *** for each of the secrets. Clouds like to repeat what they were sent; whatever cuts
// text has to come after this.
[[nodiscard]] std::string withoutSecrets(std::string text,
                                         std::initializer_list<std::string_view> secrets);

}  // namespace holdfast::iotistic
