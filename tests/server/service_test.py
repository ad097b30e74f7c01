#!/usr/bin/env python3
"""The life of `sluice serve` as a service: signals, a store that goes away, reloading, and what flows and steps do meanwhile.

    service_test.py --sluice build/release/sluice [-k PART_OF_A_NAME]
"""

import json
import os
import shutil
import signal
import subprocess
import threading
import time
import unittest

import server_scene
from server_scene import ADMIN, NOOP, READ, chain, gated, server_case, sleepy

WORKING = "worker: { enabled: true }\n"


class stopping(server_case):
    settings = server_case.settings + WORKING + "shutdown_timeout: 20s\n"

    def test_an_idle_server_ends_with_0(self):
        self.assertEqual(self.server.stop(), 0)

    def test_a_run_reaches_its_step_boundary_and_is_handed_back(self):
        go = self.folder / "go"
        run = self.submit({"version": 1, "steps": {"a": gated(go), "b": {"kind": "sleep", "params": {"for": "60s"}, "deps": ["a"]}}})
        self.wait_for(lambda: self.get(f"/api/v1/runs/{run}/steps")["steps"][0]["status"] == "running", "the step")
        self.server.process.send_signal(signal.SIGTERM)
        self.wait_for(lambda: self.ask("GET", "/readyz").status == 503, "not ready")
        go.touch()
        self.assertEqual(self.server.process.wait(60), 0)
        self.assertEqual(self.rows("SELECT step, status FROM run_steps WHERE status = 'succeeded'"), [("a", "succeeded")])
        self.assertEqual(self.rows("SELECT status, owned FROM runs WHERE id = ?", run), [("running", 0)])

    def test_it_is_not_ready_at_once_and_still_answers(self):
        go = self.folder / "go"
        run = self.submit({"version": 1, "steps": {"only": gated(go)}})
        self.wait_for(lambda: self.status_of(run) == "running", "the step")
        self.server.process.send_signal(signal.SIGTERM)
        self.wait_for(lambda: self.ask("GET", "/readyz").status == 503, "not ready")
        self.assertEqual(self.get("/healthz"), {"status": "ok"})
        self.expect_error("POST", "/api/v1/worker/tick-once", 503, "draining", body={})
        go.touch()
        self.assertEqual(self.server.process.wait(60), 0)
        self.assertEqual(self.rows("SELECT status FROM runs"), [("succeeded",)])

    def test_a_second_signal_ends_at_once_and_the_run_goes_on_elsewhere(self):
        run = self.submit(sleepy("60s"))
        self.wait_for(lambda: self.status_of(run) == "running", "the step")
        self.server.process.send_signal(signal.SIGTERM)
        self.wait_for(lambda: self.ask("GET", "/readyz").status == 503, "not ready")
        # What comes sooner counts as the same request (stop_signals).
        time.sleep(0.15)
        self.server.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.server.process.wait(60), 143)
        self.server = self.serve(self.settings)
        self.wait_for(lambda: self.get(f"/api/v1/runs/{run}")["status"] == "running" and self.get("/api/v1/leases")["leases"], "the run again")


class stopping_without_worker(server_case):
    settings = server_case.settings + "shutdown_timeout: 1s\n"

    def test_a_single_tick_is_interrupted_its_run_handed_back_and_its_client_told(self):
        run = self.submit(sleepy("300s"))
        told = []
        asking = threading.Thread(target=lambda: told.append(self.ask("POST", "/api/v1/worker/tick-once", {})))
        asking.start()
        self.wait_for(lambda: self.status_of(run) == "running", "the tick")
        self.assertEqual(self.server.stop(), 3)
        asking.join(60)
        self.assertEqual(told[0].status, 200, str(told[0]))
        self.assertEqual(told[0].json["run"], run)
        self.assertEqual(self.rows("SELECT status, owned FROM runs"), [("running", 0)])

    def test_a_flow_that_does_not_drain_in_time_is_cut_off_and_that_is_told(self):
        graph = "version: 1\nnodes: { a: { type: generate, count: 100000 }, b: { type: throttle, rate: 1 }, c: { type: null } }\nedges: [ a -> b, b -> c ]\n"
        self.post("/api/v1/flows", {"name": "slow", "graph": graph}, 201)
        self.assertEqual(self.server.stop(), 3)


class cancelling(server_case):
    settings = server_case.settings + "worker: { enabled: true, step_grace: 1s }\n"

    def test_a_cancel_kills_all_processes_of_a_step(self):
        mark = self.folder / "pids"
        script = f"trap '' TERM; echo $$ >> {mark}; sh -c 'trap \"\" TERM; echo $$ >> {mark}; sleep 300' & sleep 300"
        run = self.submit({"version": 1, "steps": {"a": {"kind": "exec", "params": {"argv": ["sh", "-c", script]}}}})
        pids = self.wait_for(lambda: mark.exists() and len(mark.read_text().split()) == 2 and mark.read_text().split(), "two processes")
        self.post(f"/api/v1/runs/{run}/commands", {"command": "cancel"})
        self.wait_for(lambda: self.status_of(run) == "cancelled", "the cancel")
        self.wait_for(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in pids), "the processes' end")


class store_trouble(server_case):
    def test_readiness_follows_the_database_and_health_does_not(self):
        self.wait_for(lambda: self.ask("GET", "/readyz").status == 200, "ready")
        away = self.folder / "away"
        away.mkdir()
        for name in ["runs.db", "runs.db-wal", "runs.db-shm"]:
            if (self.folder / name).exists():
                shutil.move(self.folder / name, away / name)
        self.wait_for(lambda: self.ask("GET", "/readyz").status == 503, "not ready")
        self.assertEqual(self.ask("GET", "/healthz").status, 200)
        for name in os.listdir(away):
            shutil.move(away / name, self.folder / name)
        self.wait_for(lambda: self.ask("GET", "/readyz").status == 200, "ready again")
        self.submit()


class reloading(server_case):
    def test_a_new_token_counts_after_sighup_and_the_old_one_no_longer(self):
        new = "another-token-of-this-test-0123456789"
        config = self.folder / "sluice.yaml"
        config.write_text(config.read_text().replace(ADMIN, new))
        self.server.process.send_signal(signal.SIGHUP)
        self.wait_for(lambda: self.ask("GET", "/api/v1/runs", token=new).status == 200, "the new token")
        self.expect_error("GET", "/api/v1/runs", 401, "bad_token", token=ADMIN)

    def test_streams_of_a_token_that_was_taken_back_end_with_a_reason(self):
        config = self.folder / "sluice.yaml"
        stays = self.stream("/api/v1/events/stream", token=READ)
        goes = self.stream("/api/v1/events/stream")
        config.write_text(config.read_text().replace(ADMIN, "another-token-of-this-test-0123456789"))
        self.server.process.send_signal(signal.SIGHUP)
        [last] = list(goes)
        self.assertEqual(last["event"], "error")
        self.assertEqual(json.loads(last["data"])["error"]["code"], "access_ended")
        run = self.post("/api/v1/runs", {"run_graph": NOOP}, 201, token="another-token-of-this-test-0123456789")["id"]
        self.assertEqual(json.loads(next(iter(stays))["data"])["run"], run)

    def test_the_level_of_the_log_and_the_time_to_stop_change_while_running(self):
        config = self.folder / "sluice.yaml"
        before = config.read_text()
        self.assertEqual(self.server.stop(), 0)
        self.server = self.serve(self.settings + "shutdown_timeout: 1h\n")
        self.get("/api/v1/runs")
        self.assertNotIn("http_request", self.server.log_text())
        config.write_text(before + "log: { level: debug }\nshutdown_timeout: 1s\n")
        self.server.process.send_signal(signal.SIGHUP)
        self.wait_for(lambda: self.get("/api/v1/runs") and "http_request" in self.server.log_text(), "requests in the log")
        self.assertNotIn("reload_needs_restart", self.server.log_text())
        # A flow that never drains is cut off after the new time: after that of before, nobody would wait.
        graph = "version: 1\nname: slow\nnodes:\n  numbers: { type: generate, count: 0 }\n  slow: { type: throttle, rate: 1 }\n  out: { type: null }\nedges: [numbers -> slow, slow -> out]\n"
        self.post("/api/v1/flows", {"graph": graph}, 201)
        self.assertEqual(self.server.stop(), 3)

    def test_what_cannot_change_is_refused_by_name(self):
        config = self.folder / "sluice.yaml"
        config.write_text(config.read_text().replace("runs.db", "other.db"))
        self.server.process.send_signal(signal.SIGHUP)
        self.wait_for(lambda: "store.database" in self.server.log_text(), "the refusal")
        self.submit()
        self.assertEqual(self.rows("SELECT count(*) FROM runs"), [(1,)])

    def test_a_configuration_with_errors_changes_nothing(self):
        config = self.folder / "sluice.yaml"
        config.write_text(config.read_text() + "nonsense: 1\n")
        self.server.process.send_signal(signal.SIGHUP)
        self.wait_for(lambda: "reload_refused" in self.server.log_text(), "the refusal")
        self.get("/api/v1/runs")


class retention(server_case):
    def test_what_is_over_for_long_enough_goes_and_what_is_not_stays(self):
        made = self.serve(self.settings + "worker: { enabled: true }\n", SLUICE_STORE_KEEP_RUNS="1s")
        self.server.put_away()
        self.server = made
        done = self.ask("POST", "/api/v1/runs", {"run_graph": NOOP}).json["id"]
        waiting = self.ask("POST", "/api/v1/runs", {"run_graph": sleepy("10m")}).json["id"]
        self.wait_for(lambda: self.ask("GET", f"/api/v1/runs/{done}").status == 404, "the run to be aged out")
        self.assertEqual(self.ask("GET", f"/api/v1/runs/{done}/events").status, 404)
        self.assertEqual(self.ask("GET", f"/api/v1/runs/{waiting}").status, 200)
        # Counted once it is gone.
        self.wait_for(lambda: b"sluice_retention_runs_total 1" in self.ask("GET", "/metrics").raw, "the count of it")
        for table in ("runs", "run_state"):
            self.assertEqual(self.rows(f"SELECT count(*) FROM {table}"), [(1,)], table)


class starting(server_case):
    def setUp(self):
        super().setUp()
        self.server.stop()

    def refused(self, settings, status, said):
        config = self.folder / "bad.yaml"
        config.write_text(settings)

        result = subprocess.run([server_scene.SLUICE, "serve", "--config", str(config)], capture_output=True, text=True, timeout=60,
                                env={name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")})
        self.assertEqual(result.returncode, status, result.stderr)
        self.assertIn(said, result.stderr)

    def test_other_machines_need_a_token(self):
        self.refused("http: { listen: '0.0.0.0:0' }\nstore: { ephemeral: true }\n", 78, "token")

    def test_settings_that_do_not_exist_are_named_with_place_and_remedy(self):
        self.refused("http: { lisen: '127.0.0.1:0' }\n", 78, "listen")

    def test_a_flow_of_the_settings_that_is_wrong_is_told(self):
        graph = self.folder / "graph.yaml"
        graph.write_text("version: 1\nname: x\nnodes: { a: { type: nonsense } }\nedges: []\n")
        self.refused(f"http: {{ listen: '127.0.0.1:0' }}\nstore: {{ ephemeral: true }}\nflows: [ {{ name: x, file: '{graph}' }} ]\n", 1, "nonsense")


if __name__ == "__main__":
    server_scene.main(__doc__)
