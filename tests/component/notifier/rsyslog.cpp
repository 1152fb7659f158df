// SPDX-License-Identifier: Apache-2.0
#include "rsyslog.hpp"

#include "fixtures/lab/wait_until.hpp"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <sstream>
#include <stdexcept>

namespace holdfast::syslog {
namespace {

constexpr char kProgram[] = "/usr/sbin/rsyslogd";

constexpr char kOutput[] = R"(
module(load="mmpstrucdata")
template(name="out" type="list" option.jsonf="on") {
  property(outname="pri" name="pri" format="jsonf")
  property(outname="time" name="timereported" dateFormat="rfc3339" format="jsonf")
  property(outname="host" name="hostname" format="jsonf")
  property(outname="app" name="app-name" format="jsonf")
  property(outname="procid" name="procid" format="jsonf")
  property(outname="msgid" name="msgid" format="jsonf")
  property(outname="sd" name="$!rfc5424-sd" format="jsonf")
  property(outname="msg" name="msg" format="jsonf")
}
action(type="mmpstrucdata")
action(type="omfile" template="out" file=")";

}  // namespace

std::string Rsyslog::udp(int port) {
  return "input(type=\"imudp\" address=\"127.0.0.1\" port=\"" + std::to_string(port) + "\")\n";
}

std::string Rsyslog::tcp(int port) {
  return "input(type=\"imtcp\" address=\"127.0.0.1\" port=\"" + std::to_string(port) + "\")\n";
}

std::string Rsyslog::unixSocket(const std::string& path) {
  return "input(type=\"imuxsock\" socket=\"" + path + "\")\n";
}

void Rsyslog::useTls(const fixtures::Certificates& certificates) {
  global_ = "global(defaultNetstreamDriver=\"ossl\" defaultNetstreamDriverCAFile=\"" +
            certificates.caFile() + "\" defaultNetstreamDriverCertFile=\"" +
            certificates.server().certFile + "\" defaultNetstreamDriverKeyFile=\"" +
            certificates.server().keyFile +
            "\")\nmodule(load=\"imtcp\" streamDriver.name=\"ossl\" streamDriver.mode=\"1\" "
            "streamDriver.authMode=\"x509/certvalid\")\n";
}

void Rsyslog::start() {
  const auto path = [this](const char* name) { return (directory_.path() / name).string(); };
  std::string configuration = "global(maxMessageSize=\"64k\" workDirectory=\"" +
                              directory_.path().string() + "\")\n" + global_;
  if (global_.empty()) {
    configuration += "module(load=\"imtcp\")\n";
  }
  configuration += "module(load=\"imudp\")\nmodule(load=\"imuxsock\" sysSock.use=\"off\")\n";
  fixtures::writeFile(path("rsyslog.conf"),
                      configuration + inputs_ + kOutput + path("out.json") + "\")\n");
  // Ubuntu confines the program by its path to the folders of the system's own.
  std::filesystem::copy_file(kProgram, path("rsyslogd"),
                             std::filesystem::copy_options::skip_existing);
  process_ = std::make_unique<fixtures::Process>(std::vector<std::string>{
      path("rsyslogd"), "-n", "-f", path("rsyslog.conf"), "-i", path("rsyslogd.pid")});
  if (!fixtures::waitUntil([this] { return listens(); }, std::chrono::seconds(20))) {
    throw std::runtime_error("rsyslog does not listen: " + process_->standardError());
  }
}

void Rsyslog::stop(int signal) {
  process_->signal(signal);
  process_->wait(std::chrono::seconds(20));
  process_.reset();
}

// Every socket that its inputs name is one of its own: the kernel lists them, by port and by path.
bool Rsyslog::listens() const {
  const std::string table = "/proc/" + std::to_string(process_->pid()) + "/net/";
  std::istringstream lines(inputs_);
  for (std::string line; std::getline(lines, line);) {
    const auto valueOf = [&line](const std::string& name) {
      const std::size_t at = line.find(name + "=\"") + name.size() + 2;
      return line.substr(at, line.find('"', at) - at);
    };
    if (line.find("imuxsock") != std::string::npos) {
      if (fixtures::readFile(table + "unix").find(valueOf("socket")) == std::string::npos) {
        return false;
      }
      continue;
    }
    std::ostringstream address;
    address << "0100007F:" << std::uppercase << std::hex;
    address.width(4);
    address.fill('0');
    address << std::stoi(valueOf("port"));
    const bool tcp = line.find("imtcp") != std::string::npos;
    const std::string wanted = address.str() + " 00000000:0000 " + (tcp ? "0A" : "07");
    if (fixtures::readFile(table + (tcp ? "tcp" : "udp")).find(wanted) == std::string::npos) {
      return false;
    }
  }
  return true;
}

std::vector<boost::json::object> Rsyslog::messages(std::size_t count) const {
  std::vector<boost::json::object> result;
  fixtures::waitUntil(
      [&] {
        result.clear();
        std::istringstream lines(fixtures::readFile(directory_.path() / "out.json"));
        for (std::string line; std::getline(lines, line);) {
          boost::system::error_code error;
          boost::json::value value = boost::json::parse(line, error);
          if (!error) {  // else it is half written
            result.push_back(value.as_object());
          }
        }
        return result.size() >= count;
      },
      std::chrono::seconds(10));
  return result;
}

}  // namespace holdfast::syslog
