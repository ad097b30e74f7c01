"""A server of its own for each case of the tests of `sluice serve`, asked by Python's own HTTP client."""

import argparse
import http.client
import json
import os
import pathlib
import select
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

import api_contract

# Set by main().
SLUICE = ""

ADMIN = "admin-token-of-this-test-0123456789"
READ = "read-token-of-this-test-0123456789"
NOOP = {"version": 1, "steps": {"only": {"kind": "noop"}}}


def sleepy(duration):
    return {"version": 1, "steps": {"only": {"kind": "sleep", "params": {"for": duration}}}}


def gated(go):
    """A step that ends when there is the file `go`, and fails after a minute without."""
    script = f"for i in $(seq 600); do [ -e '{go}' ] && exit 0; sleep 0.1; done; exit 1"
    return {"kind": "exec", "params": {"argv": ["sh", "-c", script]}}


def chain(*kinds):
    """Steps a, b, … of these kinds, one after the other."""
    names = "abcdefghij"
    return {
        "version": 1,
        "steps": {
            names[i]: {"kind": kind, **({"deps": [names[i - 1]]} if i else {})} for i, kind in enumerate(kinds)
        },
    }


class answer:
    """What a server said."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.raw = response.read()

    @property
    def json(self):
        return json.loads(self.raw)

    def __str__(self):
        return f"{self.status} {self.raw[:2000]!r}"


class server:
    """`sluice serve` as a child."""

    def __init__(self, folder, settings="", **environment):
        self.folder = folder
        config = folder / "sluice.yaml"
        config.write_text(
            "http: { listen: '127.0.0.1:0' }\n" + f"store: {{ database: '{folder / 'runs.db'}' }}\n" + settings
        )
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")}
        self.log_file = open(folder / "server.log", "ab+")
        # Of a server before this one.
        self.old_log = self.log_file.seek(0, os.SEEK_END)
        self.process = subprocess.Popen(
            [SLUICE, "serve", "--config", str(config)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self.log_file,
            env={**clean, **environment},
        )
        self.address = self.wait_for_address()

    def wait_for_address(self, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for line in self.log(self.old_log):
                if line.get("event") == "serving":
                    return line["message"].split("://")[1]
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError(f"the server did not begin to serve: {self.log_text()}")

    def log_text(self):
        return (self.folder / "server.log").read_text(errors="replace")

    def log(self, since=0):
        for line in self.log_text()[since:].splitlines():
            if line.startswith("{"):
                try:
                    yield json.loads(line)
                except ValueError:
                    pass

    def stop(self, seconds=60):
        """Returns the exit status after SIGTERM."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def put_away(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.log_file.close()


class server_case(unittest.TestCase):
    settings = f"security: {{ admin_token: '{ADMIN}', read_token: '{READ}' }}\n"

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="sluice-serve-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.server = self.serve(self.settings)

    def serve(self, settings, **environment):
        made = server(self.folder, settings, **environment)
        self.addCleanup(self.put_away, made)
        return made

    def put_away(self, made):
        made.put_away()
        for sign in ("AddressSanitizer", "ThreadSanitizer", "runtime error:", "terminate called"):
            self.assertNotIn(sign, made.log_text())

    def connect(self, timeout=60):
        host, port = self.server.address.rsplit(":", 1)
        connection = http.client.HTTPConnection(host, int(port), timeout=timeout)
        self.addCleanup(connection.close)
        return connection

    def ask(self, method, path, body=None, token=ADMIN, headers=None, raw=None):
        """Sends one request; `body` becomes JSON, `raw` goes as it is."""
        connection = self.connect()
        fields = dict(headers or {})
        if token:
            fields.setdefault("Authorization", f"Bearer {token}")
        if body is not None:
            raw = json.dumps(body)
            fields.setdefault("Content-Type", "application/json")
        connection.request(method, path, raw, fields)
        result = answer(connection.getresponse())
        connection.close()
        return result

    def get(self, path, status=200, **more):
        return self.expect("GET", path, status, **more)

    def post(self, path, body, status=200, **more):
        return self.expect("POST", path, status, body=body, **more)

    def expect(self, method, path, status, **more):
        found = self.ask(method, path, **more)
        self.assertEqual(found.status, status, f"{method} {path}: {found}")
        self.assertEqual(api_contract.check(method, path, found), [], f"{method} {path}: docs/openapi.json says otherwise")
        if status >= 400:
            self.assertEqual(set(found.json), {"error"}, str(found))
            self.assertEqual(set(found.json["error"]), {"code", "message", "detail"}, str(found))
        return found.json if found.raw else None

    def expect_error(self, method, path, status, code, **more):
        error = self.expect(method, path, status, **more)["error"]
        self.assertEqual(error["code"], code, error)
        return error

    def rows(self, query, *values):
        """Looks at the database with sqlite3, not through the store."""
        with sqlite3.connect(f"file:{self.folder / 'runs.db'}?mode=ro", uri=True) as database:
            return database.execute(query, values).fetchall()

    def submit(self, graph=None, status=201, **more):
        return self.post("/api/v1/runs", {"run_graph": graph or NOOP, **more}, status)["id"]

    def tick(self, **lane):
        return self.post("/api/v1/worker/tick-once", lane)

    def wait_for(self, condition, what, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = condition()
            if found:
                return found
            time.sleep(0.02)
        self.fail(f"{what}: not within {seconds} s; the server says: {self.server.log_text()[-3000:]}")

    def status_of(self, run):
        return self.get(f"/api/v1/runs/{run}")["status"]

    def stream(self, path, token=ADMIN, last=None):
        """Returns an open stream of server-sent events."""
        return event_stream(self, path, token, last)


class event_stream:
    """Reads server-sent events by hand: what is tested must not be hidden by a library."""

    def __init__(self, case, path, token, last):
        self.connection = case.connect()
        fields = {"Authorization": f"Bearer {token}"} if token else {}
        if last is not None:
            fields["Last-Event-ID"] = str(last)
        self.connection.request("GET", path, None, fields)
        self.response = self.connection.getresponse()

    def __iter__(self):
        event = {}
        for line in iter(self.response.readline, b""):
            text = line.decode().rstrip("\n")
            if text == "":
                if event:
                    yield event
                event = {}
            elif not text.startswith(":"):
                name, _, value = text.partition(": ")
                event[name] = value

    def cut(self):
        """Goes away without a word."""
        self.connection.sock and self.connection.sock.shutdown(socket.SHUT_RDWR)
        self.connection.close()


def main(description):
    """Runs the cases of the test program: `--sluice FILE`, then what unittest takes."""
    global SLUICE
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sluice", required=True)
    given, rest = parser.parse_known_args()
    SLUICE = os.path.abspath(given.sluice)
    unittest.main(argv=[sys.argv[0], *rest], verbosity=1)
