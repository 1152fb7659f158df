#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds every answer of the API against the document that it serves.

A real holdfastd with a runtime in memory, and the real API server with an agent that fails on demand,
are asked for everything. Each answer must be one that the document describes, with the headers and
members that it names and no others; and each answer that the document describes must have been seen.

usage: contract_test.py CONTRACT_SERVER HOLDFASTD MEMORY_RUNTIME
"""
import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import jsonschema

SERVER, DAEMON, RUNTIME = sys.argv[1:4]
PATIENCE = 60  # of a failing test, in seconds

TARGET = {
    "apps": {
        "1001": {
            "appName": "monitoring",
            "services": [
                {"serviceId": 1, "serviceName": "web", "image": "memory/sleeper:1", "environment": {"A": "secret"}},
                {"serviceId": 2, "serviceName": "off", "image": "memory/sleeper:1", "state": "stopped"},
            ],
        }
    }
}


class Connection(http.client.HTTPConnection):
    """HTTP on a unix socket (a path) or over TCP (a port)."""

    def __init__(self, where):
        super().__init__("127.0.0.1", where if isinstance(where, int) else None, timeout=PATIENCE)
        self.where = where

    def connect(self):
        if isinstance(self.where, int):
            super().connect()
            return
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(self.where)


class Document:
    """The served description, and what of it has been seen."""

    def __init__(self, text):
        self.document = json.loads(text)
        self.seen = set()  # (method, path, status as the document names it)
        self.refusals = set()  # statuses of `default`
        self.routes = []
        for path, operations in self.document["paths"].items():
            pattern = re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)))
            self.routes += [(method.upper(), path, pattern, one) for method, one in operations.items()]

    def resolve(self, value):
        while "$ref" in value:
            found = self.document
            for step in value["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            value = found
        return value

    def check(self, schema, value, what):
        # With the components beside it, references are within one document.
        whole = {**schema, "components": self.document["components"]}
        errors = list(jsonschema.Draft202012Validator(whole).iter_errors(value))
        if errors:
            worst = jsonschema.exceptions.best_match(errors)
            raise AssertionError(f"{what}: {worst.json_path}: {worst.message}\n{json.dumps(value)[:2000]}")

    def operation(self, method, uri):
        path = uri.split("?")[0]
        matching = [route for route in self.routes if route[0] == method and route[2].fullmatch(path)]
        # A path without a parameter goes before one with.
        return min(matching, key=lambda route: route[1].count("{"), default=None)

    def take(self, method, uri, answer):
        """Checks one answer and notes that it was seen."""
        what = f"{method} {uri}: {answer.status}"
        route = self.operation(method, uri)
        if route is None:
            assert answer.status in (404, 405), what
            self.check({"$ref": "#/components/schemas/Problem"}, json.loads(answer.body), what)
            return
        _, path, _, operation = route
        responses = operation["responses"]
        status = str(answer.status) if str(answer.status) in responses else "default"
        self.seen.add((method, path, status))
        if status == "default":
            self.refusals.add(answer.status)
        response = self.resolve(responses[status])
        self.check_headers(response, answer, what)
        self.check_body(response.get("content", {}), answer, what)

    def check_headers(self, response, answer, what):
        described = response.get("headers", {})
        for name in ("ETag", "Idempotency-Replayed"):
            value = answer.headers.get(name)
            if value is not None:
                assert name in described, f"{what}: header {name} is not described"
                self.check(self.resolve(described[name])["schema"], value, f"{what}: {name}")
            assert value or name != "ETag" or name not in described, f"{what}: no {name}"

    def check_body(self, content, answer, what):
        if not content:
            assert answer.body == "", f"{what}: a body that is not described"
            return
        kind = answer.headers.get("Content-Type")
        assert kind in content, f"{what}: content type {kind}, described are {list(content)}"
        for value in values_of(kind, answer.body):
            self.check(content[kind]["schema"], value, what)

    def unseen(self):
        described = {
            (method, path, status)
            for method, path, _, operation in self.routes
            for status in operation["responses"]
            if status != "default"
        }
        return sorted(described - self.seen)


def values_of(kind, body):
    if kind == "application/x-ndjson":
        return [json.loads(line) for line in body.splitlines()]
    if kind == "text/event-stream":
        return [json.loads(line[6:]) for line in body.splitlines() if line.startswith("data: ")]
    return [json.loads(body)] if kind.endswith("json") else [body]


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Api:
    """Asks, and holds every answer against the document."""

    document = None  # the same one for all

    def __init__(self, where):
        self.where = where
        if Api.document is None:
            text = self.ask("GET", "/v1/openapi.json", checked=False).body
            Api.document = Document(text)

    def ask(self, method, uri, body="", headers=None, until=None, checked=True):
        """`until`: of an answer without an end, reads no further than this text."""
        with contextlib.closing(Connection(self.where)) as connection:
            connection.request(method, uri, body, headers or {})
            response = connection.getresponse()
            text = self.read(response, until)
            answer = Answer(response.status, response.headers, text)
        if checked:
            Api.document.take(method, uri, answer)
        return answer

    @staticmethod
    def read(response, until):
        if until is None or response.status != 200:
            return response.read().decode()
        text = ""
        while until not in text:
            line = response.readline().decode()
            assert line, f"the answer ended without {until!r}: {text}"
            text += line
        return text + response.readline().decode()

    def raw(self, head, method="PUT", uri="/v1/target", close=False):
        """An answer to bytes that no client library sends."""
        with contextlib.closing(Connection(self.where)) as connection:
            connection.connect()
            connection.sock.sendall(head.encode())
            if close:
                connection.sock.shutdown(socket.SHUT_WR)
            response = http.client.HTTPResponse(connection.sock, method=method)
            response.begin()
            answer = Answer(response.status, response.headers, response.read().decode())
        Api.document.take(method, uri, answer)
        return answer


class Contract(unittest.TestCase):
    def expect(self, status, answer):
        self.assertEqual(answer.status, status, answer.body)
        return answer


class FullAgent(Contract):
    """The API server with an agent that has everything and fails on demand."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        path = os.path.join(cls.folder, "s.sock")
        cls.server = subprocess.Popen(
            [SERVER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        port = int(cls.server.stdout.readline())
        cls.api = Api(path)
        cls.tcp = Api(port)
        cls.operations = [
            (method, path, operation)
            for method, path, _, operation in Api.document.routes
            if path != "/v1/session"  # over TCP alone
        ]

    @classmethod
    def tearDownClass(cls):
        cls.server.stdin.close()
        cls.server.wait(PATIENCE)
        cls.server.stdout.close()
        shutil.rmtree(cls.folder)

    def setUp(self):
        self.tell("answer")

    def tell(self, mode):
        self.server.stdin.write(mode + "\n")
        self.server.stdin.flush()
        self.assertEqual(self.server.stdout.readline(), "ok\n")

    BODIES = {
        "/v1/target": {"apps": {}},
        "/v1/adopt": {"owner": "22222222-2222-2222-2222-222222222222"},
        "/v1/silences": {"match": "service=web", "duration": "1h"},
        "/v1/restart": {"appId": 1001},
        "/v1/purge": {"appId": 1001},
    }
    NAMES = {
        "app": "1001",
        "service": "nodered",
        "id": "0123456789abcdef",
        "number": "7",
        "name": "ops",
        "file": "style.css",
    }
    QUERIES = {"/v1/plugins/inspect": "?path=/x.so", "/v1/target": "?override=1"}

    def ask(self, method, path, headers=None, query=None, names=None, body=None, until=None):
        """A good request for that route, but for what is given."""
        uri = path.format(**{**self.NAMES, **(names or {})})
        uri += self.QUERIES.get(path, "") if query is None else query
        if method == "GET":
            body = ""
        elif body is None:
            body = json.dumps(self.BODIES[path]) if path in self.BODIES else ""
        if path.endswith("/stream"):
            until = "id: 12\n"
            uri += "?after=3&services=1&overview=1" if query is None else ""
        return self.api.ask(method, uri, body, headers, until)

    def statuses(self, operation):
        return operation["responses"].keys()

    def keyed(self):
        key = {"$ref": "#/components/parameters/IdempotencyKey"}
        return [(m, p) for m, p, o in self.operations if key in o.get("parameters", [])]

    def test_answers_well(self):
        for method, path, _ in self.operations:
            answer = self.ask(method, path)
            self.assertLess(answer.status, 300, f"{method} {path} {answer.body}")
            if method == "GET":
                uri = path.format(**self.NAMES)
                if not path.endswith(("/stream", "/logs")):
                    head = self.api.ask("HEAD", uri, checked=False)
                    self.assertEqual((head.status, head.body), (answer.status, ""))
        self.ask("GET", "/v1/services/{app}/{service}", query="?detail=1")
        self.ask("GET", "/v1/services/{app}/{service}", names={"service": "fresh"})
        self.ask("GET", "/v1/services", query="?app=1001&wait=0")
        self.ask("GET", "/v1/events", query="?before=12&limit=1&since=1h&app=1001&service=nodered")

    def test_answers_not_modified(self):
        for method, path, operation in self.operations:
            if "304" in self.statuses(operation):
                tag = self.ask(method, path).headers["ETag"]
                self.expect(304, self.ask(method, path, {"If-None-Match": tag}))

    def test_refuses_unknown_names(self):
        for names, paths in (
            ({"service": "x"}, [p for m, p, _ in self.operations if m == "GET" and "{service}" in p]),
            ({"app": "x"}, ["/v1/apps/{app}", "/v1/apps/{app}/stop", "/v1/apps/{app}/start"]),
            ({"name": "x"}, ["/v1/notifiers/{name}/test"]),
            ({"number": "8"}, ["/v1/dead-letters/{number}/replay"]),
            ({"file": "x"}, ["/dashboard/{file}"]),
            ({"number": "x"}, ["/v1/dead-letters/{number}/replay"]),
            ({"id": "x"}, ["/v1/silences/{id}"]),
        ):
            for method, path, _ in self.operations:
                if path in paths:
                    self.expect(404, self.ask(method, path, names=names))
        self.expect(404, self.ask("POST", "/v1/restart", body='{"appId": 9}'))
        self.expect(404, self.api.ask("GET", "/v1/nothing"))
        self.expect(405, self.api.ask("PATCH", "/v1/target"))

    def test_refuses_bad_parameters(self):
        for path, query in (
            ("/v1/services", "?wait=x"),
            ("/v1/services/{app}/{service}", "?detail=x"),
            ("/v1/services/{app}/{service}/logs", "?tail=x"),
            ("/v1/events", "?limit=0"),
            ("/v1/events/stream", "?after=x"),
        ):
            self.expect(400, self.ask("GET", path, query=query))
        self.expect(400, self.ask("PUT", "/v1/target", query="?override=x"))
        self.expect(400, self.ask("POST", "/v1/plugins/inspect", query=""))
        for path in ("/v1/adopt", "/v1/silences", "/v1/restart", "/v1/purge"):
            self.expect(400, self.ask("POST", path, body="{}"))
        self.expect(409, self.ask("PUT", "/v1/target", query=""))  # a cloud sets it

    def test_passes_on_how_a_command_was_refused(self):
        for mode, status in (("conflict", 409), ("missing", 404), ("invalid", 422)):
            self.tell(mode)
            for method, path, operation in self.operations:
                if method in ("POST", "PUT") and not path.startswith(
                    ("/v1/notifiers", "/v1/dead", "/v1/silences", "/v1/plugins", "/v1/reboot")
                ):
                    if str(status) in self.statuses(operation):
                        self.expect(status, self.ask(method, path))

    def test_answers_503_when_stopping(self):
        self.tell("stopping")
        for method, path, operation in self.operations:
            if method != "GET" and "503" in self.statuses(operation):
                self.expect(503, self.ask(method, path))

    def test_limits_those_who_follow(self):
        with contextlib.ExitStack() as stack:
            for _ in range(2):
                connection = stack.enter_context(contextlib.closing(Connection(self.api.where)))
                connection.request("GET", "/v1/events/stream")
                # Kept: a response that is let go closes its connection.
                stack.enter_context(contextlib.closing(connection.getresponse()))
            for path, query in (
                ("/v1/services", "?wait=1"),
                ("/v1/services/{app}/{service}", "?wait=1"),
                ("/v1/services/{app}/{service}/logs", ""),
                ("/v1/events", "?wait=1"),
                ("/v1/events/stream", ""),
            ):
                self.expect(503, self.ask("GET", path, query=query))
        # The places are free again once the server has seen that they went.
        end = time.monotonic() + PATIENCE
        while self.ask("GET", "/v1/events", query="?wait=0").status == 503:
            self.assertLess(time.monotonic(), end)

    def test_tells_of_faults_inside(self):
        self.tell("broken")
        for method, path, _ in self.operations:
            if path not in ("/v1/openapi.json", "/", "/dashboard/{file}"):  # which ask nobody
                self.expect(500, self.ask(method, path))

    def test_commands_act_once(self):
        for number, (method, path) in enumerate(self.keyed()):
            key = {"Idempotency-Key": f"once-{number}"}
            self.tell("hold")
            first = []
            asking = threading.Thread(target=lambda: first.append(self.ask(method, path, key)))
            asking.start()
            self.tell("await")
            self.expect(409, self.ask(method, path, key))
            self.tell("answer")
            asking.join(PATIENCE)
            again = self.ask(method, path, key)
            self.assertEqual((again.status, again.body), (first[0].status, first[0].body))
            self.assertEqual(again.headers["Idempotency-Replayed"], "true")
            self.expect(422, self.ask(method, path, key, body='{"another": 1}'))
            self.expect(400, self.ask(method, path, {"Idempotency-Key": "no key"}))

    def test_lets_in_by_token_and_session(self):
        operate = {"Authorization": "Bearer operate-token-0123456789"}
        read = {"Authorization": "Bearer read-token-0123456789"}
        for path in ("/v1/info", "/v1/session"):
            self.expect(200, self.tcp.ask("GET", path, headers=operate))
            self.expect(200, self.tcp.ask("GET", path, headers=read))
            self.expect(401, self.tcp.ask("GET", path))
        self.expect(200, self.tcp.ask("GET", "/"))
        self.expect(403, self.tcp.ask("POST", "/v1/retry", headers=read))
        self.expect(200, self.tcp.ask("GET", "/v1/device", headers={"X-API-Key": "read-token-0123456789"}))
        self.expect(401, self.tcp.ask("GET", "/v1/info", headers={"X-API-Key": "read-token-0123456789"}))
        self.expect(421, self.tcp.ask("GET", "/v1/info", headers={**read, "Host": "evil.example"}))
        self.expect(400, self.tcp.ask("POST", "/v1/session", "{}"))
        signed = self.expect(201, self.tcp.ask("POST", "/v1/session", '{"token": "operate-token-0123456789"}'))
        cookie = {"Cookie": signed.headers["Set-Cookie"].split(";")[0]}
        self.expect(200, self.tcp.ask("GET", "/v1/session", headers=cookie))
        same = {**cookie, "Sec-Fetch-Site": "same-origin"}
        self.expect(204, self.tcp.ask("DELETE", "/v1/session", headers=same))
        self.expect(401, self.tcp.ask("GET", "/v1/session", headers=cookie))
        statuses = [self.tcp.ask("POST", "/v1/session", '{"token": "wrong"}').status for _ in range(20)]
        self.assertEqual(set(statuses), {401, 429})
        self.expect(429, self.tcp.ask("GET", "/v1/info", headers={"Authorization": "Bearer wrong"}))

    def test_refuses_before_the_route_is_looked_at(self):
        head = "PUT /v1/target HTTP/1.1\r\nHost: x\r\n"
        self.expect(414, self.api.raw(f"PUT /{'x' * 9000} HTTP/1.1\r\nHost: x\r\n\r\n"))
        self.expect(431, self.api.raw(head + "A: b\r\n" * 65 + "\r\n"))
        self.expect(505, self.api.raw("PUT /v1/target HTTP/3.0\r\nHost: x\r\n\r\n"))
        self.expect(411, self.api.raw(head + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))
        self.expect(413, self.api.raw(head + "Content-Length: 8388609\r\n\r\n"))
        self.expect(408, self.api.raw(head + "Content-Length: 2\r\n\r\n{"))
        self.expect(400, self.api.raw(head + "Content-Length: 2\r\n\r\n{", close=True))
        self.expect(400, self.api.raw("GET /v1/plugins?%zz HTTP/1.1\r\nHost: x\r\n\r\n", "GET", "/v1/plugins"))

    def test_tells_that_it_hangs(self):
        self.tell("hung")
        self.expect(503, self.ask("GET", "/healthz"))
        self.expect(503, self.ask("GET", "/readyz"))

    def test_has_no_output_before_there_is_a_container(self):
        self.expect(409, self.ask("GET", "/v1/services/{app}/{service}/logs", names={"service": "fresh"}))

    def test_passes_on_what_a_receiver_said(self):
        self.expect(502, self.ask("POST", "/v1/notifiers/{name}/test", names={"name": "site"}))
        self.expect(409, self.ask("POST", "/v1/notifiers/{name}/test", names={"name": "absent"}))


class RealDaemon(Contract):
    """holdfastd through the life of a service."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        (cls.folder / "plugins").mkdir()
        plugin = cls.folder / "plugins/memory.so"
        shutil.copyfile(RUNTIME, plugin)
        plugin.chmod(0o644)
        (cls.folder / "holdfast.properties").write_text("")
        path = str(cls.folder / "s.sock")
        options = {
            "state.dir": cls.folder / "state",
            "api.socket": path,
            "api.group": "root",
            "plugins.dir": cls.folder / "plugins",
            "plugins.load": "memory",
            "runtime.default": "memory",
            "runtime.memory.name": "Memory",
            "runtime.memory.second": "10ms",
        }
        cls.daemon = subprocess.Popen(
            [DAEMON, f"--config={cls.folder}/holdfast.properties"] + [f"-D{k}={v}" for k, v in options.items()],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(OSError):
                cls.api = Api(path)
                cls.api.ask("GET", "/healthz", checked=False)
                break
            assert time.monotonic() < end and cls.daemon.poll() is None, "holdfastd did not come up"
            time.sleep(0.01)

    @classmethod
    def tearDownClass(cls):
        cls.daemon.terminate()
        cls.daemon.wait(PATIENCE)
        shutil.rmtree(cls.folder)

    def becomes(self, uri, condition):
        """Asks again, each answer checked, until it is as expected."""
        tag, end = "", time.monotonic() + PATIENCE
        while True:
            answer = self.api.ask("GET", uri + "?wait=5", headers={"If-None-Match": tag})
            if answer.status == 200 and condition(answer.json()):
                return answer.json()
            self.assertLess(time.monotonic(), end, answer.body)
            tag = answer.headers["ETag"]

    def everything(self):
        for method, path, _, _ in Api.document.routes:
            if method == "GET" and not path.endswith(("/stream", "/logs")):
                self.api.ask("GET", path.format(app="monitoring", service="web", file="app.mjs"))
        self.api.ask("GET", "/v1/services/1001/web?detail=1")

    def test_describes_every_answer(self):
        self.everything()  # nothing is there yet
        self.expect(404, self.api.ask("GET", "/v1/target"))
        wrong = self.expect(422, self.api.ask("PUT", "/v1/target", '{"app": 1}'))
        self.assertTrue(wrong.json()["problems"])
        self.expect(200, self.api.ask("POST", "/v1/plan", json.dumps(TARGET)))
        self.expect(200, self.api.ask("PUT", "/v1/target", json.dumps(TARGET)))
        service = "/v1/services/monitoring/web"
        self.becomes(service, lambda status: status["serviceStatus"] == "running")
        self.everything()
        self.assertNotIn("secret", self.api.ask("GET", "/v1/apps/1001").body)
        for command in ("restart", "stop", "start", "retry"):
            self.expect(202, self.api.ask("POST", f"{service}/{command}"))
            self.everything()
        self.expect(409, self.api.ask("POST", "/v1/services/1001/off/start"))
        self.expect(200, self.api.ask("POST", "/v1/apps/1001/stop", '{"force": false}'))
        self.becomes(service, lambda status: status["serviceStatus"] == "stopped")
        self.expect(200, self.api.ask("POST", "/v1/apps/1001/start"))
        self.expect(200, self.api.ask("POST", "/v1/restart", '{"appId": "1001"}'))
        self.becomes(service, lambda status: status["serviceStatus"] == "running")
        self.expect(200, self.api.ask("POST", "/v1/purge", '{"appId": 1001}'))
        self.becomes(service, lambda status: status["serviceStatus"] == "running")
        self.api.ask("GET", f"{service}/logs?tail=1")
        self.expect(201, self.api.ask("POST", "/v1/silences", '{"match": "service=web", "duration": "1h"}'))
        for silence in self.api.ask("GET", "/v1/silences").json()["silences"]:
            self.expect(200, self.api.ask("DELETE", "/v1/silences/" + silence["id"]))
        self.expect(200, self.api.ask("POST", f"/v1/plugins/inspect?path={self.folder}/plugins/memory.so"))
        self.expect(200, self.api.ask("POST", "/v1/plugins/inspect?path=/nonexistent.so"))
        self.expect(404, self.api.ask("POST", "/v1/notifiers/x/test"))

    def test_history_is_read_both_ways(self):
        self.expect(200, self.api.ask("PUT", "/v1/target", json.dumps(TARGET)))
        self.becomes("/v1/services/1001/web", lambda status: status["serviceStatus"] == "running")
        forward, after = [], 0
        while page := self.api.ask("GET", f"/v1/events?after={after}&limit=2").json()["events"]:
            forward += page
            after = page[-1]["id"]
        backward, before = [], after + 1
        while page := self.api.ask("GET", f"/v1/events?before={before}&limit=2").json():
            if not page["events"]:
                break
            backward = page["events"] + backward
            before = page["first"]
        self.assertGreater(len(forward), 2)
        self.assertEqual([event["id"] for event in backward], [event["id"] for event in forward])


class ZSeen(unittest.TestCase):
    """After all others: what the document describes is what was seen."""

    def test_every_described_answer_was_seen(self):
        self.assertEqual(Api.document.unseen(), [])

    def test_every_refusal_was_seen(self):
        text = Api.document.document["components"]["responses"]["Refused"]["description"]
        described = {int(status) for status in re.findall(r"\b[45]\d\d\b", text)}
        self.assertEqual(Api.document.refusals, described)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
