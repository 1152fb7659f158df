// SPDX-License-Identifier: Apache-2.0
// The part of a container's specification that a process on the host can live up to. The rest is
// refused by name: a service that silently lacks what its target asked for is worse than none.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace process {

struct ContainerSpec {
  std::string name;
  std::string image;
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> environment;  // secret: never to be logged
  std::vector<std::string> entrypoint;             // a program of the host, in place of the image
  std::vector<std::string> command;                // arguments
  std::vector<std::string> paths;                  // "mounts": have to exist on the host
  std::string workingDirectory = "/";
  int stopSignal = 15;  // SIGTERM

  [[nodiscard]] std::string label(std::string_view key) const;
};

// docs/container-spec.md of the SDK has the form. Nothing, with the reason in `problem`, when it is
// not that or asks for what this runtime cannot do.
[[nodiscard]] std::optional<ContainerSpec> parseContainerSpec(std::string_view json,
                                                              std::string& problem);

// [A-Za-z0-9][A-Za-z0-9_.-]{0,127}
[[nodiscard]] bool isContainerName(std::string_view text);

// Lower-case names with a slash between them, and perhaps a tag: "sensor", "plant/sensor:1.4". It
// is a path below the folder with the images, and never leads out of it.
[[nodiscard]] bool isImageReference(std::string_view text);
inline constexpr std::string_view kImageForm =
    "invalid reference, expected one like sensor:1.4 or plant/sensor:1.4";

}  // namespace process
