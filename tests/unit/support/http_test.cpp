// SPDX-License-Identifier: Apache-2.0
#include "holdfast/support/http.hpp"

#include <gtest/gtest.h>

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace holdfast::support {
namespace {

// A server of one script: for each connection in turn it reads one request per answer and sends the
// answers; an answer that ends in kStay keeps the connection open without another byte.
class ScriptedServer {
 public:
  static constexpr std::string_view kStay = "<stay>";

  explicit ScriptedServer(std::vector<std::vector<std::string>> connections)
      : script_(std::move(connections)) {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "holdfast-http-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    path_ = directory_ + "/socket";
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof(address.sun_path) - 1);
    const auto* any = static_cast<const sockaddr*>(static_cast<const void*>(&address));
    if (::bind(listener_, any, sizeof(address)) != 0 || ::listen(listener_, 8) != 0) {
      throw std::runtime_error("cannot listen on " + path_);
    }
    thread_ = std::thread([this] { serve(); });
  }
  ~ScriptedServer() {
    ::shutdown(listener_, SHUT_RDWR);  // ends accept()
    thread_.join();
    ::close(listener_);
    std::filesystem::remove_all(directory_);
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] int connections() const { return connections_; }
  [[nodiscard]] std::string requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void serve() {
    for (const std::vector<std::string>& answers : script_) {
      const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) {
        return;
      }
      ++connections_;
      serveConnection(connection, answers);
      ::close(connection);
    }
  }

  void serveConnection(int connection, const std::vector<std::string>& answers) {
    for (std::string answer : answers) {
      if (!readRequest(connection)) {
        return;
      }
      const bool stay = answer.ends_with(kStay);
      if (stay) {
        answer.resize(answer.size() - kStay.size());
      }
      for (std::size_t sent = 0; sent < answer.size();) {
        const ssize_t count =
            ::send(connection, answer.data() + sent, answer.size() - sent, MSG_NOSIGNAL);
        if (count <= 0) {
          return;
        }
        sent += static_cast<std::size_t>(count);
      }
      char byte = 0;
      while (stay && ::read(connection, &byte, 1) > 0) {
      }
    }
  }

  bool readRequest(int connection) {
    std::string request;
    char byte = 0;
    while (!request.ends_with("\r\n\r\n")) {
      if (::read(connection, &byte, 1) <= 0) {
        return false;
      }
      request += byte;
    }
    constexpr std::string_view kLength = "Content-Length: ";
    if (const std::size_t at = request.find(kLength); at != std::string::npos) {
      for (long left = std::strtol(request.c_str() + at + kLength.size(), nullptr, 10); left > 0;
           --left) {
        if (::read(connection, &byte, 1) <= 0) {
          return false;
        }
        request += byte;
      }
    }
    const std::lock_guard lock(mutex_);
    requests_ += request;
    return true;
  }

  std::vector<std::vector<std::string>> script_;
  std::string directory_;
  std::string path_;
  std::mutex mutex_;
  std::string requests_;
  int listener_ = -1;
  std::atomic<int> connections_ = 0;
  std::thread thread_;
};

HttpClient clientOf(const std::string& path) {
  HttpEndpoint endpoint;
  std::string problem;
  EXPECT_TRUE(parseEndpoint("unix://" + path, false, endpoint, problem)) << problem;
  return HttpClient(endpoint);
}

std::string answer(const std::string& status, const std::string& body) {
  return "HTTP/1.1 " + status +
         "\r\nApi-Version: 1.41\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

HttpRequest get(const std::string& target) {
  return {.method = "GET", .target = target};
}

TEST(Http, AnswersWithStatusHeadersAndBodyAndKeepsTheConnection) {
  ScriptedServer server({{answer("200 OK", "OK"), answer("404 Not Found", "{\"message\":\"x\"}"),
                          answer("201 Created", "{}"), answer("204 No Content", "")}});
  HttpClient client = clientOf(server.path());
  HttpResult result = client.perform(get("/_ping"), {});
  ASSERT_TRUE(result.ok()) << result.errorText;
  EXPECT_EQ(result.response.status, 200);
  EXPECT_EQ(result.response.body, "OK");
  EXPECT_EQ(result.response.header("api-version"), "1.41");
  EXPECT_EQ(result.response.header("absent"), "");
  EXPECT_EQ(client.perform(get("/a"), {}).response.status, 404);
  const HttpRequest post{.method = "POST",
                         .target = "/b?x=1",
                         .headers = {"Content-Type: application/json"},
                         .body = "{\"a\":1}"};
  EXPECT_EQ(client.perform(post, {}).response.status, 201);
  EXPECT_EQ(client.perform({.method = "DELETE", .target = "/c"}, {}).response.status, 204);
  EXPECT_EQ(server.connections(), 1);
  EXPECT_NE(server.requests().find("POST /b?x=1 HTTP/1.1\r\nHost: localhost\r\n"),
            std::string::npos);
  EXPECT_NE(server.requests().find("Content-Type: application/json\r\n"), std::string::npos);
  EXPECT_NE(server.requests().find("\r\n\r\n{\"a\":1}"), std::string::npos);
  EXPECT_NE(server.requests().find("DELETE /c HTTP/1.1"), std::string::npos);
}

TEST(Http, SendsAPostWithoutABodyAsEmpty) {
  ScriptedServer server({{answer("200 OK", "")}});
  HttpClient client = clientOf(server.path());
  EXPECT_EQ(client.perform({.method = "POST", .target = "/"}, {}).response.status, 200);
  EXPECT_NE(server.requests().find("Content-Length: 0\r\n"), std::string::npos);
}

TEST(Http, SaysWhyItCannotConnect) {
  HttpClient absent = clientOf("/nonexistent/holdfast.sock");
  HttpResult result = absent.perform(get("/"), {});
  EXPECT_EQ(result.error, HttpError::NoSocket);
  EXPECT_EQ(result.osError, ENOENT);
  EXPECT_EQ(result.response.status, 0);

  std::string path;
  {
    ScriptedServer server({});
    path = server.path();
    std::filesystem::create_hard_link(path, path + ".stale");
    std::filesystem::rename(path + ".stale",
                            "/tmp/holdfast-http-stale-" + std::to_string(getpid()));
  }
  path = "/tmp/holdfast-http-stale-" + std::to_string(getpid());
  result = clientOf(path).perform(get("/"), {});
  std::filesystem::remove(path);
  EXPECT_EQ(result.error, HttpError::Refused);
  EXPECT_EQ(result.osError, ECONNREFUSED);
}

TEST(Http, EndsAtItsTimeout) {
  ScriptedServer server({{std::string(ScriptedServer::kStay)}});
  CallLimits limits;
  limits.timeoutMs = 30;
  EXPECT_EQ(clientOf(server.path()).perform(get("/"), limits).error, HttpError::Timeout);
}

TEST(Http, BoundsTheBody) {
  ScriptedServer server({{answer("200 OK", std::string(1000, 'x'))}});
  CallLimits limits;
  limits.maxBodyBytes = 999;
  EXPECT_EQ(clientOf(server.path()).perform(get("/"), limits).error, HttpError::TooLarge);
}

TEST(Http, NoticesAnAnswerThatBreaksOff) {
  const std::string whole = answer("200 OK", "0123456789");
  ScriptedServer server({{whole.substr(0, whole.size() - 3)}});
  EXPECT_EQ(clientOf(server.path()).perform(get("/"), {}).error, HttpError::Broken);
}

TEST(Http, IsCancelledBeforeItBegins) {
  ScriptedServer server({});
  const int cancel = ::eventfd(1, EFD_CLOEXEC);
  CallLimits limits;
  limits.cancelFds[1] = cancel;
  EXPECT_EQ(clientOf(server.path()).perform(get("/"), limits).error, HttpError::Cancelled);
  EXPECT_EQ(server.connections(), 0);
  ::close(cancel);
}

TEST(Http, IsCancelledInAnIdleStream) {
  ScriptedServer server({{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n" +
                          std::string(ScriptedServer::kStay)}});
  const int cancel = ::eventfd(0, EFD_CLOEXEC);
  CallLimits limits;
  limits.cancelFds[0] = cancel;
  std::string received;
  int heads = 0;
  const StreamHandler handler{.head =
                                  [&](const HttpResponse& response) {
                                    EXPECT_EQ(response.status, 200);
                                    EXPECT_EQ(received, "");
                                    ++heads;
                                    return true;
                                  },
                              .data =
                                  [&](std::string_view bytes) {
                                    received += bytes;
                                    EXPECT_EQ(::eventfd_write(cancel, 1), 0);
                                    return true;
                                  }};
  EXPECT_EQ(clientOf(server.path()).stream(get("/"), limits, handler).error, HttpError::Cancelled);
  EXPECT_EQ(received, "ab");
  EXPECT_EQ(heads, 1);
  ::close(cancel);
}

TEST(Http, KeepsTheBodyOfAStreamThatWasRefused) {
  ScriptedServer server({{answer("500 Internal Server Error", "{\"message\":\"denied\"}")}});
  const StreamHandler handler{.head = {}, .data = [](std::string_view) {
                                ADD_FAILURE() << "no data was to come";
                                return true;
                              }};
  const HttpResult result = clientOf(server.path()).stream(get("/"), {}, handler);
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(result.response.status, 500);
  EXPECT_EQ(result.response.body, "{\"message\":\"denied\"}");
}

TEST(Http, StopsWhenTheHandlerSaysSoAndConnectsAgain) {
  ScriptedServer server(
      {{answer("200 OK", "data") + std::string(ScriptedServer::kStay)}, {answer("200 OK", "OK")}});
  HttpClient client = clientOf(server.path());
  const StreamHandler handler{.head = {}, .data = [](std::string_view) { return false; }};
  EXPECT_EQ(client.stream(get("/"), {}, handler).error, HttpError::Stopped);
  EXPECT_EQ(client.perform(get("/"), {}).response.body, "OK");
}

TEST(Http, LetsAnExceptionOfTheHandlerThrough) {
  ScriptedServer server({{answer("200 OK", "data")}});
  const StreamHandler handler{
      .head = {}, .data = [](std::string_view) -> bool { throw std::runtime_error("mine"); }};
  HttpClient client = clientOf(server.path());
  EXPECT_THROW(static_cast<void>(client.stream(get("/"), {}, handler)), std::runtime_error);
}

TEST(Http, UnderstandsUrls) {
  struct Row {
    std::string_view url;
    bool tls;
    std::string_view socketPath;
    std::string_view baseUrl;
  };
  const Row rows[] = {
      {"unix:///var/run/docker.sock", false, "/var/run/docker.sock", "http://localhost"},
      {"tcp://127.0.0.1:2375", false, "", "http://127.0.0.1:2375"},
      {"tcp://engine:2376", true, "", "https://engine:2376"},
      {"https://engine:2376/", false, "", "https://engine:2376"},
      {"http://[::1]:2375", true, "", "http://[::1]:2375"},
  };
  for (const Row& row : rows) {
    HttpEndpoint endpoint;
    std::string problem;
    ASSERT_TRUE(parseEndpoint(row.url, row.tls, endpoint, problem)) << row.url << ": " << problem;
    EXPECT_EQ(endpoint.socketPath, row.socketPath);
    EXPECT_EQ(endpoint.baseUrl, row.baseUrl);
  }
  for (const std::string& url :
       {std::string(""), std::string("/var/run/docker.sock"), std::string("unix://relative"),
        std::string("ssh://host"), std::string("npipe:////./pipe/x"), std::string("tcp://"),
        std::string("tcp://host/path"), std::string("tcp://user@host"),
        "unix:///" + std::string(107, 'x')}) {
    HttpEndpoint endpoint;
    std::string problem;
    EXPECT_FALSE(parseEndpoint(url, false, endpoint, problem)) << url;
    EXPECT_FALSE(problem.empty());
  }
}

TEST(Http, EncodesQueryValues) {
  EXPECT_EQ(urlEncode("{\"label\":[\"a=b\"]}"), "%7B%22label%22%3A%5B%22a%3Db%22%5D%7D");
  EXPECT_EQ(urlEncode("a-b_c.d~e"), "a-b_c.d~e");
}

}  // namespace
}  // namespace holdfast::support
