// SPDX-License-Identifier: Apache-2.0
// What only shows when the parts of a document are compared with each other.
#pragma once

#include "model/parser/draft.hpp"

namespace holdfast::model::parser {

// Adds to the findings of the part that is at fault: of two that cannot both be, the later one.
// - a service name, the name of a container, network or volume, or a host port that is taken
// - a network, volume or dependency that is not there
// - services that wait for each other; all of them are at fault
void crossCheck(DocumentDraft& draft);

// Services that wait for each other. One line of names for each cycle, "a -> b -> a".
void checkCycles(AppDraft& app);

// Two services on one host port.
void checkPorts(DocumentDraft& draft);

}  // namespace holdfast::model::parser
