// SPDX-License-Identifier: Apache-2.0
// A secret in every input that may hold one, and a look at everything that the agent says: logs,
// events, API, command line, messages. Only the target itself gives its secrets back.
#include "fixtures/canaries.hpp"

#include "component/daemon/alerting_daemon.hpp"
#include "fixtures/api_paths.hpp"
#include "fixtures/http/receiver.hpp"
#include "fixtures/lab/process.hpp"
#include "fixtures/lab/temp_dir.hpp"
#include "holdfast/support/base64.hpp"

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>

#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <map>
#include <utility>

namespace holdfast::test {
namespace {

namespace json = boost::json;
using fixtures::answering;
using fixtures::ScriptedReceiver;
using support::base64Encode;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// What was said, and where.
using Said = std::vector<std::pair<std::string, std::string>>;

class SecretCanaries : public AlertingDaemon {
 protected:
  // A file that only its owner may read.
  std::string secretFile(const std::string& name, const std::string& content) {
    const auto path = daemon_.path(name);
    fixtures::writeFile(path, content + "\n");
    ::chmod(path.c_str(), 0600);
    return path;
  }

  // A signing key, and what gives it away.
  std::string signingKey(const std::string& input) {
    const auto encoded = base64Encode(canaries_.of(input) + canaries_.of(input));
    canaries_.also(input, encoded);
    return "whsec_" + encoded;
  }

  std::string authFile(const std::string& input) {
    const auto encoded = base64Encode("alice:" + canaries_.of(input));
    canaries_.also(input, encoded);
    return R"({"auths": {"absent.example": {"auth": ")" + encoded + R"("}}})";
  }

  // The program as somebody at the device runs it.
  std::string commandLine(std::vector<std::string> words) {
    words.insert(words.begin(), HOLDFAST_CLI);
    const auto ended = fixtures::run(
        {.command = words, .environment = {{"HOLDFAST_SOCKET", daemon_.socketPath()}}});
    return ended.standardOutput + ended.standardError;
  }

  // Everything that the API tells of the agent and of one service of app "a".
  Said askApi(const std::string& service) {
    Said said;
    for (const auto& path : fixtures::readablePaths("a/" + service)) {
      said.emplace_back("GET " + path, daemon_.request("GET", path).text);
    }
    said.emplace_back("POST /v1/plan", json::serialize(daemon_.request("POST", "/v1/plan").body));
    return said;
  }

  // The same of the command line.
  Said askCommandLine(const std::string& service) {
    Said said;
    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{{"status", "-o", "wide"},
                                               {"status", "-o", "json"},
                                               {"describe", "a/" + service},
                                               {"describe", "a/" + service, "-o", "json"},
                                               {"why", "a/" + service},
                                               {"events"},
                                               {"plan"},
                                               {"plugins"},
                                               {"alerts"},
                                               {"alerts", "deadletters"},
                                               {"adopt"},
                                               {"version"}}) {
      said.emplace_back("holdfast " + words.front() + " " + words.back(), commandLine(words));
    }
    return said;
  }

  static void append(Said& said, const Said& more) {
    said.insert(said.end(), more.begin(), more.end());
  }

  // The log, and what lies in the state directory besides the store.
  Said filesOf() {
    Said said{{"the log", daemon_.output()}};
    for (const auto& entry : std::filesystem::directory_iterator(daemon_.path("state"))) {
      if (entry.is_regular_file() && !entry.path().filename().string().starts_with("holdfast.db")) {
        said.emplace_back(entry.path(), fixtures::readFile(entry.path()));
      }
    }
    return said;
  }

  void expectSilence(const Said& said) {
    for (const auto& [where, text] : said) {
      EXPECT_THAT(canaries_.toldIn(text), IsEmpty()) << "in " << where << ":\n" << text;
    }
  }

  fixtures::Canaries canaries_;
};

// Receivers of all kinds, which say aloud what they were told in confidence.
class CanariesOfReceivers : public SecretCanaries {
 protected:
  using Options = std::map<std::string, std::string>;

  CanariesOfReceivers() {
    canaries_.also(kLogin, base64Encode("alice:" + canaries_.of(kLogin)));
    const auto place = "/" + canaries_.of(kPath) + "?token=" + canaries_.of(kQuery);
    webhook("takes", {{"url", withLogin(takes_.url(place))},
                      {"secretFile", secretFile("key", signingKey("signing key"))}});
    webhook("echoes",
            {{"url", echoes_.url(place)},
             {"headersFile", secretFile("headers", "X-Token: " + canaries_.of(kHeader))}});
    webhook("refuses", {{"url", withLogin(refuses_.url(place))}});
    webhook("leads", {{"url", withLogin(leads_.url(place))}});
    webhook("absent", {{"urlFile", secretFile("url", withLogin(absent_.url(place)))}});
    webhook("pages", {{"format", "pagerduty"},
                      {"url", pages_.url("/enqueue")},
                      {"routingKeyFile", secretFile("routing", canaries_.of(kRouting))}});
    webhook("behind", {{"url", "http://receiver.example" + place}});
    daemon_.setEnvironment("http_proxy", withLogin(proxy_.url("")));
    daemon_.setEnvironment("no_proxy", "127.0.0.1");
    configure(properties_ + "notifier.bell.plugin = bell\nnotifier.bell.to = " +
              daemon_.path("bell") + "\nalert.route.1.groupWait = 0s\nalert.route.1.to = bell" +
              names_ + "\nlog.level = debug\n");
  }

  static std::string withLogin(const std::string& url, const std::string& login) {
    const auto host = url.find("//") + 2;
    return url.substr(0, host) + "alice:" + login + "@" + url.substr(host);
  }
  std::string withLogin(const std::string& url) { return withLogin(url, canaries_.of(kLogin)); }

  void webhook(const std::string& name, const Options& options) {
    properties_ += "notifier." + name + ".plugin = webhook\n";
    for (const auto& [option, value] : options) {
      properties_ += "notifier." + name + "." + option + " = " + value + "\n";
    }
    names_ += ", " + name;
  }

  // As a receiver answers that means well and thinks of nothing.
  std::string quoting(const std::vector<std::string>& inputs) {
    std::string text = "you said";
    for (const auto& input : inputs) {
      text += " " + canaries_.of(input);
    }
    return text;
  }

  static constexpr const char* kPath = "path of a URL";
  static constexpr const char* kQuery = "query of a URL";
  static constexpr const char* kLogin = "password in a URL";
  static constexpr const char* kHeader = "header of a request";
  static constexpr const char* kRouting = "routing key";

  std::string properties_;
  std::string names_;
  ScriptedReceiver takes_{{answering("204 No Content")}};
  ScriptedReceiver echoes_{
      {answering("500 Internal Server Error", quoting({kPath, kQuery, kHeader}))}};
  ScriptedReceiver refuses_{{answering("400 Bad Request", quoting({kPath, kLogin}))}};
  ScriptedReceiver leads_{
      {answering("302 Found", "", "Location: https://" + canaries_.of(kPath) + ".example/\r\n")}};
  ScriptedReceiver absent_{{answering("204 No Content")}, {}, ScriptedReceiver::Presence::Away};
  ScriptedReceiver pages_{{answering("400 Bad Request", quoting({kRouting}))}};
  ScriptedReceiver proxy_{{answering("407 Proxy Authentication Required", quoting({kLogin}))}};
};

TEST_F(CanariesOfReceivers, AreToldToNobodyElse) {
  start();
  want({"a-0"});
  for (const char* failing : {"echoes", "leads", "absent", "behind"}) {
    ASSERT_TRUE(daemon_.says(std::string("notifier ") + failing + ": "));
  }
  ASSERT_TRUE(daemon_.becomes("/v1/dead-letters", "/deadLetters/1/attempts", 1));
  ASSERT_TRUE(daemon_.eventually([this] { return !toldTo("bell", "firing").empty(); }));

  Said said = askApi("a-0");
  append(said, askCommandLine("a-0"));
  for (const char* name : {"takes", "echoes", "refuses", "leads", "absent", "pages", "behind"}) {
    const auto path = std::string("/v1/notifiers/") + name + "/test";
    said.emplace_back("POST " + path, json::serialize(daemon_.request("POST", path).body));
    said.emplace_back("holdfast alerts test", commandLine({"alerts", "test", name}));
  }
  for (const auto* receiver : {&takes_, &echoes_, &refuses_, &leads_, &proxy_}) {
    ASSERT_FALSE(receiver->requests().empty());
    for (const auto& request : receiver->requests()) {
      said.emplace_back("a message", request.body);
    }
  }
  said.emplace_back("what bell was told", fixtures::readFile(daemon_.path("bell")));
  expectSilence(said);
  expectSilence(filesOf());
  // They were there to be told.
  EXPECT_THAT(canaries_.toldIn(echoes_.requests().front().line), SizeIs(2));
  EXPECT_THAT(canaries_.toldIn(echoes_.requests().front().head), SizeIs(1));
  EXPECT_THAT(canaries_.toldIn(pages_.requests().front().body), SizeIs(1));
}

// Environment values, and logins in names of images, in every form that the parser has to look at,
// also in forms that it refuses.
class CanariesOfTargets : public SecretCanaries {
 protected:
  struct Form {
    std::string input;
    std::string members;  // of the service, with the secret
  };

  std::vector<Form> forms() {
    std::vector<Form> forms;
    const auto add = [&](const std::string& input, const std::string& before,
                         const std::string& after) {
      forms.push_back({input, R"("environment": )" + before + canaries_.of(input) + after});
    };
    add("an object", R"({"TOKEN": ")", "\"}");
    add("an array", R"(["TOKEN=)", "\"]");
    add("no name", R"({"": ")", "\"}");
    add("no name in an array", R"(["=)", "\"]");
    add("no value in an array", R"([")", "\"]");
    add("a list as a value", R"({"TOKEN": [")", "\"]}");
    add("an object as a value", R"({"TOKEN": {"value": ")", "\"}}");
    add("pairs as in Kubernetes", R"([{"name": "TOKEN", "value": ")", "\"}]");
    add("text alone", "\"TOKEN=", "\"");
    add("a value with a zero", R"({"TOKEN": ")", "\\u0000\"}");
    add("a value with a new line", R"({"TOKEN": ")", "\\n\"}");
    add("the same name twice", R"(["TOKEN=)", "\", \"TOKEN=1\"]");
    for (const char* scheme : {"", "https://"}) {
      const std::string input = std::string("registry password in an image's name ") + scheme;
      forms.push_back({input, std::string(R"("imageName": ")") + scheme +
                                  "alice:" + canaries_.of(input) + R"(@registry.example/web:1")"});
    }
    return forms;
  }

  std::string targetOf(const std::vector<Form>& forms, const std::string& image) {
    std::string services;
    for (std::size_t i = 0; i < forms.size(); ++i) {
      services += std::string(i == 0 ? "" : ",") + R"({"serviceName": "s)" + std::to_string(i) +
                  R"(", "image": ")" + image + "\", " + forms[i].members + "}";
    }
    return R"({"apps": {"1": {"appName": "a", "services": [)" + services + "]}}}";
  }
};

TEST_F(CanariesOfTargets, StayInTheTarget) {
  const auto all = forms();
  const auto file = daemon_.path("target.json");
  fixtures::writeFile(file, targetOf(all, "absent/web:1"));
  configure("target.file = " + file +
            "\nregistry.authFile = " + secretFile("auth.json", authFile("registry password")) +
            "\nlog.level = debug\nnotifier.bell.plugin = bell\nnotifier.bell.to = " +
            daemon_.path("bell") + "\nalert.route.1.groupWait = 0s\nalert.route.1.to = bell\n");
  start();
  ASSERT_TRUE(daemon_.eventually([this] { return !toldTo("bell", "firing").empty(); }));
  ASSERT_TRUE(daemon_.becomes("/v1/info", "/target/settled", true));

  Said said;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto name = "s" + std::to_string(i);
    append(said, askApi(name));
    said.emplace_back("holdfast describe", commandLine({"describe", "a/" + name}));
    EXPECT_THAT(said.back().second, HasSubstr(name)) << all[i].members;
  }
  append(said, askCommandLine("s0"));
  for (std::size_t i = 0; i < all.size(); ++i) {
    // Alone, and strictly.
    const auto alone = targetOf({all[i]}, "memory/sleeper:1");
    for (const char* method : {"PUT", "POST"}) {
      const std::string path = std::string(method) == "PUT" ? "/v1/target" : "/v1/plan";
      said.emplace_back(method + all[i].input,
                        json::serialize(daemon_.request(method, path, alone).body));
    }
    fixtures::writeFile(daemon_.path("alone.json"), alone);
    for (const char* verb : {"plan", "apply"}) {
      said.emplace_back(verb + all[i].input, commandLine({verb, "-f", daemon_.path("alone.json")}));
    }
    // Broken off in the middle of the secret.
    fixtures::writeFile(daemon_.path("alone.json"), alone.substr(0, alone.find("Qx") + 2));
    said.emplace_back("apply", commandLine({"apply", "-f", daemon_.path("alone.json")}));
    said.emplace_back(
        "PUT",
        json::serialize(
            daemon_.request("PUT", "/v1/target", fixtures::readFile(daemon_.path("alone.json")))
                .body));
  }
  said.emplace_back("what bell was told", fixtures::readFile(daemon_.path("bell")));
  expectSilence(said);
  expectSilence(filesOf());
  // The last of them that was taken is in force, with its secret.
  EXPECT_THAT(canaries_.toldIn(json::serialize(daemon_.request("GET", "/v1/target").body)),
              SizeIs(1));
}

// A secret where none belongs, or in a file that is none of its kind: errors name the place alone.
class CanariesOfConfiguration : public SecretCanaries {
 protected:
  std::string secret(const std::string& input) { return canaries_.of(input); }

  // What a daemon with these properties says, asked to check them and started.
  void configured(const std::string& properties, std::vector<std::string> arguments = {}) {
    configure(properties);
    arguments.insert(arguments.end(), {"-Dplugins.load=memory", "-Druntime.default=memory"});
    daemon_.start(arguments);
    if (daemon_.eventually([this] { return daemon_.request("GET", "/healthz").status == 200; })) {
      expectSilence(askApi("s"));
      expectSilence({{"holdfast alerts test", commandLine({"alerts", "test", "ops"})},
                     {"holdfast plugins", commandLine({"plugins"})}});
      daemon_.signal(SIGTERM);
    } else {
      ++refused_;
    }
    static_cast<void>(daemon_.wait());
    arguments.emplace_back("--check-config");
    daemon_.start(arguments);
    static_cast<void>(daemon_.wait());
    expectSilence({{"the words on " + properties, daemon_.output()}});
  }

  int refused_ = 0;  // before anything was started
};

TEST_F(CanariesOfConfiguration, AreNotQuotedByErrors) {
  const std::string ops = "notifier.ops.plugin = webhook\n";
  const std::string url = "notifier.ops.url = https://receiver.example/\n";
  const auto hidden = [this](const std::string& scheme, const std::string& input) {
    return scheme + "://alice:" + secret(input) + "@host.example";
  };
  for (const auto& properties : std::vector<std::string>{
           ops + "notifier.ops.url = " + hidden("https", "url with a wrong port") + ":99999/x\n",
           ops + "notifier.ops.url = " + hidden("ftp", "url with another scheme") + "/x\n",
           ops + "notifier.ops.url = " + secret("url that is none") + "\n",
           ops + "notifier.ops.ulr = " + hidden("https", "option that does not exist") + "\n",
           ops + url + "notifier.ops.proxy = " + hidden("http", "proxy with a password") + "\n",
           ops + url + "notifier.ops.format = " + secret("wrong word") + "\n",
           ops + url + "notifier.ops.secretFile = whsec_" + secret("key in place of its file") +
               "\n",
           ops + url + "notifier.ops.timeout = " + secret("wrong number") + "\n",
           ops + "notifier.ops.urlFile = " + secretFile("u", secret("file without a url")) + "\n",
           ops + url +
               "notifier.ops.secretFile = " + secretFile("k", secret("file without a key")) + "\n",
           ops + url + "notifier.ops.headersFile = " +
               secretFile("h", secret("file without a header")) + "\n",
           "notifer.ops.url = " + hidden("https", "unknown key") + "\n",
           "runtime.memory.token = " + secret("unknown option of a runtime") + "\n",
           "runtime.docker.url = " + hidden("ftp", "address of a runtime") + "\n",
           "uplink.provisioningKey = " + secret("provisioning key") + "\n",
           "registry.authFile = " + secretFile("a", "{\"auths\": {\"" + secret("broken file")) +
               "\n",
           "registry.password = " + secret("registry password") + "\n"}) {
    configured(properties);
  }
  configured("", {"-Duplink.provisioningKey=" + secret("provisioning key on the command line")});
  configured("", {"-Dnotifier.ops.password=" + secret("option on the command line")});
  daemon_.setEnvironment("HOLDFAST_REGISTRY__PASSWORD", secret("environment"));
  configured("");
  EXPECT_EQ(refused_, 7);
}

}  // namespace
}  // namespace holdfast::test
