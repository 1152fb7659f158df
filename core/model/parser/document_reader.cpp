// SPDX-License-Identifier: Apache-2.0
#include "model/parser/document_reader.hpp"

#include "model/parser/app_reader.hpp"
#include "model/parser/limits.hpp"
#include "model/parser/members.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <set>

namespace holdfast::model::parser {

namespace {

namespace json = boost::json;

constexpr std::string_view kLocal = "local";
constexpr const char* kForms =
    "expected {\"apps\": ...}, {\"local\": {\"apps\": ...}} or {\"<device uuid>\": {\"apps\": "
    "...}}";

// Beside `apps`. What the cloud says about its own bookkeeping is known and ignored, but for the
// version, which is shown.
const std::vector<std::string_view>& deviceMembers() {
  static const std::vector<std::string_view> kKnown{"apps", "config", "version", "needs_deployment",
                                                    "last_deployed_at"};
  return kKnown;
}

bool holdsApps(const json::value& value) {
  return value.is_object() && value.get_object().contains("apps");
}

// The object that has `apps`, in whichever outer form.
std::optional<Node> findDevice(const Node& root, Target& target) {
  const auto* object = root.object();
  if (object == nullptr)
    return std::nullopt;
  if (object->contains("apps"))
    return root;
  if (object->size() != 1) {
    root.fault(std::string("found no apps; ") + kForms);
    return std::nullopt;
  }
  const auto& only = *object->begin();
  const Node device = root.child(only.key(), only.value());
  if (!holdsApps(only.value())) {
    root.fault("found no apps under " + inQuotes(only.key()) + "; " + kForms);
    return std::nullopt;
  }
  if (only.key() == kLocal)
    return device;
  if (nearest(only.key(), std::array{kLocal}) == kLocal) {
    device.fault("unknown member " + inQuotes(only.key()) + "; did you mean local?");
    return std::nullopt;
  }
  if (device.nameIsText(only.key()))
    target.deviceUuid = std::string(only.key());
  return device;
}

void readVersion(const Node& device, Target& target) {
  const auto* value = device.value().get_object().if_contains("version");
  if (value == nullptr)
    return;
  if (value->is_string()) {
    target.version = std::string(value->get_string());
  } else if (value->is_number()) {
    target.version = numberText(*value);
  }
}

// Settings of the cloud's. The link to it takes what it knows of them; nothing is a fault.
void readConfig(const Node& device, Target& target) {
  target.configJson = "{}";
  const auto config = member(device, "config");
  if (!config)
    return;
  if (!config->value().is_object()) {
    config->findings().note(config->pointer(), "expected an object");
    return;
  }
  noteUnknown(*config, {"settings", "logging", "features", "sensors"});
  target.configJson = json::serialize(config->value());
}

std::size_t countPorts(const AppDraft& app) {
  std::size_t ports = 0;
  for (const auto& service : app.services)
    ports += service.service.ports.size();
  return ports;
}

// Keeps within the limits of a whole document by reading no further.
class AppsReader {
 public:
  AppsReader(const Node& apps, DocumentDraft& draft) : apps_(apps), draft_(draft) {}

  void read(const Node& node, std::string_view key) {
    if (exceeded_)
      return;
    AppDraft app = readApp(node, key);
    services_ += app.services.size();
    ports_ += countPorts(app);
    limit(services_, kMaxServices, "services");
    limit(ports_, kMaxPorts, "ports");
    if (!ids_.insert(app.app.id).second)
      node.fault("another app has the id " + inQuotes(app.app.id) + " already");
    draft_.apps.push_back(std::move(app));
  }

  void limit(std::size_t count, std::size_t most, const char* what) {
    if (count <= most || exceeded_)
      return;
    apps_.fault("found more than " + std::to_string(most) + " " + what);
    exceeded_ = true;
  }

 private:
  const Node& apps_;
  DocumentDraft& draft_;
  std::set<std::string> ids_;
  std::size_t services_ = 0;
  std::size_t ports_ = 0;
  bool exceeded_ = false;
};

void readApps(const Node& apps, DocumentDraft& draft) {
  draft.appsPointer = apps.pointer();
  AppsReader reader(apps, draft);
  if (const auto* array = apps.value().if_array()) {
    reader.limit(array->size(), kMaxServices, "apps");
    for (std::size_t i = 0; i < array->size(); ++i)
      reader.read(apps.child(i, (*array)[i]), {});
  } else if (const auto* object = apps.value().if_object()) {
    reader.limit(object->size(), kMaxServices, "apps");
    for (const auto& [key, value] : *object) {
      const Node node = apps.child(key, value);
      if (node.nameIsText(key))
        reader.read(node, key);
    }
  } else {
    apps.mismatch("an object of apps by id, or an array of apps");
  }
}

}  // namespace

DocumentDraft readDocument(const json::value& document) {
  DocumentDraft draft;
  const Node root(document, "", draft.findings);
  const auto device = findDevice(root, draft.target);
  if (!device)
    return draft;
  noteUnknown(*device, deviceMembers());
  readVersion(*device, draft.target);
  readConfig(*device, draft.target);
  readApps(device->child("apps", device->value().at("apps")), draft);
  return draft;
}

}  // namespace holdfast::model::parser
