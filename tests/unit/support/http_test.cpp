// SPDX-License-Identifier: Apache-2.0
#include "holdfast/support/http.hpp"

#include "fixtures/http/scripted_server.hpp"
#include "fixtures/lab/wait_until.hpp"
#include "fixtures/net/silent_name.hpp"

#include <gtest/gtest.h>

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace holdfast::support {
namespace {

using namespace std::chrono_literals;
using fixtures::ScriptedServer;

HttpClient clientOf(const std::string& path) {
  HttpEndpoint endpoint;
  std::string problem;
  EXPECT_TRUE(parseEndpoint("unix://" + path, false, endpoint, problem)) << problem;
  return HttpClient(endpoint);
}

using fixtures::httpAnswer;

HttpRequest get(const std::string& target) {
  return {.method = "GET", .target = target};
}

TEST(Http, AnswersWithStatusHeadersAndBodyAndKeepsTheConnection) {
  ScriptedServer server(
      {{httpAnswer("200 OK", "OK"), httpAnswer("404 Not Found", "{\"message\":\"x\"}"),
        httpAnswer("201 Created", "{}"), httpAnswer("204 No Content", "")}});
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

TEST(Http, SendsTheBodyOfAPatch) {
  ScriptedServer server({{httpAnswer("200 OK", "")}});
  HttpClient client = clientOf(server.path());
  const HttpRequest patch{
      .method = "PATCH", .target = "/a", .headers = {"Content-Type: text/plain"}, .body = "half"};
  EXPECT_EQ(client.perform(patch, {}).response.status, 200);
  EXPECT_NE(server.requests().find("PATCH /a HTTP/1.1"), std::string::npos);
  EXPECT_NE(server.requests().find("\r\n\r\nhalf"), std::string::npos);
}

// A thousand times x, packed by gzip.
std::string packedAnswer() {
  constexpr unsigned char kPacked[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff,
                                       0xab, 0xa8, 0x18, 0x05, 0xa3, 0x60, 0x14, 0x0c, 0x77, 0x00,
                                       0x00, 0xe6, 0xc9, 0x41, 0x3b, 0xe8, 0x03, 0x00, 0x00};
  return httpAnswer("200 OK", std::string(std::begin(kPacked), std::end(kPacked)),
                    "Content-Encoding: gzip\r\n");
}

TEST(Http, UnpacksAnswersWhereThatIsAskedFor) {
  ScriptedServer server({{packedAnswer(), packedAnswer()}});
  HttpClient client = clientOf(server.path());
  HttpRequest request = get("/");
  EXPECT_NE(client.perform(request, {}).response.body, std::string(1000, 'x'));
  EXPECT_EQ(server.requests().find("Accept-Encoding"), std::string::npos);
  request.acceptGzip = true;
  EXPECT_EQ(client.perform(request, {}).response.body, std::string(1000, 'x'));
  EXPECT_NE(server.requests().find("Accept-Encoding: gzip\r\n"), std::string::npos);
}

TEST(Http, CountsWhatAnAnswerUnpacksTo) {
  ScriptedServer server({{packedAnswer()}});
  HttpClient client = clientOf(server.path());
  HttpRequest request = get("/");
  request.acceptGzip = true;
  CallLimits limits;
  limits.maxBodyBytes = 999;
  const HttpResult result = client.perform(request, limits);
  EXPECT_EQ(result.error, HttpError::TooLarge);
  EXPECT_EQ(result.response.body, std::string(999, 'x'));
}

TEST(Http, CountsNothingOnUnixSockets) {
  ScriptedServer server({{httpAnswer("200 OK", "")}});
  HttpClient client = clientOf(server.path());
  EXPECT_TRUE(client.perform(get("/"), {}).ok());
  EXPECT_EQ(client.traffic().sentBytes, 0);
  EXPECT_EQ(client.traffic().receivedBytes, 0);
}

TEST(Http, SendsAPostWithoutABodyAsEmpty) {
  ScriptedServer server({{httpAnswer("200 OK", "")}});
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
  ScriptedServer server({{httpAnswer("200 OK", std::string(1000, 'x'))}});
  CallLimits limits;
  limits.maxBodyBytes = 999;
  const HttpResult result = clientOf(server.path()).perform(get("/"), limits);
  EXPECT_EQ(result.error, HttpError::TooLarge);
  EXPECT_EQ(result.response.status, 200);
  EXPECT_EQ(result.response.body, std::string(999, 'x'));
}

TEST(Http, ConnectsToNoLinkLocalAddress) {
  HttpEndpoint endpoint;
  endpoint.baseUrl = "http://[::ffff:169.254.169.254]";
  endpoint.refuseLinkLocal = true;
  const HttpResult result = HttpClient(endpoint).perform(get("/"), {});
  EXPECT_EQ(result.error, HttpError::Forbidden);
  EXPECT_EQ(result.response.status, 0);
}

TEST(Http, ReadsBothFormsOfRetryAfter) {
  constexpr std::int64_t kNow = 1'700'000'000;  // Tue, 14 Nov 2023 22:13:20 GMT
  EXPECT_EQ(retryAfterMs("0", kNow), 0);
  EXPECT_EQ(retryAfterMs("120", kNow), 120'000);
  EXPECT_EQ(retryAfterMs("Tue, 14 Nov 2023 22:14:00 GMT", kNow), 40'000);
  EXPECT_EQ(retryAfterMs("Tue, 14 Nov 2023 22:13:00 GMT", kNow), 0);
  EXPECT_EQ(retryAfterMs("99999999999", kNow), kMaxRetryAfterMs);
  EXPECT_EQ(retryAfterMs("99999999999999999999999", kNow), kMaxRetryAfterMs);
  for (const char* nonsense : {"", "-1", "soon", "1.5"}) {
    EXPECT_EQ(retryAfterMs(nonsense, kNow), -1) << nonsense;
  }
}

TEST(Http, NoticesAnAnswerThatBreaksOff) {
  const std::string whole = httpAnswer("200 OK", "0123456789");
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

TEST(Http, ReadsAnAnswerThatComesInPiecesAtOnceWhereThatIsAskedFor) {
  const std::string pause(ScriptedServer::kPause);
  ScriptedServer server(
      {{"HTTP/1.1 200 OK\r\n" + pause + "Connection: close\r\n\r\none " + pause + "two"}});
  std::vector<std::string> pieces;
  const StreamHandler handler{.head = {}, .data = [&](std::string_view bytes) {
                                pieces.emplace_back(bytes);
                                return true;
                              }};
  HttpRequest request = get("/");
  request.gather.atMostMs = 1'000;
  EXPECT_TRUE(clientOf(server.path()).stream(request, {}, handler).ok());
  EXPECT_EQ(pieces, std::vector<std::string>{"one two"});
}

TEST(Http, GathersNoLongerThanUntilItIsToldThatAllIsThere) {
  ScriptedServer server({{httpAnswer("200 OK", "all")}});
  const int done = ::eventfd(1, EFD_CLOEXEC);
  HttpRequest request = get("/");
  request.gather = {.atMostMs = 60'000, .doneFd = done};
  EXPECT_EQ(clientOf(server.path()).perform(request, {}).response.body, "all");
  ::close(done);
}

TEST(Http, GathersNoLongerThanItsTimeout) {
  ScriptedServer server({{std::string(ScriptedServer::kStay)}});
  HttpRequest request = get("/");
  request.gather.atMostMs = 60'000;
  CallLimits limits;
  limits.timeoutMs = 100;
  EXPECT_EQ(clientOf(server.path()).perform(request, limits).error, HttpError::Timeout);
}

TEST(Http, IsCancelledAlsoWhileItGathers) {
  ScriptedServer server({{std::string(ScriptedServer::kStay)}});
  const int cancel = ::eventfd(0, EFD_CLOEXEC);
  CallLimits limits;
  limits.cancelFds[1] = cancel;
  HttpRequest request = get("/");
  request.gather.atMostMs = 60'000;
  std::thread host([&] {
    EXPECT_TRUE(fixtures::waitUntil([&] { return !server.requests().empty(); }, 10s));
    EXPECT_EQ(::eventfd_write(cancel, 1), 0);
  });
  EXPECT_EQ(clientOf(server.path()).perform(request, limits).error, HttpError::Cancelled);
  host.join();
  ::close(cancel);
}

HttpClient clientOfNobody() {
  HttpEndpoint endpoint;
  endpoint.baseUrl = std::string("http://") + fixtures::SilentName::kName;
  return HttpClient(endpoint);
}

TEST(Http, EndsAtItsTimeoutAlsoWhileANameIsLookedUp) {
  const fixtures::SilentName name;
  CallLimits limits;
  limits.timeoutMs = 200;
  EXPECT_EQ(clientOfNobody().perform(get("/"), limits).error, HttpError::Timeout);
  EXPECT_FALSE(name.waitedFor());
}

TEST(Http, IsCancelledAlsoWhileANameIsLookedUp) {
  const fixtures::SilentName name;
  const int cancel = ::eventfd(0, EFD_CLOEXEC);
  CallLimits limits;
  limits.cancelFds[0] = cancel;
  std::thread host([&] {
    EXPECT_TRUE(name.isAsked());
    EXPECT_EQ(::eventfd_write(cancel, 1), 0);
  });
  EXPECT_EQ(clientOfNobody().perform(get("/"), limits).error, HttpError::Cancelled);
  EXPECT_FALSE(name.waitedFor());
  host.join();
  ::close(cancel);
}

TEST(Http, KeepsTheBodyOfAStreamThatWasRefused) {
  ScriptedServer server({{httpAnswer("500 Internal Server Error", "{\"message\":\"denied\"}")}});
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
  ScriptedServer server({{httpAnswer("200 OK", "data") + std::string(ScriptedServer::kStay)},
                         {httpAnswer("200 OK", "OK")}});
  HttpClient client = clientOf(server.path());
  const StreamHandler handler{.head = {}, .data = [](std::string_view) { return false; }};
  EXPECT_EQ(client.stream(get("/"), {}, handler).error, HttpError::Stopped);
  EXPECT_EQ(client.perform(get("/"), {}).response.body, "OK");
}

TEST(Http, LetsAnExceptionOfTheHandlerThrough) {
  ScriptedServer server({{httpAnswer("200 OK", "data")}});
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
