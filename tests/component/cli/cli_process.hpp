// SPDX-License-Identifier: Apache-2.0
// The `holdfast` program itself, run as a shell or a person at a terminal would.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace holdfast::cli {

struct Ended {
  int code = -1;       // exit code; -1: a signal ended it
  std::string output;  // on a terminal: both streams, as the terminal got them
  std::string errors;
};

// Runs it with pipes: nobody to be asked, nothing to be coloured. `input` is its standard input.
// HOLDFAST_SOCKET is `socket`.
[[nodiscard]] Ended runPiped(const std::string& socket, const std::vector<std::string>& words,
                             const std::string& input = {});

// Runs it on a pseudo-terminal of that size and types `input`. NO_COLOR is set unless `colour`.
[[nodiscard]] Ended runOnTerminal(const std::string& socket, const std::vector<std::string>& words,
                                  const std::string& input = {}, unsigned short columns = 80,
                                  bool colour = false);

// It runs on a pseudo-terminal, for as long as somebody looks. Killed with the object.
class Terminal {
 public:
  Terminal(const std::string& socket, const std::vector<std::string>& words,
           unsigned short columns = 80, bool colour = false);
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  // Reads until `text` stands in what it has written since the last call; false when that did not
  // come within five seconds or it has ended.
  [[nodiscard]] bool shows(const std::string& text);
  void type(const std::string& keys);
  void resize(unsigned short columns);
  // Everything that it wrote, read up to its end.
  [[nodiscard]] Ended end();

 private:
  pid_t pid_ = -1;
  int terminal_ = -1;
  std::string output_;
  std::size_t seen_ = 0;
};

// A process that is ended and reaped with the object.
class Background {
 public:
  explicit Background(const std::vector<std::string>& command);
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

 private:
  pid_t pid_ = -1;
};

}  // namespace holdfast::cli
