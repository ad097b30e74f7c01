#!/usr/bin/env python3
"""What a client of `sluice serve` may count on, endpoint by endpoint: the answer, and the row that it left.

    api_test.py --sluice build/release/sluice [-k PART_OF_A_NAME]
"""

import json
import socket
import subprocess
import time
import unittest
import urllib.parse

import api_contract
import server_scene
from server_scene import ADMIN, NOOP, READ, chain, server_case, sleepy

UNKNOWN = "019aa5a3-7b1c-7000-8000-000000000000"


class contract(unittest.TestCase):
    """The comparison with docs/openapi.json can fail."""

    class said:
        def __init__(self, status, body):
            self.status, self.json, self.raw = status, body, json.dumps(body)

    def test_a_wrong_answer_is_found(self):
        tick = "/api/v1/worker/tick-once"
        good = self.said(200, {"outcome": "idle_no_runs"})
        self.assertEqual(api_contract.check("POST", tick, good), [])
        for status, body in [(200, {"outcome": "nonsense"}), (200, {}), (200, {"outcome": "ticked", "more": 1}), (201, {"outcome": "ticked"}),
                             (200, []), (200, {"outcome": "ticked", "run": 5})]:
            with self.subTest(body):
                self.assertNotEqual(api_contract.check("POST", tick, self.said(status, body)), [])
        self.assertNotEqual(api_contract.check("GET", f"/api/v1/runs/{UNKNOWN}", self.said(200, {"id": UNKNOWN})), [])


class health(server_case):
    def test_health_and_readiness_are_open_to_all(self):
        self.assertEqual(self.get("/healthz", token=None), {"status": "ok"})
        self.assertEqual(self.get("/readyz", token=None), {"ready": True, "store": "ok", "leases": "ok", "flows": {"running": 0, "failed": 0}, "draining": False})

    def test_health_names_the_database_counts_runs_and_says_why_the_worker_is_off(self):
        self.submit()
        found = self.get("/api/v1/health", token=READ)
        self.assertEqual(found["database"], str(self.folder / "runs.db"))
        self.assertEqual(found["runs"]["queued"], 1)
        self.assertFalse(found["worker"]["enabled"])
        self.assertIn("disabled", found["worker"]["reason"])
        self.assertEqual(found["schema_version"], self.rows("SELECT max(version) FROM schema_migrations")[0][0])

    def test_a_flow_that_failed_is_told_and_does_not_make_the_server_unready(self):
        missing = self.folder / "missing.txt"
        graph = f"version: 1\nname: reads\nnodes:\n  in: {{ type: file, path: '{missing}' }}\n  out: {{ type: null }}\nedges: [in -> out]\n"
        self.post("/api/v1/flows", {"graph": graph}, 201)
        self.wait_for(lambda: self.get("/readyz", token=None)["flows"] == {"running": 0, "failed": 1}, "the flow's failure")
        self.assertTrue(self.get("/api/v1/health")["ready"])

    def test_every_answer_has_a_request_id_and_takes_a_good_one_of_the_client(self):
        self.assertTrue(self.ask("GET", "/healthz").headers["X-Request-Id"])
        self.assertEqual(self.ask("GET", "/healthz", headers={"X-Request-Id": "abc-1"}).headers["X-Request-Id"], "abc-1")
        self.assertTrue(self.ask("GET", "/nowhere").headers["X-Request-Id"])

    def test_metrics_are_for_readers(self):
        self.submit()
        found = self.ask("GET", "/metrics", token=READ)
        self.assertEqual(found.status, 200)
        text = found.raw.decode()
        self.assertIn("\nsluice_ready 1", "\n" + text)
        self.assertRegex(text, r'sluice_store_requests_total\{kind="write"\} [1-9]')
        self.expect_error("GET", "/metrics", 401, "unauthorized", token=None)

    def test_the_description_is_served(self):
        self.assertEqual(self.get("/api/v1/openapi.json", token=None)["openapi"], "3.1.0")


class runs(server_case):
    def test_a_run_is_made_and_its_row_and_audit_row_are_there(self):
        body = {"run_graph": NOOP, "lane": "nightly", "job_type": "build", "params": {"a": 1}, "priority": 3}
        found = self.ask("POST", "/api/v1/runs", body)
        self.assertEqual(found.status, 201, str(found))
        run = found.json["id"]
        self.assertEqual(found.json, {"id": run, "existing": False, "status": "queued"})
        self.assertEqual(found.headers["Location"], f"/api/v1/runs/{run}")
        self.assertEqual(
            self.rows("SELECT env, lane, job_type, priority, status, requested_by FROM runs WHERE id = ?", run),
            [("default", "nightly", "build", 3, "queued", "admin-token")],
        )
        self.assertEqual(self.rows("SELECT actor, action, subject FROM audit_log"), [("admin-token", "run.create", run)])

    def test_one_key_is_one_run_and_another_body_is_a_conflict(self):
        first = self.submit(idempotency_key="k")
        again = self.post("/api/v1/runs", {"run_graph": NOOP, "idempotency_key": "k"}, 200)
        self.assertEqual(again, {"id": first, "existing": True, "status": "queued"})
        self.expect_error(
            "POST", "/api/v1/runs", 409, "idempotency_conflict",
            body={"run_graph": NOOP, "idempotency_key": "k", "priority": 1},
        )
        self.assertEqual(self.rows("SELECT count(*) FROM runs"), [(1,)])

    def test_everything_wrong_with_a_submission_is_said_at_once_and_nothing_is_made(self):
        body = {"lane": "no lane", "run_graph": {"version": 1, "steps": {"a": {"kind": "nop"}, "b": {"kind": "noop", "deps": ["c"]}}}}
        error = self.expect_error("POST", "/api/v1/runs", 422, "invalid_run", body=body)
        codes = {each["code"] for each in error["detail"]}
        self.assertEqual(codes, {"BAD_NAME", "UNKNOWN_KIND", "UNKNOWN_STEP"}, error)
        self.assertIn("run_graph.steps.a.kind", {each["path"] for each in error["detail"]})
        self.assertEqual(self.rows("SELECT count(*) FROM runs"), [(0,)])

    def test_members_that_do_not_exist_are_refused_with_the_nearest(self):
        error = self.expect_error("POST", "/api/v1/runs", 422, "bad_value", body={"run_graph": NOOP, "laen": "x"})
        self.assertIn("lane", error["message"])

    def test_a_list_filters(self):
        a = self.submit(lane="a", job_type="x")
        b = self.submit(lane="b", job_type="y", env="prod")
        ids = lambda query: [run["id"] for run in self.get("/api/v1/runs?" + query)["runs"]]
        self.assertEqual(ids(""), [b, a])
        self.assertEqual(ids("lane=a"), [a])
        self.assertEqual(ids("env=prod"), [b])
        self.assertEqual(ids("job_type=x"), [a])
        self.assertEqual(ids("status=queued"), [b, a])
        self.assertEqual(ids("status=failed"), [])
        self.assertEqual(ids("since=2020-01-01T00:00:00.000Z"), [b, a])
        self.assertEqual(ids("since=2120-01-01T00:00:00.000Z"), [])

    def test_pages_are_stable_while_runs_are_added(self):
        made = [self.submit() for _ in range(7)]
        seen, cursor = [], ""
        while cursor is not None:
            page = self.get("/api/v1/runs?limit=3" + (f"&cursor={cursor}" if cursor else ""))
            seen += [run["id"] for run in page["runs"]]
            cursor = page["next_cursor"]
            self.submit()
        self.assertEqual(seen, made[::-1])

    def test_queries_that_cannot_be_read_are_400_and_name_the_parameter(self):
        for query, name in [("limit=0", "limit"), ("limit=x", "limit"), ("status=done", "status"), ("since=now", "since"),
                            ("stauts=queued", "status"), ("limit=1&limit=2", "limit")]:
            with self.subTest(query):
                self.assertIn(name, self.expect_error("GET", "/api/v1/runs?" + query, 400, "bad_query")["message"])
        self.expect_error("GET", "/api/v1/runs?cursor=x", 400, "bad_cursor")
        many = "&".join(f"p{i}=1" for i in range(65))
        self.assertIn("more than 64", self.expect_error("GET", "/api/v1/runs?" + many, 400, "bad_query")["message"])

    def test_a_run_is_shown_with_its_steps_commands_and_lease(self):
        run = self.submit(chain("noop", "noop"))
        self.tick()
        found = self.get(f"/api/v1/runs/{run}", token=READ)
        self.assertEqual([step["status"] for step in found["steps"]], ["succeeded", "pending"])
        self.assertEqual(self.get(f"/api/v1/runs/{run}/steps")["steps"], found["steps"])
        self.assertEqual(self.get(f"/api/v1/runs/{run}/commands"), {"commands": []})
        self.expect_error("GET", f"/api/v1/runs/{UNKNOWN}", 404, "not_found")
        self.expect_error("GET", f"/api/v1/runs/{UNKNOWN}/steps", 404, "not_found")
        self.expect_error("GET", "/api/v1/runs/nonsense", 400, "bad_id")

    def test_ticks_say_what_they_came_to(self):
        self.assertEqual(self.tick(), {"outcome": "idle_no_runs"})
        runs = [self.submit() for _ in range(3)]
        self.assertEqual(self.tick(), {"outcome": "ticked", "run": runs[0], "status": "succeeded"})
        self.assertEqual(self.rows("SELECT count(*) FROM runs WHERE status = 'succeeded'"), [(1,)])
        self.assertEqual(self.post("/api/v1/runs/tick", {"lane": "other"}), {"outcome": "idle_no_runs"})
        self.assertEqual(self.rows("SELECT action, subject FROM audit_log WHERE action = 'worker.tick' ORDER BY id LIMIT 1"),
                         [("worker.tick", "default/default")])

    def test_commands_are_kept_and_take_effect(self):
        run = self.submit()
        path = f"/api/v1/runs/{run}/commands"
        self.assertEqual(self.post(path, {"command": "pause", "reason": "lunch"}), {"id": run, "status": "paused", "changed": True})
        self.assertEqual(self.post(path, {"command": "pause"})["changed"], False)
        self.assertEqual(self.post(path, {"command": "resume"})["status"], "running")
        self.assertEqual(self.post(path, {"command": "cancel"})["status"], "cancelled")
        self.assertEqual(
            self.rows("SELECT command, requested_by, reason FROM run_commands ORDER BY id")[0], ("pause", "admin-token", "lunch"))
        self.assertIn(("run.pause",), self.rows("SELECT action FROM audit_log"))

    def test_a_command_that_is_not_possible_is_409_with_the_status(self):
        run = self.submit()
        self.tick()
        error = self.expect_error("POST", f"/api/v1/runs/{run}/commands", 409, "invalid_transition", body={"command": "cancel"})
        self.assertIn("succeeded", error["message"])
        self.expect_error("POST", f"/api/v1/runs/{run}/commands", 422, "bad_value", body={"command": "stop"})
        self.expect_error("POST", f"/api/v1/runs/{UNKNOWN}/commands", 404, "not_found", body={"command": "cancel"})

    def test_a_retry_is_a_new_run(self):
        run = self.submit()
        self.expect_error("POST", f"/api/v1/runs/{run}/retry", 409, "invalid_transition", body={})
        self.tick()
        new = self.post(f"/api/v1/runs/{run}/retry", {}, 201)["id"]
        self.assertEqual(self.rows("SELECT retry_of, status FROM runs WHERE id = ?", new), [(run, "queued")])

    def test_events_come_in_pages(self):
        run = self.submit()
        self.tick()
        whole = self.get(f"/api/v1/runs/{run}/events")["events"]
        self.assertEqual([event["seq"] for event in whole], list(range(1, len(whole) + 1)))
        self.assertGreaterEqual(len(whole), 4)
        part = self.get(f"/api/v1/runs/{run}/events?since_seq=1&limit=2")
        self.assertEqual([event["seq"] for event in part["events"]], [2, 3])
        self.assertEqual(part["next_since_seq"], 3)
        every = self.get("/api/v1/events?since_id=0")
        self.assertEqual(every["events"], whole)
        self.assertEqual(every["next_since_id"], whole[-1]["id"])
        self.expect_error("GET", f"/api/v1/runs/{UNKNOWN}/events", 404, "not_found")

    def test_nothing_else_than_json_objects_is_taken(self):
        for raw, status, code in [("", 400, "bad_json"), ("{", 400, "bad_json"), ("[]", 400, "bad_json"), ('{"a":1,"a":2}', 400, "bad_json"),
                                  ("[" * 100_000, 400, "bad_json")]:
            with self.subTest(raw[:20]):
                self.expect_error("POST", "/api/v1/runs", status, code, raw=raw, headers={"Content-Type": "application/json"})
        for kind in ["text/plain", "application/x-www-form-urlencoded", None]:
            with self.subTest(kind):
                self.expect_error("POST", "/api/v1/runs", 415, "unsupported_media_type", raw="{}",
                                  headers={"Content-Type": kind} if kind else {})

    def test_paths_and_methods_that_are_not_there(self):
        self.expect_error("GET", "/api/v1/nothing", 404, "not_found")
        found = self.ask("DELETE", "/api/v1/runs")
        self.assertEqual((found.status, found.json["error"]["code"]), (405, "method_not_allowed"))
        self.assertIn("POST", found.headers["Allow"])


class lanes(server_case):
    def test_a_kill_switch_and_caps_are_set_and_audited(self):
        self.submit()
        lane = self.expect("PUT", "/api/v1/lanes/default/default", 200, body={"enabled": False, "reason": "deploy", "ticks_per_day": 5})
        self.assertEqual((lane["enabled"], lane["reason"], lane["ticks_per_day"]), (False, "deploy", 5))
        self.assertEqual(self.tick()["outcome"], "idle_lane_disabled")
        self.assertEqual(self.rows("SELECT action, subject FROM audit_log WHERE action = 'lane.set'"), [("lane.set", "default/default")])
        lane = self.expect("PUT", "/api/v1/lanes/default/default", 200, body={"enabled": True, "ticks_per_day": None})
        self.assertEqual((lane["enabled"], lane["reason"], lane["ticks_per_day"]), (True, "", None))
        self.assertEqual(self.tick()["outcome"], "ticked")
        self.assertEqual(self.get("/api/v1/lanes/default/default"), self.get("/api/v1/lanes")["lanes"][0])

    def test_what_is_absent_stays(self):
        self.expect("PUT", "/api/v1/lanes/default/a", 200, body={"concurrent_runs": 2})
        self.assertEqual(self.expect("PUT", "/api/v1/lanes/default/a", 200, body={"ticks_per_day": 9})["concurrent_runs"], 2)

    def test_bad_lanes_and_values_are_refused(self):
        self.expect_error("PUT", "/api/v1/lanes/default/no%20lane", 422, "bad_name", body={})
        self.expect_error("PUT", "/api/v1/lanes/default/a", 422, "bad_value", body={"ticks_per_day": -1})
        self.expect_error("PUT", "/api/v1/lanes/default/a", 422, "bad_value", body={"enabled": "no"})


class leases(server_case):
    settings = server_case.settings + "worker: { enabled: true }\n"

    def test_a_lease_is_listed_and_taken_by_force_with_an_audit_row(self):
        run = self.submit(sleepy("60s"))
        held = self.wait_for(lambda: self.get("/api/v1/leases")["leases"], "a lease")
        self.assertEqual([held[0]["run"], held[0]["live"]], [run, True])
        found = self.expect("DELETE", f"/api/v1/leases/{run}", 200)
        self.assertEqual(found, {"run": run, "token": held[0]["token"] + 1, "released": True})
        self.assertEqual(self.rows("SELECT actor, subject FROM audit_log WHERE action = 'lease.release'"), [("admin-token", run)])

    def test_nothing_to_release_is_409_and_no_run_is_404(self):
        run = self.submit()
        self.wait_for(lambda: self.status_of(run) == "succeeded", "the end")
        self.expect_error("DELETE", f"/api/v1/leases/{run}", 409, "not_held")
        self.expect_error("DELETE", f"/api/v1/leases/{UNKNOWN}", 404, "not_found")


class audit(server_case):
    def test_the_log_is_for_administrators_and_comes_in_pages(self):
        runs = [self.submit() for _ in range(3)]
        page = self.get("/api/v1/audit?limit=2")
        self.assertEqual([row["subject"] for row in page["audit"]], runs[:2])
        rest = self.get(f"/api/v1/audit?since_id={page['next_since_id']}")
        self.assertEqual([row["subject"] for row in rest["audit"]], runs[2:])
        self.expect_error("GET", "/api/v1/audit", 403, "forbidden", token=READ)

    def test_no_token_is_in_any_row_or_in_the_log(self):
        self.submit(params={"note": "x"})
        self.ask("GET", f"/api/v1/runs?token={ADMIN}")
        self.expect("PUT", "/api/v1/lanes/default/default", 200, body={"enabled": True})
        self.assertNotIn(ADMIN, json.dumps(self.rows("SELECT * FROM audit_log")))
        self.assertNotIn(ADMIN, self.server.log_text())


class access(server_case):
    MUTATIONS = [
        ("POST", "/api/v1/runs"), ("POST", f"/api/v1/runs/{UNKNOWN}/commands"), ("POST", f"/api/v1/runs/{UNKNOWN}/retry"),
        ("POST", "/api/v1/runs/tick"), ("POST", "/api/v1/worker/tick-once"), ("PUT", "/api/v1/lanes/default/default"),
        ("DELETE", f"/api/v1/leases/{UNKNOWN}"), ("POST", "/api/v1/flows"), ("POST", f"/api/v1/flows/{UNKNOWN}/stop"),
        ("POST", f"/api/v1/flows/{UNKNOWN}/pause"), ("POST", f"/api/v1/flows/{UNKNOWN}/resume"),
        ("POST", f"/api/v1/flows/{UNKNOWN}/nodes/n/control"), ("PATCH", f"/api/v1/flows/{UNKNOWN}/edges/e"),
    ]
    READS = ["/metrics", "/api/v1/health", "/api/v1/worker", "/api/v1/runs", f"/api/v1/runs/{UNKNOWN}", f"/api/v1/runs/{UNKNOWN}/steps",
             f"/api/v1/runs/{UNKNOWN}/events", f"/api/v1/runs/{UNKNOWN}/events/stream", f"/api/v1/runs/{UNKNOWN}/commands",
             "/api/v1/events", "/api/v1/events/stream", "/api/v1/lanes", "/api/v1/leases", "/api/v1/flows", "/api/v1/audit"]

    def test_nothing_is_told_or_done_without_a_token_or_with_a_wrong_one(self):
        for token, code in [(None, "unauthorized"), ("wrong-token-of-this-test-0123456789", "bad_token"), (ADMIN[:-1], "bad_token")]:
            for method, path in self.MUTATIONS + [("GET", path) for path in self.READS]:
                with self.subTest(f"{method} {path} {token}"):
                    found = self.ask(method, path, {}, token=token)
                    self.assertEqual((found.status, found.json["error"]["code"]), (401, code), str(found))
                    self.assertIn("Bearer", found.headers["WWW-Authenticate"])
        self.assertEqual(self.rows("SELECT count(*) FROM audit_log"), [(0,)])

    def test_a_reader_may_not_change_anything(self):
        for method, path in self.MUTATIONS:
            with self.subTest(f"{method} {path}"):
                self.expect_error(method, path, 403, "forbidden", body={}, token=READ)
        self.assertEqual(self.rows("SELECT count(*) FROM audit_log"), [(0,)])

    def test_a_token_belongs_into_a_header(self):
        self.expect_error("GET", f"/api/v1/runs?token={ADMIN}", 400, "token_in_query", token=None)
        self.get("/api/v1/runs", token=None, headers={"X-Admin-Token": ADMIN})


class without_credentials(server_case):
    settings = ""

    def test_this_machine_may_do_everything_but_start_programs(self):
        self.submit()
        for kind, params in [("exec", {"argv": ["true"]}), ("http", {"url": "http://127.0.0.1:1/"})]:
            graph = {"version": 1, "steps": {"a": {"kind": kind, "params": params}}}
            error = self.expect_error("POST", "/api/v1/runs", 403, "forbidden_kind", body={"run_graph": graph}, token=None)
            self.assertIn("allow_unauthenticated_exec", error["message"])
        self.assertEqual(self.rows("SELECT requested_by FROM runs"), [("anonymous",)])

    def test_nor_carry_out_what_others_have_submitted(self):
        graph = self.folder / "exec.json"
        graph.write_text(json.dumps({"version": 1, "steps": {"a": {"kind": "exec", "params": {"argv": ["true"]}}}}))
        database = str(self.folder / "runs.db")

        def sluice(*arguments):
            done = subprocess.run([server_scene.SLUICE, "runs", *arguments, "--db", database], capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stderr)
            return done.stdout.strip()

        run = sluice("submit", str(graph))
        self.expect_error("POST", "/api/v1/worker/tick-once", 403, "forbidden_kind", body={}, token=None)
        self.post(f"/api/v1/runs/{run}/commands", {"command": "pause"}, token=None)
        before = self.rows("SELECT count(*) FROM audit_log")
        self.expect_error("POST", f"/api/v1/runs/{run}/commands", 403, "forbidden_kind", body={"command": "resume"}, token=None)
        self.post(f"/api/v1/runs/{run}/commands", {"command": "cancel"}, token=None)
        self.expect_error("POST", f"/api/v1/runs/{run}/retry", 403, "forbidden_kind", body={}, token=None)
        self.assertEqual(self.rows("SELECT count(*) FROM audit_log"), [(before[0][0] + 1,)])
        # Other runs and lanes are not touched by that.
        self.submit()
        self.assertEqual(self.post("/api/v1/worker/tick-once", {}, token=None)["status"], "succeeded")

    def test_browsers_of_other_sites_are_kept_out(self):
        self.expect("GET", "/api/v1/runs", 403, token=None, headers={"Host": "evil.example"})
        self.expect("GET", "/api/v1/runs", 403, token=None, headers={"Origin": "https://evil.example"})
        self.expect("POST", "/api/v1/runs", 403, token=None, body={"run_graph": NOOP}, headers={"Origin": "https://evil.example"})
        self.assertEqual(self.rows("SELECT count(*) FROM runs"), [(0,)])


class allowed_to_execute(server_case):
    settings = "security: { allow_unauthenticated_exec: true }\n"

    def test_a_program_may_be_started_when_the_settings_say_so(self):
        self.submit({"version": 1, "steps": {"a": {"kind": "exec", "params": {"argv": ["true"]}}}})
        self.assertEqual(self.tick()["status"], "succeeded")


class limits(server_case):
    def test_a_body_of_100_mb_is_refused_and_the_answer_can_be_read(self):
        host, port = self.server.address.rsplit(":", 1)
        with socket.create_connection((host, int(port)), 60) as peer:
            head = f"POST /api/v1/runs HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {ADMIN}\r\nContent-Type: application/json\r\nContent-Length: 100000000\r\n\r\n"
            peer.sendall(head.encode())
            try:
                for _ in range(1600):
                    peer.sendall(b" " * 62_500)
            except (BrokenPipeError, ConnectionResetError):
                pass
            peer.settimeout(60)
            try:
                seen = peer.recv(65536)
            except ConnectionResetError:
                seen = b""
        self.assertIn(b" 413 ", seen)
        self.assertIn(b"body_too_large", seen)

    def test_five_hundred_slow_clients_do_not_keep_others_waiting(self):
        host, port = self.server.address.rsplit(":", 1)
        slow = [socket.create_connection((host, int(port)), 60) for _ in range(500)]
        try:
            for each in slow:
                each.sendall(b"GET /healthz HTTP/1.1\r\nHost: ")
            times = []
            for _ in range(50):
                begin = time.monotonic()
                self.get("/api/v1/runs")
                times.append(time.monotonic() - begin)
            # A loaded machine makes any clock lie: times are told. What is asserted is that the others were answered
            # while all of the slow ones were there.
            print(f"beside 500 slow clients: median {sorted(times)[25] * 1000:.1f} ms, longest {max(times) * 1000:.1f} ms")
            metrics = self.ask("GET", "/metrics").raw.decode()
            connections = next(line for line in metrics.splitlines() if line.startswith("sluice_http_connections "))
            self.assertGreaterEqual(int(float(connections.split()[1])), 500)
        finally:
            for each in slow:
                each.close()


if __name__ == "__main__":
    server_scene.main(__doc__)
