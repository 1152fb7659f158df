// SPDX-License-Identifier: Apache-2.0
#include "component/daemon/daemon_process.hpp"

#include "fixtures/lab/wait_until.hpp"

#include <boost/json/parse.hpp>
#include <boost/system/error_code.hpp>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>

namespace holdfast::test {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 60s;  // of a failing test
constexpr auto kPause = 5ms;     // between two looks at a process that tells nothing by itself

std::string readAll(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& text : texts) {
    out.push_back(text.data());
  }
  out.push_back(nullptr);
  return out;
}

std::string receiveAll(int fd) {
  std::string text;
  char buffer[16384];
  for (ssize_t got = 0; (got = ::recv(fd, buffer, sizeof buffer, 0)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(got));
  }
  return text;
}

}  // namespace

DaemonProcess::DaemonProcess() {
  configure("");
  std::filesystem::create_directory(path("plugins"));
  install("scripted_runtime", "scripted");
}

DaemonProcess::~DaemonProcess() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

void DaemonProcess::install(const std::string& fixture, const std::string& as) const {
  installFile(HOLDFAST_FIXTURES "/" + fixture + ".so", as);
}

void DaemonProcess::installFile(const std::string& file, const std::string& as) const {
  const auto to = path("plugins/" + as + ".so");
  std::filesystem::copy_file(file, to);
  std::filesystem::permissions(to, std::filesystem::perms(0644));
}

void DaemonProcess::configure(const std::string& properties) const {
  std::ofstream(path("holdfast.properties")) << properties;
}

void DaemonProcess::setEnvironment(const std::string& name, const std::string& value) {
  environment_[name] = value;
}

void DaemonProcess::start(const std::vector<std::string>& arguments) {
  std::vector<std::string> words{HOLDFAST_DAEMON,
                                 "--config=" + path("holdfast.properties"),
                                 "-Dstate.dir=" + path("state"),
                                 "-Dapi.socket=" + socketPath(),
                                 "-Dapi.group=root",
                                 "-Dplugins.dir=" + path("plugins"),
                                 "-Dplugins.load=scripted",
                                 "-Druntime.default=scripted"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables{"PATH=/usr/bin:/bin", "HOME=" + path("")};
  for (const auto& [name, value] : environment_) {
    variables.push_back(name + "=" + value);
  }
  for (const auto* sanitizer : {"ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"}) {
    if (const char* value = std::getenv(sanitizer); value != nullptr) {
      variables.push_back(std::string(sanitizer) + "=" + value);
    }
  }
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, path("output").c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  const int error = ::posix_spawn(&pid_, HOLDFAST_DAEMON, &actions, nullptr, pointers(words).data(),
                                  pointers(variables).data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    throw std::system_error(error, std::generic_category(), HOLDFAST_DAEMON);
  }
}

void DaemonProcess::startReady(const std::vector<std::string>& arguments) {
  start(arguments);
  if (!eventually([this] { return request("GET", "/healthz").status == 200; })) {
    throw std::runtime_error("holdfastd did not come up:\n" + output());
  }
}

void DaemonProcess::signal(int number) const {
  ::kill(pid_, number);
}

Ending DaemonProcess::wait() {
  int status = 0;
  if (!fixtures::waitUntil([&] { return ::waitpid(pid_, &status, WNOHANG) != 0; }, kPatience,
                           kPause)) {
    return {};
  }
  pid_ = -1;
  return WIFEXITED(status) ? Ending{WEXITSTATUS(status), 0} : Ending{-1, WTERMSIG(status)};
}

bool DaemonProcess::running() {
  return pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) == 0;
}

std::string DaemonProcess::path(const std::string& name) const {
  return directory_.path() / name;
}

std::string DaemonProcess::output() const {
  return readAll(path("output"));
}

bool DaemonProcess::says(const std::string& text) {
  bool said = false;
  fixtures::waitUntil(
      [&] {
        const bool over = !running();
        said = output().find(text) != std::string::npos;
        return said || over;
      },
      kPatience, kPause);
  return said;
}

DaemonProcess::Answer DaemonProcess::request(const std::string& method, const std::string& uri,
                                             const std::string& body) const {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(&address.sun_path[0], socketPath().c_str(), socketPath().size());
  Answer answer;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    const auto text = method + " " + uri + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" +
                      "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    static_cast<void>(!::send(fd, text.data(), text.size(), MSG_NOSIGNAL));
    const auto received = receiveAll(fd);
    const auto head = received.find("\r\n\r\n");
    if (head != std::string::npos && received.starts_with("HTTP/1.1 ")) {
      answer.status = std::stoi(received.substr(9, 3));
      answer.text = received.substr(head + 4);
      boost::system::error_code failed;
      answer.body = boost::json::parse(answer.text, failed);
    }
  }
  ::close(fd);
  return answer;
}

bool DaemonProcess::eventually(const std::function<bool()>& condition) {
  bool met = false;
  fixtures::waitUntil(
      [&] {
        const bool over = !running();
        met = !over && condition();
        return met || over;
      },
      kPatience, kPause);
  return met;
}

bool DaemonProcess::becomes(const std::string& uri, const std::string& pointer,
                            const boost::json::value& value) {
  return eventually([&] {
    const auto answer = request("GET", uri);
    boost::system::error_code failed;
    const auto* found = answer.body.find_pointer(pointer, failed);
    return found != nullptr && *found == value;
  });
}

std::string targetWith(const std::string& image) {
  return R"({"apps": {"1": {"appName": "demo", "services": [)"
         R"({"serviceId": 1, "serviceName": "web", "image": ")" +
         image + R"("}]}}})";
}

}  // namespace holdfast::test
