// SPDX-License-Identifier: Apache-2.0
// What the readers make of a document: values, what is wrong with each part, and where the things
// stand that are checked against each other later.
#pragma once

#include "model/parser/findings.hpp"
#include "model/target.hpp"

#include <map>
#include <string>
#include <vector>

namespace holdfast::model::parser {

// A name that refers to something, and where it stands.
struct Reference {
  std::string name;
  std::string pointer;
};

// The mappings of one entry of `ports`: a range has many.
struct PublishedPorts {
  std::vector<PortMapping> mappings;
  std::string pointer;
};

struct ServiceDraft {
  Service service;
  Findings findings;

  std::string imagePointer;
  std::vector<Reference> networks;
  std::vector<Reference> volumes;
  std::vector<Reference> dependencies;
  std::vector<Reference> mountPoints;
  std::vector<PublishedPorts> ports;
};

// A network or volume of an app.
struct Declaration {
  std::string pointer;
  bool broken = false;  // cannot be made; told already
};

struct AppDraft {
  App app;
  std::string pointer;
  Findings findings;      // concern every service of the app
  Findings declarations;  // concern the services that use the network or volume
  std::map<std::string, Declaration> networks;  // by name
  std::map<std::string, Declaration> volumes;
  std::vector<ServiceDraft> services;
};

struct DocumentDraft {
  Target target;  // all but the apps
  std::string appsPointer;
  Findings findings;  // concern the whole: with a fault among them this is no target
  std::vector<AppDraft> apps;
};

}  // namespace holdfast::model::parser
