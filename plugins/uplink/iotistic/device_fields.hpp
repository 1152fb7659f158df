// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace holdfast::iotistic {

// Adds what docs/report.md says about `device` to a report for the cloud: its names, its units
// (mebibytes, percent of the machine), README.md "Report". What is not known is left out.
void addDeviceFields(const boost::json::value& device, boost::json::object& report);

}  // namespace holdfast::iotistic
