// SPDX-License-Identifier: Apache-2.0
// holdfast-conformance-uplink: does a plugin keep the contract of holdfast/sdk/uplink.hpp?

#include "conformance/kit/program.hpp"
#include "conformance/uplink/fixture.hpp"

namespace {

using namespace holdfast::conformance;

KindSpec uplinkKind() {
  return {
      HOLDFAST_KIND_UPLINK,
      "uplink",
      {HOLDFAST_ABI_UPLINK_MAJOR, HOLDFAST_ABI_UPLINK_MINOR},
      {{"register", "the request that registers a device, as METHOD /path", ""},
       {"registered", "body of the good answer to it", "{}"},
       {"exchange", "the request that exchanges keys, as METHOD /path", ""},
       {"exchanged", "body of the good answer to it", "{}"},
       {"fetch", "the request for the target, as METHOD /path", "", false},
       {"fetched", "body of the good answer to it; @document@ is a target of the kit",
        "@document@"},
       {"etag", "header of that answer with the etag, which comes back in If-None-Match", "ETag"},
       {"report", "the request that delivers a report, as METHOD /path", "", false},
       {"logs", "the request that delivers logs, as METHOD /path", ""},
       {"health", "the request that health makes, as METHOD /path", ""},
       {"secret", "content of @secretFile@; may hold @secret@", "@secret@"},
       {"wrongOption", "option=value that the schema lets through and the plugin refuses", ""},
       {"unreachable", "option=value with which the cloud is not there", ""},
       {"hanging", "option=value with which the cloud never answers, see @silentAddress@", ""}}};
}

}  // namespace

int main(int argc, char** argv) {
  return runProgram(argc, argv, uplinkKind(), prepareCloud);
}
