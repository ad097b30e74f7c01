#!/usr/bin/env python3
"""What a user of durable runs on a database file may count on: `sluice runs`, `lanes` and `db` in the real binary.

    runs_test.py --sluice build/release/sluice [-k PART_OF_A_NAME]

Rows are looked at with sqlite3, read-only, and not through the store. Each case has a folder of its own; every wait
has a bound.
"""

import argparse
import contextlib
import http.server
import json
import os
import pathlib
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import flow_run

# Set by main().
SLUICE = ""
EXAMPLES = flow_run.ROOT / "examples" / "runs"

NOOP = '{"version": 1, "steps": {"only": {"kind": "noop"}}}'
SLEEPY = '{"version": 1, "steps": {"first": {"kind": "sleep", "params": {"for": "%s"}}, "last": {"kind": "noop", "deps": ["first"]}}}'


class runs_case(unittest.TestCase):
    """A folder and a database per case."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="sluice-runs-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.database = self.folder / "runs.db"
        self.environment = {"SLUICE_DB": str(self.database), "SLUICE_URL": "", "SLUICE_WORKER_ENABLED": "", "USER": "ada"}

    def write(self, name, content):
        path = self.folder / name
        path.write_text(content)
        return path

    def sluice(self, *arguments, status=0, input=None, **environment):
        """Runs a command that must end with `status`; returns what it was."""
        result = flow_run.run(SLUICE, arguments, {**self.environment, **environment}, input and input.encode())
        said = result.err.decode(errors="replace")
        for sign in flow_run.CRASHES:
            self.assertNotIn(sign, said)
        self.assertEqual(result.status, status, f"sluice {' '.join(map(str, arguments))}\n{result}")
        return result

    def start(self, *arguments, **environment):
        process = flow_run.start(SLUICE, arguments, {**self.environment, **environment})
        self.addCleanup(self.put_away, process)
        return process

    @staticmethod
    def put_away(process):
        if process.poll() is None:
            process.kill()
            process.wait()
        for stream in [process.stdout, process.stderr]:
            stream.close()

    def submit(self, graph=NOOP, *arguments):
        """Returns the id of a new run."""
        result = self.sluice("runs", "submit", "-", *arguments, input=graph)
        self.assertEqual(len(result.lines), 1, str(result))
        return result.lines[0]

    def work(self, *arguments):
        """Works until nothing is due; returns the report."""
        return json.loads(self.sluice("runs", "work", "--until-idle", "--output", "json", *arguments).raw)

    def show(self, run):
        return json.loads(self.sluice("runs", "show", run, "--output", "json").raw)

    def events(self, run):
        return self.sluice("runs", "events", run, "--output", "json").documents()

    def rows(self, select, *values):
        """Returns rows as sqlite3 alone sees them."""
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as database:
            return database.execute(select, values).fetchall()

    def status_of(self, run):
        [(status,)] = self.rows("SELECT status FROM runs WHERE id = ?", run)
        return status

    def assert_gapless(self, run):
        numbers = [seq for (seq,) in self.rows(
            "SELECT seq FROM run_events JOIN runs USING (run_key) WHERE runs.id = ? ORDER BY run_events.id", run)]
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)))

    def wait_for(self, what, condition):
        deadline = time.monotonic() + flow_run.PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), deadline, f"never: {what}")
            time.sleep(0.02)


class contract_b(runs_case):
    """The tests A, B, C and E of CONTRACTS B; D is the server's."""

    def test_a_a_noop_run_is_created_ticked_once_and_has_succeeded(self):
        run = self.submit()
        self.assertEqual(self.status_of(run), "queued")
        self.assertEqual(self.sluice("runs", "tick").lines, ["ticked"])
        self.assertEqual(self.status_of(run), "succeeded")
        [(graph,)] = self.rows("SELECT run_graph FROM run_state JOIN runs USING (run_key) WHERE id = ?", run)
        self.assertEqual(json.loads(graph)["steps"]["only"]["kind"], "noop")
        kinds = [kind for (kind,) in self.rows(
            "SELECT kind FROM run_events JOIN runs USING (run_key) WHERE runs.id = ? ORDER BY seq", run)]
        self.assertGreaterEqual(len(kinds), 4, kinds)
        for kind in ["RUN_CREATED", "RUN_STARTED", "STEP_STARTED", "STEP_SUCCEEDED", "RUN_SUCCEEDED"]:
            self.assertEqual(kinds.count(kind), 1, kinds)
        self.assert_gapless(run)

    def test_b_a_lease_excludes_others_until_it_is_released_and_its_owner_alone_renews_it(self):
        go_on = self.folder / "go on"
        os.mkfifo(go_on)
        # The first step ends when somebody has written into the pipe.
        run = self.submit(json.dumps({"version": 1, "steps": {
            "first": {"kind": "exec", "params": {"argv": ["cat", str(go_on)]}},
            "last": {"kind": "noop", "deps": ["first"]}}}))

        def lease():
            [row] = self.rows("SELECT owned, token, owner, expires_ns FROM runs JOIN leases USING (run_key)")
            return row
        process = self.start("runs", "work", "--lease-ttl", "9s")
        self.wait_for("the first step", lambda: self.rows("SELECT 1 FROM run_steps WHERE status = 'running'"))
        owned, token, owner, ends = lease()
        self.assertEqual((owned, token), (1, 1))
        self.assertIsNotNone(owner)
        # Others are refused, also while its owner renews it.
        while lease()[3] < ends + 2_000_000_000:
            self.assertEqual(self.sluice("runs", "tick").lines, ["idle_lease_held"])
            self.assertEqual(lease()[:3], (1, 1, owner))
        process.send_signal(signal.SIGTERM)
        self.assertEqual(self.sluice("runs", "tick").lines, ["idle_lease_held"])
        go_on.write_text("now")
        self.assertEqual(flow_run.finish(process).status, 0)
        self.assertEqual(lease()[:3], (0, 1, None))
        self.assertEqual(self.sluice("runs", "tick").lines, ["ticked"])
        self.assertEqual(self.status_of(run), "succeeded")
        self.assertEqual(lease()[:3], (0, 2, None))

    def test_c_a_worker_that_is_not_enabled_does_nothing_and_says_why(self):
        run = self.submit()
        for value in ["false", "0", "no", "off", "perhaps"]:
            result = self.sluice("runs", "work", "--until-idle", status=1, SLUICE_WORKER_ENABLED=value)
            self.assertIn(b"disabled", result.err)
            self.assertIn(b"SLUICE_WORKER_ENABLED", result.err)
            self.assertIn(b"[worker_disabled]", result.err)
        self.assertEqual(self.status_of(run), "queued")
        self.sluice("runs", "work", "--until-idle", "--enable", SLUICE_WORKER_ENABLED="false")
        self.assertEqual(self.status_of(run), "succeeded")

    def test_e_of_three_runs_one_tick_finishes_exactly_one_and_caps_hold(self):
        runs = [self.submit() for _ in range(3)]
        self.assertEqual(self.sluice("runs", "tick").lines, ["ticked"])
        self.assertEqual([self.status_of(run) for run in runs], ["succeeded", "queued", "queued"])
        report = self.work("--max-ticks", "1")
        self.assertEqual(report["ticks"], 1)
        self.assertEqual([self.status_of(run) for run in runs], ["succeeded", "succeeded", "queued"])
        self.sluice("lanes", "set", "default", "--ticks-per-day", "2")
        self.assertEqual(self.sluice("runs", "tick").lines, ["idle_cap_reached"])
        self.assertEqual(self.status_of(runs[2]), "queued")
        self.sluice("lanes", "set", "default", "--ticks-per-day", "none")
        self.assertEqual(self.sluice("runs", "tick").lines, ["ticked"])
        self.assertEqual(self.sluice("runs", "tick").lines, ["idle_no_runs"])


class submissions(runs_case):
    def test_fields_reach_their_columns(self):
        parent = self.submit()
        run = self.submit(NOOP, "--env", "prod", "--lane", "builds", "--mode", "dry", "--job-type", "build", "--by", "bob",
                          "--params", '{"branch": "main"}', "--priority", "-7", "--at", "2030-01-01T12:00Z", "--key", "k-1",
                          "--parent", parent)
        self.assertEqual(self.rows(
            "SELECT env, lane, mode, job_type, requested_by, status, priority, available_at, parent_run_id, idempotency_key, "
            "params FROM runs JOIN run_state USING (run_key) WHERE id = ?", run),
            [("prod", "builds", "dry", "build", "bob", "queued", -7, "2030-01-01T12:00:00.000Z", parent, "k-1",
              '{"branch":"main"}')])
        self.assertEqual(self.rows("SELECT requested_by FROM runs WHERE id = ?", parent), [("ada",)])
        self.assertEqual(self.sluice("runs", "tick", "--env", "prod", "--lane", "builds").lines, ["idle_no_runs"])

    def test_one_key_is_one_run_and_another_body_a_conflict(self):
        first = self.submit(NOOP, "--key", "k")
        again = json.loads(self.sluice("runs", "submit", "-", "--key", "k", "--output", "json", input=NOOP).raw)
        self.assertEqual(again, {"id": first, "existing": True})
        result = self.sluice("runs", "submit", "-", "--key", "k", "--mode", "other", status=1, input=NOOP)
        self.assertIn(b"[idempotency_conflict]", result.err)
        self.assertEqual(self.rows("SELECT count(*) FROM runs"), [(1,)])

    def test_two_submissions_that_race_with_one_key_are_one_run(self):
        self.sluice("db", "migrate", self.database)
        graph = self.write("graph.json", NOOP)
        racers = [self.start("runs", "submit", graph, "--key", "k") for _ in range(6)]
        ids = {tuple(flow_run.finish(racer).lines) for racer in racers}
        self.assertEqual(len(ids), 1, ids)
        self.assertEqual(self.rows("SELECT count(*) FROM runs"), [(1,)])

    def test_everything_wrong_is_reported_at_once_with_its_place_and_nothing_is_made(self):
        graph = self.write("wrong.yaml", "version: 1\nsteps:\n  a:\n    kind: exce\n  b:\n    kind: noop\n    deps: [c]\n"
                           "  d: { kind: noop, deps: [e] }\n  e: { kind: noop, deps: [d] }\n")
        result = self.sluice("runs", "submit", graph, "--params", "[]", status=78)
        said = result.err.decode()
        for part in [f"{graph}:4:11: error: steps.a.kind: there is no step kind 'exce' (did you mean 'exec'?) [UNKNOWN_KIND]",
                     f"{graph}:7:12: error: steps.b.deps[0]: ", "[UNKNOWN_STEP]", "[STEP_CYCLE]", "error: params: "]:
            self.assertIn(part, said)
        self.assertEqual(result.raw, b"")
        self.assertFalse(self.database.exists())

    def test_a_file_that_cannot_be_read_is_a_finding(self):
        self.assertIn(b"absent.yaml", self.sluice("runs", "submit", self.folder / "absent.yaml", status=78).err)
        self.assertIn(b"[SYNTAX]", self.sluice("runs", "submit", "-", status=78, input=" \n").err)


class examples(runs_case):
    def test_the_noop_chain_hands_its_result_on(self):
        run = self.sluice("runs", "submit", EXAMPLES / "noop-chain.json").lines[0]
        self.assertEqual(self.work()["succeeded"], 1)
        results = {step["step"]: step["result"] for step in self.show(run)["steps"]}
        self.assertEqual(results["work"], 42)
        self.assert_gapless(run)

    def test_the_build_pipeline_builds_checks_and_cleans_up(self):
        run = self.sluice("runs", "submit", EXAMPLES / "build-pipeline.yaml").lines[0]
        report = self.work()
        shown = self.show(run)
        self.assertEqual(shown["status"], "succeeded", json.dumps([report, shown], indent=1))
        results = {step["step"]: step["result"] for step in shown["steps"]}
        self.assertIn("release.tar: OK", results["report"]["verdict"])
        self.assertEqual(results["report"]["status"], 0)
        self.assertEqual(results["report"]["host"].split()[0], os.uname().sysname)
        self.assertFalse(pathlib.Path(results["folder"]["stdout"]).exists())
        self.assert_gapless(run)

    def test_a_flow_is_a_step_whose_counters_are_its_result(self):
        graph = {"version": 1, "nodes": {"numbers": {"type": "generate", "count": 1000}, "end": {"type": "discard"}}, "edges": ["numbers -> end"]}
        run = self.submit(json.dumps({"version": 1, "steps": {
            "count": {"kind": "flow", "params": {"graph": graph}},
            "tell": {"kind": "noop", "deps": ["count"], "params": {"result": "${steps.count.result.nodes.end.in}"}}}}))
        self.work()
        self.assertEqual(self.status_of(run), "succeeded")
        self.assertEqual(self.show(run)["steps"][1]["result"], 1000)
        graph["nodes"]["numbers"]["type"] = "genrate"
        wrong = json.dumps({"version": 1, "steps": {"count": {"kind": "flow", "params": {"graph": graph}}}})
        said = self.sluice("runs", "submit", "-", status=78, input=wrong).err.decode()
        self.assertIn("steps.count.params.graph.nodes.numbers.type: unknown node type 'genrate' (did you mean 'generate'?)", said)

    def test_a_server_is_asked_until_it_answers(self):
        answers = [503, 200]

        class handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(answers.pop(0))
                self.end_headers()

            def log_message(self, *_):
                pass

        with http.server.HTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            self.addCleanup(server.shutdown)
            text = (EXAMPLES / "wait-and-ask.yaml").read_text()
            graph = text.replace("127.0.0.1:9464", f"127.0.0.1:{server.server_port}").replace("delay: 500ms", "delay: 10ms")
            self.assertNotEqual(graph, text)
            run = self.submit(graph)
            process = self.start("runs", "work")
            self.wait_for("the run's end", lambda: self.status_of(run) in ["succeeded", "failed"])
            process.send_signal(signal.SIGTERM)
            self.assertEqual(flow_run.finish(process).status, 0)
            server.shutdown()
        shown = self.show(run)
        steps = {step["step"]: step for step in shown["steps"]}
        self.assertEqual(shown["status"], "succeeded", json.dumps(shown, indent=1))
        self.assertEqual(steps["ask"]["attempts"], 2)
        self.assertEqual(steps["tell"]["result"], "the server answered 200")


class watching(runs_case):
    def test_a_list_is_newest_first_restricted_and_paged(self):
        runs = [self.submit(NOOP, "--job-type", "odd" if n % 2 else "even") for n in range(5)]
        self.sluice("runs", "tick")
        listed = [run["id"] for run in self.sluice("runs", "list", "--output", "json").documents()]
        self.assertEqual(listed, runs[::-1])

        def ids(*arguments):
            return [run["id"] for run in self.sluice("runs", "list", "--output", "json", *arguments).documents()]
        self.assertEqual(ids("--status", "succeeded"), runs[:1])
        self.assertEqual(ids("--job-type", "odd"), [runs[3], runs[1]])
        self.assertEqual(ids("--limit", "2"), [runs[4], runs[3]])
        self.assertEqual(ids("--limit", "2", "--before", runs[3]), [runs[2], runs[1]])
        self.assertEqual(ids("--lane", "other"), [])
        self.assertEqual(ids("--since", "1h"), runs[::-1])
        self.assertEqual(ids("--since", "2100-01-01"), [])
        table = self.sluice("runs", "list", "--limit", "1", "--output", "table")
        self.assertRegex(table.lines[0], r"^RUN +STATUS +LANE +JOB TYPE +PRIORITY +CREATED +FINISHED$")
        self.assertIn(runs[4], table.lines[1])
        self.assertIn(f"--before {runs[4]}".encode(), table.err)

    def test_events_are_those_of_the_table_by_run_and_over_all(self):
        runs = [self.submit(), self.submit()]
        self.work()
        stored = self.rows("SELECT run_events.id, runs.id, seq, kind, at, payload FROM run_events JOIN runs USING (run_key) "
                           "ORDER BY run_events.id")
        shown = self.sluice("runs", "events", "--all", "--output", "json").documents()
        self.assertEqual([(e["id"], e["run"], e["seq"], e["kind"], e["at"], e["payload"]) for e in shown],
                         [(*row[:5], json.loads(row[5])) for row in stored])
        of_one = [event for event in shown if event["run"] == runs[1]]
        self.assertEqual(self.events(runs[1]), of_one)
        after = self.sluice("runs", "events", runs[1], "--since", "2", "--limit", "1", "--output", "json").documents()
        self.assertEqual(after, of_one[2:3])
        text = self.sluice("runs", "events", runs[1], "--output", "text")
        self.assertRegex(text.lines[0], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z +1  RUN_CREATED")

    def test_following_a_run_prints_every_event_once_and_ends_with_it(self):
        run = self.submit(SLEEPY % "300ms")
        follower = self.start("runs", "events", run, "--follow", "--output", "json")
        flow_run.read_lines(follower, 1)  # what is there; the rest comes live, from another process
        self.work()
        result = flow_run.finish(follower)
        self.assertEqual(result.status, 0, str(result))
        last = result.documents()
        expected = self.events(run)
        self.assertEqual(last, expected[len(expected) - len(last):])
        self.assertEqual(last[-1]["kind"], "RUN_SUCCEEDED")

    def test_following_all_ends_with_a_signal(self):
        run = self.submit()
        follower = self.start("runs", "events", "--all", "--follow")
        self.assertIn(run.encode(), flow_run.read_lines(follower, 1))
        follower.send_signal(signal.SIGINT)
        self.assertEqual(flow_run.finish(follower).status, 0)

    def test_an_unknown_run_is_not_found(self):
        self.submit()
        unknown = "019aa5a3-7b1c-7000-8000-000000000000"
        for arguments in [["show", unknown], ["events", unknown], ["pause", unknown], ["retry", unknown]]:
            result = self.sluice("runs", *arguments, status=1)
            self.assertIn(b"[not_found]", result.err)
            self.assertIn(unknown.encode(), result.err)
            self.assertEqual(result.raw, b"")


class orders(runs_case):
    def test_a_queued_run_pauses_resumes_and_is_cancelled(self):
        run = self.submit()
        self.assertEqual(self.sluice("runs", "pause", run, "--reason", "lunch").lines, ["paused"])
        self.assertEqual(self.sluice("runs", "pause", run).lines, ["paused (unchanged)"])
        self.assertEqual(self.sluice("runs", "tick").lines, ["idle_no_runs"])
        self.assertEqual(self.sluice("runs", "resume", run).lines, ["running"])
        answer = json.loads(self.sluice("runs", "cancel", run, "--output", "json").raw)
        self.assertEqual(answer, {"id": run, "status": "cancelled", "changed": True})
        self.assertEqual(self.status_of(run), "cancelled")
        self.assertEqual(self.rows("SELECT command, requested_by, reason FROM run_commands ORDER BY id")[0],
                         ("pause", "ada", "lunch"))
        self.assert_gapless(run)

    def test_what_a_run_cannot_do_is_refused_with_its_status(self):
        run = self.submit()
        self.work()
        result = self.sluice("runs", "pause", run, status=1)
        self.assertIn(b"[invalid_transition]", result.err)
        self.assertIn(b"succeeded", result.err)

    def test_a_run_that_failed_is_retried_as_a_new_one(self):
        run = self.submit('{"version": 1, "steps": {"a": {"kind": "noop", "params": {"fail": "no"}}}}')
        report = self.work()
        self.assertEqual(report["failed"], 1)
        again = self.sluice("runs", "retry", run).lines[0]
        self.assertEqual(self.rows("SELECT retry_of, status FROM runs WHERE id = ?", again), [(run, "queued")])
        self.assertEqual(self.status_of(run), "failed")
        shown = self.sluice("runs", "show", run).raw.decode()
        self.assertIn("noop_failed", shown)

    def test_a_command_from_another_process_reaches_the_worker_between_two_steps(self):
        go_on = self.folder / "go on"
        os.mkfifo(go_on)
        # It ends when somebody has written into the pipe.
        run = self.submit(json.dumps({"version": 1, "steps": {
            "first": {"kind": "exec", "params": {"argv": ["cat", str(go_on)]}},
            "last": {"kind": "noop", "deps": ["first"]}}}))
        process = self.start("runs", "work")
        self.wait_for("the first step", lambda: self.rows("SELECT 1 FROM run_steps WHERE status = 'running'"))
        self.assertIn(self.sluice("runs", "pause", run).lines, [["running (pause is on its way)"], ["pausing"]])
        self.wait_for("the pause to be delivered", lambda: self.status_of(run) == "pausing")
        go_on.write_text("now")
        self.wait_for("the pause", lambda: self.status_of(run) == "paused")
        self.assertEqual(self.rows("SELECT step, status FROM run_steps"), [("first", "succeeded")])
        self.assertEqual(self.rows("SELECT owned FROM runs"), [(0,)])
        self.sluice("runs", "resume", run)
        self.wait_for("the end", lambda: self.status_of(run) == "succeeded")
        process.send_signal(signal.SIGTERM)
        result = flow_run.finish(process)
        self.assertEqual(result.status, 0, str(result))
        self.assertEqual(self.rows("SELECT step, attempts FROM run_steps ORDER BY step"), [("first", 1), ("last", 1)])
        self.assert_gapless(run)


class workers(runs_case):
    def test_a_worker_prints_one_line_and_a_failed_run_is_no_failure_of_it(self):
        self.submit()
        self.submit('{"version": 1, "steps": {"a": {"kind": "noop", "params": {"fail": "no"}}}}')
        result = self.sluice("runs", "work", "--until-idle")
        self.assertEqual([line.split(";")[0] for line in result.lines], ["2 ticks: 1 succeeded, 1 failed, 0 cancelled, 0 handed back"])

    def test_a_worker_keeps_to_its_lanes(self):
        runs = {lane: self.submit(NOOP, "--env", "prod", "--lane", lane) for lane in ["a", "b", "c"]}
        self.work("--lane", "prod/a", "--lane", "prod/b")
        self.assertEqual([self.status_of(runs[lane]) for lane in "abc"], ["succeeded", "succeeded", "queued"])

    def test_a_signal_ends_it_after_the_step_under_way_and_another_goes_on(self):
        run = self.submit(SLEEPY % "3s")
        process = self.start("runs", "work")
        self.wait_for("the first step", lambda: self.rows("SELECT 1 FROM run_steps WHERE status = 'running'"))
        process.send_signal(signal.SIGTERM)
        result = flow_run.finish(process)
        self.assertEqual(result.status, 0, str(result))
        self.assertIn(b"1 handed back", result.raw)
        self.assertEqual(self.rows("SELECT owned FROM runs"), [(0,)])
        self.work()
        self.assertEqual(self.status_of(run), "succeeded")
        self.assertEqual(self.rows("SELECT step, attempts FROM run_steps ORDER BY step"), [("first", 1), ("last", 1)])

    def test_a_second_signal_ends_it_at_once(self):
        run = self.submit(SLEEPY % "1h")
        process = self.start("runs", "work")
        self.wait_for("the first step", lambda: self.rows("SELECT 1 FROM run_steps WHERE status = 'running'"))
        deadline = time.monotonic() + flow_run.PATIENCE
        # Two signals of one kind that are both pending are one: send it until the process has ended.
        while process.poll() is None and time.monotonic() < deadline:
            process.send_signal(signal.SIGTERM)
            time.sleep(0.2)
        self.assertEqual(flow_run.finish(process, patience=1).status, 143)
        # Its owner is gone, which anybody can prove: no lease has to run out.
        self.assertEqual(self.sluice("runs", "cancel", run).lines, ["cancelled"])

    def test_a_killed_worker_leaves_its_run_to_the_next_at_once(self):
        run = self.submit(SLEEPY % "3s")
        process = self.start("runs", "work", "--lease-ttl", "1h")
        self.wait_for("the first step", lambda: self.rows("SELECT 1 FROM run_steps WHERE status = 'running'"))
        process.kill()
        process.wait()
        self.assertEqual(self.work()["succeeded"], 1)
        self.assertEqual(self.rows("SELECT step, attempts FROM run_steps ORDER BY step"), [("first", 2), ("last", 1)])
        kinds = [event["kind"] for event in self.events(run)]
        self.assertEqual(kinds.count("STEP_LOST"), 1, kinds)
        self.assertEqual(kinds.count("RUN_SUCCEEDED"), 1, kinds)
        self.assert_gapless(run)


class lanes(runs_case):
    def test_the_kill_switch_stops_claims_and_is_told(self):
        self.submit(NOOP, "--lane", "builds")
        off = self.sluice("lanes", "disable", "builds", "--reason", "deploy", "--output", "table")
        self.assertRegex(off.lines[1], r"^default/builds +disabled .* deploy$")
        self.assertEqual(self.sluice("runs", "tick", "--lane", "builds").lines, ["idle_lane_disabled"])
        [lane] = self.sluice("lanes", "list", "--output", "json").documents()
        self.assertEqual((lane["lane"], lane["enabled"], lane["reason"]), ("builds", False, "deploy"))
        self.sluice("lanes", "enable", "default/builds")
        self.assertEqual(self.sluice("runs", "tick", "--lane", "builds").lines, ["ticked"])
        self.assertEqual(self.rows("SELECT enabled, usage_ticks FROM lanes"), [(1, 1)])
        self.assertEqual(self.rows("SELECT actor, action, subject FROM audit_log WHERE action = 'lane.set' ORDER BY id")[0],
                         ("ada", "lane.set", "default/builds"))

    def test_caps_are_set_and_taken_back(self):
        self.submit()
        self.sluice("lanes", "set", "default", "--ticks-per-day", "7", "--concurrent-runs", "3")
        self.sluice("lanes", "set", "default", "--ticks-per-day", "none")
        self.assertEqual(self.rows("SELECT ticks_per_day, concurrent_runs FROM lanes"), [(None, 3)])
        [lane] = self.sluice("lanes", "show", "default", "--output", "json").documents()
        self.assertEqual((lane["ticks_per_day"], lane["concurrent_runs"]), (None, 3))


class databases(runs_case):
    def test_migrate_check_backup_and_vacuum(self):
        self.assertIn(b"made", self.sluice("db", "migrate", self.database).raw)
        self.assertIn(b"up to date", self.sluice("db", "migrate", self.database).raw)
        run = self.submit()
        self.assertIn(b"nothing is wrong", self.sluice("db", "check", self.database).raw)
        copy = self.folder / "copy.db"
        self.sluice("db", "backup", self.database, copy)
        self.assertIn(b"[backup_exists]", self.sluice("db", "backup", self.database, copy, status=1).err)
        self.assertEqual(json.loads(self.sluice("runs", "list", "--db", copy, "--output", "json").raw)["id"], run)
        vacuum = json.loads(self.sluice("db", "vacuum", self.database, "--output", "json").raw)
        self.assertEqual(vacuum["file"], str(self.database))
        self.assertEqual(vacuum["bytes"], vacuum["before"] - vacuum["after"])
        self.assertEqual(vacuum["after"], self.database.stat().st_size)
        self.assertEqual(vacuum["log"], 0)
        self.assertIn(b"nothing to give back", self.sluice("db", "vacuum", self.database).raw)

    def test_of_those_who_back_up_to_one_file_at_once_one_succeeds(self):
        run = self.submit()
        copy = self.folder / "copy.db"
        command = [SLUICE, "db", "backup", str(self.database), str(copy)]
        all_of_them = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(6)]
        said = [each.communicate(timeout=60)[1] for each in all_of_them]
        self.assertEqual(sorted(each.returncode for each in all_of_them), [0, 1, 1, 1, 1, 1])
        self.assertEqual(sum(b"[backup_exists]" in each for each in said), 5)
        self.assertEqual(json.loads(self.sluice("runs", "list", "--db", copy, "--output", "json").raw)["id"], run)
        self.assertEqual([each.name for each in self.folder.glob("*.part")], [])

    def test_check_names_what_is_wrong(self):
        self.submit()
        with contextlib.closing(sqlite3.connect(self.database)) as database, database:
            database.execute("UPDATE runs SET last_seq = 9")
        result = self.sluice("db", "check", self.database, status=1)
        self.assertIn(b"events", result.raw)
        found = json.loads(self.sluice("db", "check", self.database, "--output", "json", status=1).raw)
        self.assertFalse(found["ok"])
        self.assertEqual(len(found["findings"]), 1)

    def test_a_mistyped_name_makes_no_database(self):
        for arguments in [["runs", "list"], ["runs", "tick"], ["lanes", "list"]]:
            self.assertIn(b"[not_found]", self.sluice(*arguments, status=1).err)
        for arguments in [["check"], ["vacuum"]]:
            self.assertIn(b"[not_found]", self.sluice("db", *arguments, self.database, status=1).err)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_no_database_is_a_mistake_on_the_command_line(self):
        result = self.sluice("runs", "list", status=2, SLUICE_DB="")
        self.assertIn(b"--db", result.err)
        self.assertIn(b"SLUICE_DB", result.err)

    def test_a_file_that_is_no_database_is_refused_with_a_code(self):
        self.write("runs.db", "this is no database, it is much too short and it is text\n" * 100)
        self.assertRegex(self.sluice("runs", "list", status=1).err.decode(), r"\[store_(corrupt|foreign)\]")


def main():
    global SLUICE
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sluice", required=True)
    arguments.add_argument("-k", default="", metavar="PART")
    given = arguments.parse_args()
    SLUICE = str(pathlib.Path(given.sluice).resolve())
    # A core file of a crash would land in the project.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{given.k}*"]
    cases = loader.loadTestsFromModule(sys.modules[__name__])
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(cases)
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    return 1 if failed or result.testsRun == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
