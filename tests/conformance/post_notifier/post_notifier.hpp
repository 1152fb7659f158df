// SPDX-License-Identifier: Apache-2.0
// A small notifier that posts JSON with a token to a URL and keeps the whole contract. The faulty
// ones (../faulty) are derived from it.
#pragma once

#include "holdfast/sdk/plugin_main.hpp"
#include "holdfast/support/http.hpp"

#include <memory>
#include <string>

namespace holdfast::post {

class PostNotifier : public sdk::NotifierPlugin {
 public:
  explicit PostNotifier(sdk::Host& host);

  sdk::Status start(sdk::Call&) override { return {}; }
  sdk::Status health(sdk::Call&) override { return {}; }
  void stop() noexcept override {}
  sdk::Status deliver(const sdk::Notification& notification, sdk::Call& call) override;

 protected:
  // What is posted.
  [[nodiscard]] virtual std::string bodyOf(const sdk::Notification& notification) const;
  // What the receiver's answer means.
  [[nodiscard]] virtual sdk::Status statusOf(const support::HttpResponse& response) const;
  // Text without the token.
  [[nodiscard]] virtual std::string withoutSecret(std::string text) const;

 private:
  [[nodiscard]] sdk::Status judge(const support::HttpResult& result, sdk::Call& call) const;

  std::string token_;
  std::string path_;
  std::unique_ptr<support::HttpClient> client_;
};

// Text with U+FFFD for every byte that is no UTF-8.
[[nodiscard]] std::string utf8(std::string_view text);

}  // namespace holdfast::post
