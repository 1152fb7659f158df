// SPDX-License-Identifier: Apache-2.0
#include "holdfast/sdk/plugin_main.hpp"
#include "notifier/webhook/webhook_notifier.hpp"

HOLDFAST_NOTIFIER_PLUGIN(holdfast::webhook::WebhookNotifier, "webhook", HOLDFAST_WEBHOOK_VERSION,
                         holdfast::webhook::kOptionsSchema)
