// SPDX-License-Identifier: Apache-2.0
// Names every type that crosses the plugin ABI, so that its debug information describes all of
// them. Never linked into anything; see HoldfastAbiCheck.cmake.
#include <holdfast/sdk/abi.h>
#include <holdfast/sdk/notifier.hpp>
#include <holdfast/sdk/runtime.hpp>
#include <holdfast/sdk/types.hpp>
#include <holdfast/sdk/uplink.hpp>

using namespace holdfast::sdk;  // NOLINT: nothing includes this file

extern "C" {

void probeHandshake(const holdfast_plugin_descriptor*, const holdfast_host_info*, holdfast_error*) {
}

void probeShared(Host*, Call*, Plugin*) {}

void probeRuntime(RuntimePlugin*, EngineInfoSink*, ObservationSink*, ProgressSink*, EventSink*,
                  OutputSink*) {}

void probeNotifier(NotifierPlugin*) {}

void probeUplink(UplinkPlugin*, TargetSink*, FactSink*) {}
}
