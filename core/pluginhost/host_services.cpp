// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/host_services.hpp"

#include "model/text.hpp"

#include <Poco/Message.h>

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace holdfast::pluginhost {
namespace {

constexpr std::size_t kMaxMessage = 4'096;
constexpr std::size_t kMaxField = 1'024;
constexpr std::size_t kMaxFields = 32;

Poco::Message::Priority priorityOf(sdk::LogLevel level) {
  switch (level) {
    case sdk::LogLevel::Error:
      return Poco::Message::PRIO_ERROR;
    case sdk::LogLevel::Warning:
      return Poco::Message::PRIO_WARNING;
    case sdk::LogLevel::Notice:
      return Poco::Message::PRIO_NOTICE;
    case sdk::LogLevel::Information:
      return Poco::Message::PRIO_INFORMATION;
    case sdk::LogLevel::Debug:
      break;
  }
  return Poco::Message::PRIO_DEBUG;
}

std::string fieldText(std::string_view value) {
  std::string text = model::oneLine(value, kMaxField);
  if (!text.empty() && text.find_first_of(" \"=") == std::string::npos) {
    return text;
  }
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted.push_back('\\');
    }
    quoted.push_back(c);
  }
  return quoted + "\"";
}

// 0700 from the first instant on, whatever the umask.
void makePrivate(const std::filesystem::path& folder) {
  if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    throw std::filesystem::filesystem_error("cannot make a state directory", folder,
                                            {errno, std::generic_category()});
  }
}

}  // namespace

HostServices::HostServices(const std::string& name, OptionValues options,
                           const std::filesystem::path& stateRoot)
    : logger_(Poco::Logger::get("holdfast.plugin." + name)), options_(std::move(options)) {
  const auto all = stateRoot / "plugins";
  makePrivate(all);
  makePrivate(all / name);
  std::filesystem::permissions(all / name, std::filesystem::perms::owner_all);
  stateDirectory_ = (all / name).string();
}

void HostServices::log(sdk::LogLevel level, std::string_view message,
                       std::span<const sdk::KeyValue> fields) noexcept {
  try {
    const auto priority = priorityOf(level);
    if (!logger_.is(priority)) {
      return;
    }
    std::string line = model::oneLine(message, kMaxMessage);
    for (const auto& field : fields.first(std::min(fields.size(), kMaxFields))) {
      line += " " + model::oneLine(field.key, kMaxField) + "=" + fieldText(field.value);
    }
    logger_.log(Poco::Message(logger_.name(), line, priority));
  } catch (...) {
    // A line that cannot be written is no reason to fail a plugin's call.
  }
}

std::string_view HostServices::option(std::string_view name) const noexcept {
  const auto found = options_.find(name);
  return found == options_.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view HostServices::stateDirectory() const noexcept {
  return stateDirectory_;
}

}  // namespace holdfast::pluginhost
