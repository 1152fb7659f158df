// SPDX-License-Identifier: Apache-2.0
#include "logfile_notifier.hpp"
#include <holdfast/sdk/plugin_main.hpp>

HOLDFAST_NOTIFIER_PLUGIN(logfile::LogfileNotifier, "logfile", LOGFILE_VERSION, logfile::kOptions)
