// SPDX-License-Identifier: Apache-2.0
#include "holdfast/sdk/plugin_main.hpp"
#include "notifier/syslog/syslog_notifier.hpp"

HOLDFAST_NOTIFIER_PLUGIN(holdfast::syslog::SyslogNotifier, "syslog", HOLDFAST_SYSLOG_VERSION,
                         holdfast::syslog::kOptionsSchema)
