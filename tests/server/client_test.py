#!/usr/bin/env python3
"""`sluice` as the client of `sluice serve`: the same commands as on a file, over HTTP.

    client_test.py --sluice build/release/sluice [-k PART_OF_A_NAME]
"""

import fcntl
import json
import os
import pathlib
import pty
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import unittest

import server_scene
from server_scene import ADMIN, NOOP, READ, chain, gated, server_case, sleepy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from free_port import free_port  # noqa: E402

WORKING = "worker: { enabled: true }\n"
FLOW = """version: 1
name: numbers
nodes:
  numbers: { type: generate, rate: 1000 }
  slow: { type: throttle, rate: 100 }
  end: { type: discard }
edges:
  - { from: numbers, to: slow, capacity: 8, policy: drop }
  - slow -> end
"""
CRASHES = ["terminate called", "AddressSanitizer", "ThreadSanitizer", "runtime error:", "internal error"]


class client_case(server_case):
    def environment(self, token=ADMIN, **more):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")}
        named = {"SLUICE_URL": f"http://{self.server.address}", "USER": "ada", "NO_COLOR": "1", **more}
        return {**clean, **named, **({"SLUICE_TOKEN": token} if token else {})}

    def start(self, *arguments, token=ADMIN, environment=None, **popen):
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **popen}
        process = subprocess.Popen([server_scene.SLUICE, *map(str, arguments)],
                                   env=self.environment(token, **(environment or {})), **options)
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in [process.stdin, process.stdout, process.stderr]:
            if stream:
                stream.close()

    def finish(self, process, status, input=None):
        """Returns what it printed, once it has ended with `status`."""
        try:
            out, err = process.communicate(input, timeout=120)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            self.fail(f"did not end: {process.args}\n{(out or b'').decode()[-2000:]}\n{err.decode()[-2000:]}")
        out, self.err = out or b"", err.decode()
        for sign in CRASHES:
            self.assertNotIn(sign, self.err)
        self.assertEqual(process.returncode, status, f"{process.args}\n{out.decode()}\n{self.err}")
        return out.decode()

    def sluice(self, *arguments, status=0, input=None, token=ADMIN, **environment):
        process = self.start(*arguments, token=token, environment=environment,
                             stdin=subprocess.PIPE if input is not None else subprocess.DEVNULL)
        return self.finish(process, status, input.encode() if input is not None else None)

    def documents(self, *arguments, **more):
        return [json.loads(line) for line in self.sluice(*arguments, **more).splitlines()]

    def make(self, graph=NOOP, *arguments):
        """Returns the id of a new run."""
        return self.sluice("runs", "submit", "-", *arguments, input=json.dumps(graph)).strip()


class runs(client_case):
    def test_a_run_is_submitted_ticked_and_shown(self):
        run = self.make(NOOP, "--job-type", "build", "--key", "k", "--params", '{"n": 9007199254740993}', "--by", "bob")
        self.assertEqual(self.rows("SELECT id, job_type, requested_by, status FROM runs"), [(run, "build", "bob", "queued")])
        self.assertEqual(self.make(NOOP, "--job-type", "build", "--key", "k", "--params", '{"n": 9007199254740993}', "--by", "bob"), run)
        self.sluice("runs", "submit", "-", "--key", "k", status=1, input=json.dumps(NOOP))
        self.assertIn("[idempotency_conflict]", self.err)
        self.assertEqual(self.sluice("runs", "tick"), "ticked\n")
        self.assertEqual(self.rows("SELECT status FROM runs"), [("succeeded",)])
        [shown] = self.documents("runs", "show", run)
        self.assertEqual(shown, self.get(f"/api/v1/runs/{run}"))
        self.assertIn("only  noop  succeeded", self.sluice("runs", "show", run, "--output", "table"))
        events = self.documents("runs", "events", run)
        self.assertEqual([event["seq"] for event in events], list(range(1, len(events) + 1)))
        self.assertEqual(self.documents("runs", "events", "--all"), events)
        again = self.sluice("runs", "retry", run).strip()
        self.assertEqual(self.rows("SELECT retry_of FROM runs WHERE id = ?", again), [(run,)])

    def test_who_asks_is_whose_token_it_is(self):
        self.make()
        self.assertEqual(self.rows("SELECT requested_by FROM runs"), [("admin-token",)])

    def test_a_list_is_restricted_and_paged(self):
        made = [self.make(NOOP, "--job-type", "odd" if n % 2 else "even") for n in range(5)]
        def ids(*arguments):
            return [run["id"] for run in self.documents("runs", "list", *arguments)]
        self.assertEqual(ids(), made[::-1])
        self.assertEqual(ids("--job-type", "odd"), [made[3], made[1]])
        self.assertEqual(ids("--limit", "2"), made[:2:-1])
        self.assertIn(f"--before {made[3]}", self.err)
        self.assertEqual(ids("--limit", "2", "--before", made[3]), [made[2], made[1]])
        self.assertEqual(ids("--status", "succeeded"), [])
        self.assertEqual(ids("--since", "1h"), made[::-1])
        self.assertEqual(ids("--since", "2100-01-01"), [])

    def test_findings_of_the_server_stand_at_their_place_in_the_file(self):
        file = self.folder / "wrong.yaml"
        file.write_text("version: 1\nsteps:\n  a:\n    kind: exce\n  b:\n    kind: noop\n    deps: [c]\n")
        self.assertEqual(self.sluice("runs", "submit", file, "--params", '{"a": 1}', status=78), "")
        self.assertIn(f"{file}:4:11: error: steps.a.kind: there is no step kind 'exce' (did you mean 'exec'?) [UNKNOWN_KIND]", self.err)
        self.assertIn(f"{file}:7:12: error: steps.b.deps[0]: ", self.err)
        self.assertEqual(self.rows("SELECT count(*) FROM runs"), [(0,)])

    def test_commands_act_and_what_cannot_be_is_refused_with_the_status(self):
        run = self.make()
        self.assertEqual(self.sluice("runs", "pause", run, "--reason", "lunch"), "paused\n")
        self.assertEqual(self.sluice("runs", "pause", run), "paused (unchanged)\n")
        self.assertEqual(self.rows("SELECT reason FROM run_commands LIMIT 1"), [("lunch",)])
        self.assertEqual(json.loads(self.sluice("runs", "cancel", run, "--json"))["status"], "cancelled")
        done = self.make()
        self.sluice("runs", "tick")
        self.sluice("runs", "cancel", done, status=1)
        self.assertIn("succeeded", self.err)
        self.assertIn("[invalid_transition]", self.err)
        self.sluice("runs", "pause", run, "--by", "bob", status=2)

    def test_lanes_are_switched_and_capped(self):
        [lane] = self.documents("lanes", "disable", "prod/builds", "--reason", "deploying")
        self.assertEqual((lane["enabled"], lane["reason"]), (False, "deploying"))
        self.sluice("lanes", "set", "prod/builds", "--ticks-per-day", "7")
        self.assertEqual(self.rows("SELECT enabled, reason, ticks_per_day FROM lanes WHERE lane = 'builds'"), [(0, "deploying", 7)])
        self.assertIn("prod/builds", self.sluice("lanes", "list", "--output", "table"))


class trouble(client_case):
    def test_refused_tokens_are_77_and_nobody_there_is_69(self):
        self.sluice("runs", "list", status=77, token=None)
        self.sluice("runs", "list", status=77, token="wrong-token-of-this-test-0123456789")
        self.sluice("runs", "list", token=READ)
        self.sluice("runs", "submit", "-", status=77, token=READ, input=json.dumps(NOOP))
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{unused.getsockname()[1]}"
            for command in [["runs", "list"], ["runs", "tick"], ["leases", "list"], ["flows", "list"], ["top", "--once"]]:
                self.sluice(*command, "--url", url, status=69)
                self.assertIn(url, self.err)
                self.assertIn("[unreachable]", self.err)

    def test_a_token_may_be_in_a_file_and_never_on_the_command_line(self):
        file = self.folder / "token"
        file.write_text(ADMIN + "\n")
        self.sluice("runs", "list", "--token-file", file, token=None)
        self.sluice("runs", "list", "--token", ADMIN, status=2, token=None)

    def test_where_runs_are_must_be_clear(self):
        self.sluice("runs", "list", "--url", "http://host", "--db", "x.db", status=2)
        self.sluice("runs", "work", "--url", "http://host", status=2)
        self.assertIn("--db", self.err)
        self.sluice("runs", "work", status=2)
        self.assertIn("[needs_database]", self.err)
        self.sluice("runs", "list", "--url", "host:1", status=2)
        # An option goes before the environment, and of that the server before the file.
        self.make()
        other = self.folder / "other.db"
        self.sluice("db", "migrate", other)
        self.assertEqual(self.documents("runs", "list", "--db", other), [])
        self.assertEqual(len(self.documents("runs", "list", SLUICE_DB=str(other))), 1)


class encrypted(client_case):
    """A server with a certificate that only this test trusts."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="sluice-tls-")
        self.addCleanup(temporary.cleanup)
        self.certificate, key = (pathlib.Path(temporary.name) / name for name in ["cert.pem", "key.pem"])
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", self.certificate],
                       check=True, capture_output=True)
        self.settings = self.settings + f"http: {{ listen: '127.0.0.1:0', tls: {{ certificate: '{self.certificate}', key: '{key}' }} }}\n"
        super().setUp()

    def serve(self, settings, **environment):
        """The settings have their own `http`."""
        config = self.folder / "tls.yaml"
        config.write_text(f"store: {{ database: '{self.folder / 'runs.db'}' }}\n" + settings)
        made = server_scene.server.__new__(server_scene.server)
        made.folder, made.log_file, made.old_log = self.folder, open(self.folder / "server.log", "ab+"), 0
        self.server = made  # `environment` asks it
        made.address = "127.0.0.1:0"
        made.process = subprocess.Popen([server_scene.SLUICE, "serve", "--config", config], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=made.log_file, env=self.environment(None))
        made.address = made.wait_for_address()
        self.addCleanup(self.put_away, made)
        return made

    def test_a_certificate_is_verified_and_one_of_ones_own_can_be_named(self):
        url = f"https://{self.server.address}"
        self.sluice("runs", "list", "--url", url, status=69)
        self.assertIn("certificate", self.err)
        self.assertIn("--ca-file", self.err)
        self.sluice("runs", "list", "--url", url, "--ca-file", self.certificate)
        self.sluice("runs", "list", "--url", url, SLUICE_CA_FILE=str(self.certificate))
        self.sluice("runs", "list", "--url", url, "--ca-file", self.folder / "absent.pem", status=69)


class cutting_proxy:
    """Hands bytes on between a client and a server, and cuts every connection after so many of them."""

    def __init__(self, address, bytes_each):
        self.host, port = address.rsplit(":", 1)
        self.port, self.bytes_each, self.cuts = int(port), bytes_each, 0
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.listening.accept()
            except OSError:
                return
            try:
                self.hand_on(client)
            except OSError:
                pass

    def hand_on(self, client):
        """One connection at a time: the client under test makes its next one when this is gone."""
        left = self.bytes_each
        with client, socket.create_connection((self.host, self.port)) as server:
            while True:
                for ready in select.select([client, server], [], [])[0]:
                    piece = ready.recv(min(left, 65536) if ready is server else 65536)
                    if not piece:
                        return
                    (client if ready is server else server).sendall(piece)
                    if ready is server:
                        left -= len(piece)
                        if left <= 0:
                            self.cuts += 1
                            return


class following(client_case):
    settings = server_case.settings + WORKING

    def test_follow_prints_everything_once_and_ends_with_the_run(self):
        lines = self.sluice("runs", "submit", "-", "--follow", input=json.dumps(chain("noop", "noop", "noop"))).splitlines()
        run = json.loads(lines[0])["id"]
        events = [json.loads(line) for line in lines[1:]]
        self.assertEqual([event["seq"] for event in events], list(range(1, len(events) + 1)))
        self.assertEqual(events[-1]["kind"], "RUN_SUCCEEDED")
        self.assertEqual(self.documents("runs", "events", run, "--follow"), events)
        failing = {"version": 1, "steps": {"a": {"kind": "exec", "params": {"argv": ["false"]}, "retry": {"max_attempts": 1}}}}
        text = self.sluice("runs", "submit", "-", "--follow", "--output", "table", input=json.dumps(failing), status=1)
        self.assertIn("RUN_FAILED", text)

    def test_a_connection_that_is_cut_again_and_again_loses_and_repeats_nothing(self):
        proxy = cutting_proxy(self.server.address, 9000)
        self.addCleanup(proxy.listening.close)
        follower = self.start("runs", "events", "--all", "--follow", "--limit", "300", "--url", proxy.url)
        for _ in range(20):
            self.submit(chain(*["noop"] * 10))
        followed = [json.loads(line) for line in self.finish(follower, 0).splitlines()]
        self.assertGreater(proxy.cuts, 3)
        ids = [event["id"] for event in followed]
        self.assertEqual(ids, sorted(set(ids)))
        stored = [id for (id,) in self.rows("SELECT id FROM run_events ORDER BY id LIMIT 300")]
        self.assertEqual(ids, stored)
        self.assertEqual(len(ids), 300)

    def test_a_server_that_is_killed_and_comes_back_is_waited_for_and_said_once(self):
        go = self.folder / "go"
        # Over when the server is back, and not before.
        run = self.submit({"version": 1, "steps": {"only": gated(go)}})
        port = free_port()
        self.server.process.kill()
        self.server.process.wait()
        config = f"http: {{ listen: '127.0.0.1:{port}' }}\n" + f"store: {{ database: '{self.folder / 'runs.db'}' }}\n" + self.settings
        (self.folder / "fixed.yaml").write_text(config)

        def serve():
            process = subprocess.Popen([server_scene.SLUICE, "serve", "--config", self.folder / "fixed.yaml"],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                       env=self.environment(None))
            self.addCleanup(self.end, process)
            return process

        first = serve()
        url = f"http://127.0.0.1:{port}"
        self.wait_for(lambda: self.start("runs", "list", "--url", url).wait(60) == 0, "the server's answer")
        follower = self.start("runs", "events", run, "--follow", "--url", url)
        self.assertTrue(follower.stdout.readline())
        first.kill()
        first.wait()
        self.assertIn(b"trying again", follower.stderr.readline())
        second = serve()
        self.assertIn(b"is back", follower.stderr.readline())
        go.touch()
        out = self.finish(follower, 0)
        self.assertIn("RUN_SUCCEEDED", out)
        self.assertNotIn("trying again", self.err)
        self.assertIsNone(second.poll())

    def test_what_is_not_there_ends_following_at_once(self):
        self.sluice("runs", "events", "019aa5a3-7b1c-7000-8000-000000000001", "--follow", status=1)
        self.assertIn("[not_found]", self.err)
        self.sluice("runs", "events", "--all", "--follow", status=77, token=None)

    def test_a_signal_ends_following(self):
        follower = self.start("runs", "events", "--all", "--follow")
        self.make()
        self.assertTrue(follower.stdout.readline())
        follower.send_signal(signal.SIGINT)
        self.finish(follower, 0)


class leases(client_case):
    settings = server_case.settings + WORKING

    def test_leases_are_listed_and_taken_away_and_the_audit_says_who(self):
        run = self.make(sleepy("60s"))
        found = self.wait_for(lambda: self.documents("leases", "list"), "a lease")
        self.assertEqual((found[0]["run"], found[0]["live"]), (run, True))
        self.assertIn(run, self.sluice("leases", "list", "--output", "table"))
        self.assertEqual(self.sluice("leases", "release", run), "released\n")
        rows = self.documents("audit", "list")
        self.assertIn((run, "admin-token"), [(row["subject"], row["actor"]) for row in rows if "lease" in row["action"]])
        self.assertIn("lease", self.sluice("audit", "list", "--output", "table"))
        self.assertEqual(self.documents("audit", "list", "--since", rows[-1]["id"]), [])


class flows(client_case):
    settings = server_case.settings

    def test_a_flow_is_started_watched_steered_and_stopped(self):
        flow = self.sluice("flows", "start", "-", "--name", "mine", input=FLOW).strip()
        [listed] = self.documents("flows", "list")
        self.assertEqual((listed["id"], listed["name"]), (flow, "mine"))
        [shown] = self.documents("flows", "show", flow)
        edge = next(edge["id"] for edge in shown["edges"] if edge["policy"] == "drop")
        [changed] = self.documents("flows", "set-edge", flow, edge, "--capacity", "16", "--priority", "high")
        self.assertEqual((changed["id"], changed["capacity"], changed["band"]), (edge, 16, "high"))
        text = self.sluice("flows", "show", flow, "--output", "table")
        self.assertIn("throttle", text)
        self.assertIn(edge, text)
        self.assertEqual(self.sluice("flows", "pause", flow), "paused\n")
        self.sluice("flows", "resume", flow)
        self.assertEqual(self.sluice("flows", "control", flow, "slow", '{"rate": 5}'), "taken\n")
        self.sluice("flows", "control", flow, "slow", "[1]", status=2)
        self.sluice("flows", "set-edge", flow, edge, status=2)
        self.sluice("flows", "set-edge", flow, "no->edge", "--capacity", "1", status=1)
        self.sluice("flows", "stop", flow, "--drain-timeout", "5s")
        self.wait_for(lambda: self.documents("flows", "list")[0]["ended_at"], "the flow's end")

    def test_a_flow_goes_by_its_name_while_no_other_has_it(self):
        first = self.sluice("flows", "start", "-", "--name", "mine", input=FLOW).strip()
        self.assertEqual(self.documents("flows", "show", "mine")[0]["id"], first)
        self.assertEqual(self.sluice("flows", "pause", "mine"), "paused\n")
        second = self.sluice("flows", "start", "-", "--name", "mine", input=FLOW).strip()
        self.sluice("flows", "pause", "mine", status=1)
        self.assertIn("2 flows are called 'mine'", self.err)
        self.sluice("flows", "stop", first, "--drain-timeout", "1s")
        self.wait_for(lambda: self.documents("flows", "show", first)[0]["ended_at"], "the flow's end")
        # Of one that runs and one that has ended, the one that runs.
        self.assertEqual(self.documents("flows", "show", "mine")[0]["id"], second)
        self.sluice("flows", "show", "no such flow", status=1)
        self.assertIn("sluice flows list", self.err)

    def test_what_is_wrong_with_a_graph_stands_at_its_place(self):
        file = self.folder / "wrong.yaml"
        file.write_text(FLOW.replace("type: discard", "type: discrad"))
        self.sluice("flows", "start", file, status=78)
        self.assertRegex(self.err, rf"{file}:6:\d+: error: nodes.end.type: unknown node type 'discrad'.*\[UNKNOWN_TYPE\]")


class top(client_case):
    settings = server_case.settings

    def test_one_screen_for_scripts(self):
        flow = self.sluice("flows", "start", "-", input=FLOW).strip()
        self.make()
        text = self.sluice("top", "--once", "--interval", "500ms")
        self.assertNotIn("\x1b", text)
        for part in ["ready", "queued 1", "worker   off", flow, "numbers: "]:
            self.assertIn(part, text)
        self.assertRegex(text, r"drop +(\d|\.)+k? +[#.]{8} +\d+% +(\d|\.)+")

    def in_terminal(self, *arguments, token=ADMIN, **environment):
        """Starts it on a terminal of its own; returns process, terminal and how the terminal was."""
        mine, its = pty.openpty()
        self.addCleanup(os.close, mine)
        self.addCleanup(os.close, its)
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        before = termios.tcgetattr(its)
        process = self.start("top", "--interval", "100ms", *arguments, token=token, environment=environment,
                             stdin=its, stdout=its, start_new_session=True)
        return process, mine, its, before

    def read_until(self, terminal, part, seconds=60):
        seen, deadline = b"", time.monotonic() + seconds
        while part not in seen:
            ready, _, _ = select.select([terminal], [], [], max(0, deadline - time.monotonic()))
            self.assertTrue(ready, f"{part!r} never came: {seen[-2000:]!r}")
            seen += os.read(terminal, 65536)
        return seen

    def test_a_screen_that_q_and_signals_end_with_the_terminal_as_it_was(self):
        def press_q(process, terminal):
            os.write(terminal, b"jp")
            self.read_until(terminal, b"display held")
            os.write(terminal, b"q")
        for end in [press_q, lambda process, _: process.send_signal(signal.SIGTERM),
                    lambda process, _: process.send_signal(signal.SIGHUP)]:
            process, terminal, its, before = self.in_terminal()
            self.read_until(terminal, b"ready")
            self.assertFalse(termios.tcgetattr(its)[3] & termios.ECHO)
            end(process, terminal)
            self.read_until(terminal, b"\x1b[?1049l")
            self.finish(process, 0)
            self.assertEqual(termios.tcgetattr(its), before)

    def test_the_screen_has_the_size_of_its_window_and_ctrl_z_gives_the_terminal_back(self):
        process, terminal, its, before = self.in_terminal()
        self.read_until(terminal, b"ready")
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 8, 24, 0, 0))
        self.read_until(terminal, "q quit  p hold  j/k scr…".encode())
        process.send_signal(signal.SIGTSTP)
        self.read_until(terminal, b"\x1b[?1049l")
        self.wait_for(lambda: os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOHANG), "that it stops")
        self.assertEqual(termios.tcgetattr(its), before)
        process.send_signal(signal.SIGCONT)
        self.read_until(terminal, b"\x1b[?1049h")
        os.write(terminal, b"q")
        self.finish(process, 0)

    def test_a_server_that_goes_away_is_said_and_the_screen_stays(self):
        process, terminal, _, _ = self.in_terminal()
        self.read_until(terminal, b"ready")
        self.server.process.kill()
        self.server.process.wait()
        self.read_until(terminal, b"cannot reach")
        os.write(terminal, b"q")
        self.finish(process, 0)

    def test_a_token_that_is_refused_ends_it_with_77(self):
        process, terminal, its, before = self.in_terminal(token="wrong-token-of-this-test-0123456789")
        self.finish(process, 77)
        self.assertEqual(termios.tcgetattr(its), before)

    def test_without_a_terminal_it_says_what_to_do(self):
        self.sluice("top", status=2)
        self.assertIn("--once", self.err)


if __name__ == "__main__":
    server_scene.main(__doc__)
