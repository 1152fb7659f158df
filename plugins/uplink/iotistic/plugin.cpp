// SPDX-License-Identifier: Apache-2.0
#include "holdfast/sdk/plugin_main.hpp"
#include "uplink/iotistic/iotistic_uplink.hpp"

HOLDFAST_UPLINK_PLUGIN(holdfast::iotistic::IotisticUplink, "iotistic", HOLDFAST_IOTISTIC_VERSION,
                       holdfast::iotistic::kOptionsSchema)
