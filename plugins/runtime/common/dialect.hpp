// SPDX-License-Identifier: Apache-2.0
// What differs between container engines whose APIs are alike. The rest of this folder is written
// against this interface, and a plugin for such an engine is an implementation of it.
#pragma once

#include "holdfast/sdk/runtime.hpp"
#include "holdfast/support/http.hpp"
#include "runtime/common/container_spec.hpp"
#include "runtime/common/error_rules.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace holdfast::runtime {

// An engine's answer to GET /_ping: the version that it is spoken to in, or why it is not.
struct PingVerdict {
  int version = 0;      // a number of the dialect's own, > 0 when there is no problem
  std::string problem;  // one line for people, empty when there is none
};

// Where networks or volumes are found, and how their members are called.
struct ObjectForm {
  std::string_view listPath;    // "/networks"
  std::string_view lookSuffix;  // after "/networks/<name>", for a look at one
  std::string_view idKey;
  std::string_view nameKey;
  std::string_view labelsKey;
};

// What an engine tells of itself.
struct EngineFacts {
  std::string version;
  std::string apiVersion;
  std::string machine;  // the kernel's or Go's word
  std::string dataRoot;
  std::int64_t cpus = 0;
  std::int64_t memoryBytes = 0;
  bool rootless = false;  // sdk::EngineInfo says what that means
};

// How the stream of a pull says that all went well.
enum class PullEnd {
  StatusLine,  // by a line of its own, "Status: ..."
  LastLayer,   // its last line is that something is complete
};

// Implementations have no state: every member is const, thread-safe and does no I/O.
class Dialect {
 public:
  // --- the engine and its answers ---

  [[nodiscard]] virtual std::string_view name() const = 0;  // "Docker"
  // What to do for the permission to use the socket.
  [[nodiscard]] virtual std::string_view permissionHint() const = 0;
  [[nodiscard]] virtual PingVerdict judgePing(const support::HttpResponse& response,
                                              const std::string& where) const = 0;
  // What the paths of calls begin with; `pull` stands for those of POST /images/create.
  [[nodiscard]] virtual std::string basePath(int version, bool pull) const = 0;
  [[nodiscard]] virtual std::span<const ErrorRule> errorTable() const = 0;
  // The engine's words in an answer that is no success.
  [[nodiscard]] virtual std::string errorTextOf(const support::HttpResponse& response) const = 0;
  // The part of an error's text that says what happened, when the text has several.
  [[nodiscard]] virtual std::string rootOf(std::string_view text) const = 0;
  // Of an answer to GET /info.
  [[nodiscard]] virtual EngineFacts factsOf(const boost::json::value& info, int version) const = 0;

  // --- containers ---

  // Why the engine cannot run this, whatever its state: one line that names the member.
  [[nodiscard]] virtual std::string refusalOf(const ContainerSpec& spec) const = 0;
  [[nodiscard]] virtual std::string createPath(std::string_view name) const = 0;
  [[nodiscard]] virtual boost::json::object createBody(const ContainerSpec& spec,
                                                       int version) const = 0;
  // Networks, as an object from name to endpoint, that a container with these labels is to join
  // after its creation and before its start: null when it has joined them all then.
  [[nodiscard]] virtual boost::json::value laterNetworks(const boost::json::object& labels) const;
  // A look that failed since a container's process ended under it; another one sees its end.
  [[nodiscard]] virtual bool saysProcessVanished(const support::HttpResponse& response) const;
  [[nodiscard]] virtual bool saysNameTaken(const support::HttpResponse& response) const = 0;
  // A word of the engine for a state. One that is not known says "look again".
  [[nodiscard]] virtual sdk::ContainerState stateOf(std::string_view word) const = 0;
  // Made by an agent. What is not is never reported and never changed.
  [[nodiscard]] virtual bool manages(const boost::json::object& labels) const = 0;
  [[nodiscard]] virtual std::string_view graceQuery() const = 0;  // of POST .../stop, in seconds
  // Does POST .../update change the restart policy of a container that is there?
  [[nodiscard]] virtual bool updatesRestartPolicy() const = 0;
  // Filters of the lists of containers that together find all of agents.
  [[nodiscard]] virtual std::span<const std::string_view> listFilters() const = 0;
  // Does the list tell mounts and addresses of a container, so that no inspection is needed?
  [[nodiscard]] virtual bool listTellsPlaces() const = 0;
  // Of an answer to GET /exec/<id>/json: nothing while the command runs, or has yet to begin.
  [[nodiscard]] virtual std::optional<int> exitCodeOf(const boost::json::value& exec) const = 0;
  // The beginning of an exec's output: the run time's own words that there was no command to run?
  [[nodiscard]] virtual bool saysNotRun(std::string_view output) const = 0;

  // --- networks, volumes, events, pulls ---

  [[nodiscard]] virtual const ObjectForm& networkForm() const = 0;
  [[nodiscard]] virtual const ObjectForm& volumeForm() const = 0;
  [[nodiscard]] virtual boost::json::object networkBody(std::string_view name,
                                                        const NetworkSpec& spec) const = 0;
  [[nodiscard]] virtual boost::json::object volumeBody(std::string_view name,
                                                       const VolumeSpec& spec) const = 0;
  // The filters of GET /events: all that changes a look, and of what a probe makes at most its end.
  [[nodiscard]] virtual std::string_view eventFilters() const = 0;
  // Whether an event exec_die with its execID and exitCode tells the end of a command.
  [[nodiscard]] virtual bool reportsExecEnds() const = 0;
  // Are there events of networks? Without them nothing learnt of networks is kept.
  [[nodiscard]] virtual bool reportsNetworks() const = 0;
  [[nodiscard]] virtual PullEnd pullEnd() const = 0;

  virtual ~Dialect() = default;
};

// A map as a JSON object, in the map's order.
[[nodiscard]] boost::json::object jsonOf(const StringMap& map);

// A list as a JSON array.
[[nodiscard]] boost::json::array jsonOf(const StringList& list);

}  // namespace holdfast::runtime
