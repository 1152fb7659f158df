// SPDX-License-Identifier: Apache-2.0
#include "model/parser/service_members.hpp"

#include "model/forms/addresses.hpp"
#include "model/forms/mounts.hpp"
#include "model/forms/ports.hpp"
#include "model/forms/words.hpp"
#include "model/parser/limits.hpp"
#include "model/parser/lists.hpp"
#include "model/parser/members.hpp"
#include "model/parser/probe_reader.hpp"
#include "model/parser/resources_reader.hpp"

#include <algorithm>
#include <array>

namespace holdfast::model::parser {

namespace {

constexpr std::string_view kReservedLabels = "io.holdfast.";
constexpr std::int64_t kMaxGraceSeconds = 24 * 60 * 60;
constexpr std::size_t kMaxHostName = 64;  // Linux: __NEW_UTS_LEN

constexpr std::array<std::pair<std::string_view, PullPolicy>, 3> kPullPolicies{
    {{"IfNotPresent", PullPolicy::IfNotPresent},
     {"Always", PullPolicy::Always},
     {"Never", PullPolicy::Never}}};
constexpr std::array<std::pair<std::string_view, DependencyCondition>, 2> kConditions{
    {{"started", DependencyCondition::Started}, {"healthy", DependencyCondition::Healthy}}};
constexpr std::array<std::pair<std::string_view, UnhealthyPolicy>, 3> kUnhealthyPolicies{
    {{"restart", UnhealthyPolicy::Restart},
     {"recreate", UnhealthyPolicy::Recreate},
     {"alert", UnhealthyPolicy::Alert}}};

// Members whose value is taken as it is; an empty text is the default.
template <std::string Service::*kMember>
void readText(const Node& node, ServiceDraft& draft) {
  draft.service.*kMember = node.anyText().value_or("");
}

template <std::string Service::*kMember>
void readHostName(const Node& node, ServiceDraft& draft) {
  readText<kMember>(node, draft);
  if ((draft.service.*kMember).size() > kMaxHostName)
    node.fault("expected at most 64 characters");
}

template <bool Service::*kMember>
void readFlag(const Node& node, ServiceDraft& draft) {
  draft.service.*kMember = node.boolean().value_or(false);
}

template <std::vector<std::string> Service::*kMember>
void readArgumentList(const Node& node, ServiceDraft& draft) {
  draft.service.*kMember = readArguments(node);
}

template <std::optional<Probe> Service::*kMember, ProbeUse kUse>
void readProbeMember(const Node& node, ServiceDraft& draft) {
  draft.service.*kMember = readProbe(node, kUse);
}

template <std::vector<std::string> Service::*kMember>
void readCapabilities(const Node& node, ServiceDraft& draft) {
  draft.service.*kMember = readForms<std::string>(node, parseCapability);
}

void readImage(const Node& node, ServiceDraft& draft) {
  draft.service.image = node.text().value_or("");
  draft.imagePointer = node.pointer();
}

void readUnhealthyPolicy(const Node& node, ServiceDraft& draft) {
  draft.service.unhealthyPolicy =
      readWord(node, kUnhealthyPolicies).value_or(UnhealthyPolicy::Restart);
}

void readPullPolicy(const Node& node, ServiceDraft& draft) {
  draft.service.pullPolicy = readWord(node, kPullPolicies).value_or(PullPolicy::IfNotPresent);
}

void readVariables(const Node& node, ServiceDraft& draft) {
  draft.service.environment = readEnvironment(node);
}

void readPorts(const Node& node, ServiceDraft& draft) {
  eachElement(node, [&](const Node& element) {
    std::optional<std::string> text;
    if (!element.value().is_number()) {
      text = element.text();
    } else if (const auto port = element.integer(1, 65535)) {
      text = std::to_string(*port);
    }
    if (!text)
      return;
    auto mappings = element.accept(parsePorts(*text));
    if (!mappings)
      return;
    auto& ports = draft.service.ports;
    if (ports.size() + mappings->size() > kMaxPortsPerService) {
      element.fault("a service publishes at most 1024 ports");
      return;
    }
    ports.insert(ports.end(), mappings->begin(), mappings->end());
    draft.ports.push_back({*std::move(mappings), element.pointer()});
  });
}

void readVolumes(const Node& node, ServiceDraft& draft) {
  eachElement(node, [&](const Node& element) {
    const auto text = element.text();
    const auto mount = text ? element.accept(parseMount(*text)) : std::nullopt;
    if (!mount)
      return;
    draft.service.mounts.push_back(*mount);
    draft.mountPoints.push_back({mount->target, element.pointer()});
    if (mount->kind == Mount::Kind::Volume)
      draft.volumes.push_back({mount->source, element.pointer()});
  });
}

void readTmpfs(const Node& node, ServiceDraft& draft) {
  eachElement(node, [&](const Node& element) {
    const auto text = element.text();
    const auto tmpfs = text ? element.accept(parseTmpfs(*text)) : std::nullopt;
    if (!tmpfs)
      return;
    draft.service.tmpfs.insert(*tmpfs);
    draft.mountPoints.push_back({tmpfs->first, element.pointer()});
  });
}

void readNetworks(const Node& node, ServiceDraft& draft) {
  eachElement(node, [&](const Node& element) {
    if (const auto name = element.text()) {
      draft.service.networks.push_back(*name);
      draft.networks.push_back({*name, element.pointer()});
    }
  });
}

void readRestart(const Node& node, ServiceDraft& draft) {
  if (const auto text = node.text())
    draft.service.restart = node.accept(parseRestartPolicy(*text)).value_or(RestartPolicy{});
}

void readLabels(const Node& node, ServiceDraft& draft) {
  draft.service.labels = readTextMap(node, TextKind::Free);
  for (const auto& [name, value] : draft.service.labels) {
    if (name.starts_with(kReservedLabels))
      node.child(name, node.value())
          .fault("labels that begin with io.holdfast. are the agent's own");
  }
}

void readWorkingDir(const Node& node, ServiceDraft& draft) {
  const auto text = node.anyText();
  if (text && !text->empty())
    draft.service.workingDir = node.accept(normalisedPath(*text)).value_or("");
}

void addDependency(const Node& node, const std::string& name, DependencyCondition condition,
                   ServiceDraft& draft) {
  draft.service.dependsOn[name] = condition;
  draft.dependencies.push_back({name, node.pointer()});
}

void readDependsOn(const Node& node, ServiceDraft& draft) {
  if (node.value().is_array()) {
    eachElement(node, [&](const Node& element) {
      if (const auto name = element.text())
        addDependency(element, *name, DependencyCondition::Started, draft);
    });
  } else if (node.value().is_object()) {
    eachMember(node, [&](const std::string& name, const Node& value) {
      auto condition = DependencyCondition::Started;
      if (value.object() != nullptr)
        noteUnknown(value, {"condition"});
      if (const auto word = member(value, "condition"))
        condition = readWord(*word, kConditions).value_or(condition);
      addDependency(value, name, condition, draft);
    });
  } else {
    node.mismatch(
        "an array of service names, or an object such as {\"db\": {\"condition\": "
        "\"healthy\"}}");
  }
}

void readRuntime(const Node& node, ServiceDraft& draft) {
  const auto text = node.anyText();
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  if (text && (text->size() > 32 || !std::all_of(text->begin(), text->end(), fits))) {
    node.fault(inQuotes(*text) + " is no name of a runtime; expected a word such as docker");
  } else if (text) {
    draft.service.runtime = *text;
  }
}

void readDevices(const Node& node, ServiceDraft& draft) {
  draft.service.devices = readForms<Device>(node, parseDevice);
}

void readExtraHosts(const Node& node, ServiceDraft& draft) {
  eachElement(node, [&](const Node& element) {
    const auto text = element.text();
    const auto host = text ? element.accept(parseExtraHost(*text)) : std::nullopt;
    if (host && !draft.service.extraHosts.insert(*host).second)
      element.fault("the host " + inQuotes(host->first) + " is given twice");
  });
}

void readDns(const Node& node, ServiceDraft& draft) {
  draft.service.dns =
      readForms<std::string>(node, [](const std::string& text) -> Form<std::string> {
        if (const auto address = normalisedIp(text))
          return *address;
        return formError(inQuotes(text) + " is no IP address");
      });
}

void readSecurityOpt(const Node& node, ServiceDraft& draft) {
  eachElement(node, [&](const Node& element) {
    if (const auto text = element.text())
      draft.service.securityOpt.push_back(*text);
  });
}

void readSysctls(const Node& node, ServiceDraft& draft) {
  draft.service.sysctls = readTextMap(node, TextKind::Line);
}

void readStopSignal(const Node& node, ServiceDraft& draft) {
  const auto text = node.anyText();
  if (text && !text->empty())
    draft.service.stopSignal = node.accept(parseSignal(*text)).value_or("");
}

void readStopGracePeriod(const Node& node, ServiceDraft& draft) {
  if (const auto seconds = node.integer(0, kMaxGraceSeconds))
    draft.service.stopGracePeriod = std::chrono::seconds{*seconds};
}

void readLogging(const Node& node, ServiceDraft& draft) {
  const auto* object = node.object();
  if (object == nullptr)
    return;
  noteUnknown(node, {"driver", "options"});
  Logging logging;
  if (const auto driver = member(node, "driver"))
    logging.driver = driver->anyText().value_or("");
  if (const auto options = member(node, "options"))
    logging.options = readTextMap(*options, TextKind::Line);
  if (logging != Logging{})
    draft.service.logging = logging;
}

void readResourcesMember(const Node& node, ServiceDraft& draft) {
  draft.service.resources = readResources(node);
}

void readUlimitsMember(const Node& node, ServiceDraft& draft) {
  draft.service.ulimits = readUlimits(node);
}

constexpr std::array kMembers{
    ServiceMember{"image", readImage, true},
    ServiceMember{"imagePullPolicy", readPullPolicy},
    ServiceMember{"environment", readVariables, true},
    ServiceMember{"ports", readPorts, true},
    ServiceMember{"volumes", readVolumes, true},
    ServiceMember{"networks", readNetworks, true},
    ServiceMember{"networkMode", readText<&Service::networkMode>},
    ServiceMember{"restart", readRestart, true},
    ServiceMember{"labels", readLabels, true},
    ServiceMember{"command", readArgumentList<&Service::command>},
    ServiceMember{"entrypoint", readArgumentList<&Service::entrypoint>},
    ServiceMember{"workingDir", readWorkingDir},
    ServiceMember{"user", readText<&Service::user>},
    ServiceMember{"hostname", readHostName<&Service::hostname>},
    ServiceMember{"domainname", readHostName<&Service::domainname>},
    ServiceMember{"dependsOn", readDependsOn},
    ServiceMember{"runtime", readRuntime},
    ServiceMember{"privileged", readFlag<&Service::privileged>},
    ServiceMember{"readOnly", readFlag<&Service::readOnly>},
    ServiceMember{"init", readFlag<&Service::init>},
    ServiceMember{"capAdd", readCapabilities<&Service::capAdd>},
    ServiceMember{"capDrop", readCapabilities<&Service::capDrop>},
    ServiceMember{"devices", readDevices},
    ServiceMember{"tmpfs", readTmpfs},
    ServiceMember{"extraHosts", readExtraHosts},
    ServiceMember{"dns", readDns},
    ServiceMember{"securityOpt", readSecurityOpt},
    ServiceMember{"sysctls", readSysctls},
    ServiceMember{"ulimits", readUlimitsMember},
    ServiceMember{"stopSignal", readStopSignal},
    ServiceMember{"stopGracePeriodSeconds", readStopGracePeriod},
    ServiceMember{"logging", readLogging},
    ServiceMember{"resources", readResourcesMember},
    ServiceMember{"livenessProbe", readProbeMember<&Service::livenessProbe, ProbeUse::Liveness>},
    ServiceMember{"readinessProbe", readProbeMember<&Service::readinessProbe, ProbeUse::Readiness>},
    ServiceMember{"startupProbe", readProbeMember<&Service::startupProbe, ProbeUse::Startup>},
    ServiceMember{"unhealthyPolicy", readUnhealthyPolicy},
};

}  // namespace

std::span<const ServiceMember> serviceMembers() {
  return kMembers;
}

}  // namespace holdfast::model::parser
