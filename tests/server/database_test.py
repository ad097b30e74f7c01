#!/usr/bin/env python3
"""`sluice db` beside a server that works: backups are whole, a vacuum loses nothing, and nobody is turned away.

    database_test.py --sluice build/release/sluice [-k PART_OF_A_NAME]
"""

import json
import sqlite3
import subprocess
import threading
import unittest

import server_scene
from server_scene import server_case, chain


class submitters:
    """Submit runs, each as soon as the one before was acknowledged."""

    def __init__(self, case, count=2):
        self.case = case
        self.acknowledged = []
        self.trouble = []
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self.submit) for _ in range(count)]
        for each in self.threads:
            each.start()
        case.addCleanup(self.end)

    def submit(self):
        while not self.stop.is_set():
            answer = self.case.ask("POST", "/api/v1/runs", {"run_graph": chain("noop", "noop")})
            if answer.status == 201:
                self.acknowledged.append(answer.json["id"])
            else:
                self.trouble.append(str(answer))

    def end(self):
        self.stop.set()
        for each in self.threads:
            each.join()


class beside_a_server(server_case):
    settings = server_case.settings + "worker: { enabled: true }\n"

    def sluice(self, *arguments):
        done = subprocess.run([server_scene.SLUICE, *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 0, f"{arguments}: {done.stderr}")
        return done.stdout

    def wait_for_more(self, submitting, count=20):
        before = len(submitting.acknowledged)
        self.wait_for(lambda: len(submitting.acknowledged) >= before + count or submitting.trouble, "runs that are taken")

    def test_backups_are_sound_and_have_all_that_was_acknowledged_before(self):
        submitting = submitters(self)
        for i in range(5):
            self.wait_for_more(submitting)
            before = list(submitting.acknowledged)
            copy = self.folder / f"copy-{i}.db"
            self.sluice("db", "backup", self.folder / "runs.db", copy)
            self.sluice("db", "check", copy)
            with sqlite3.connect(copy) as database:
                there = {row[0] for row in database.execute("SELECT id FROM runs")}
            self.assertEqual(set(before) - there, set())
        submitting.end()
        self.assertEqual(submitting.trouble, [])

    def test_a_backup_is_a_database_that_another_server_goes_on_with(self):
        submitting = submitters(self)
        self.wait_for_more(submitting)
        copy = self.folder / "copy.db"
        self.sluice("db", "backup", self.folder / "runs.db", copy)
        submitting.end()
        with sqlite3.connect(copy) as database:
            runs = [row[0] for row in database.execute("SELECT id FROM runs")]
        self.server.stop()
        self.server = self.serve(self.settings, SLUICE_STORE_DATABASE=str(copy))
        for run in runs:
            self.wait_for(lambda run=run: self.status_of(run) == "succeeded", f"the end of {run}")

    def test_a_vacuum_gives_room_back_while_runs_are_taken_and_carried_out(self):
        submitting = submitters(self)
        self.wait_for_more(submitting, 200)
        submitting.end()
        # Room that is worth something: rows that are old enough to go.
        self.server.stop()
        self.server = self.serve(self.settings, SLUICE_STORE_KEEP_RUNS="10ms")
        self.wait_for(lambda: self.rows("SELECT count(*) FROM runs") == [(0,)], "the removal of what is over")
        self.server.stop()
        self.server = self.serve(self.settings)
        submitting = submitters(self)
        for _ in range(3):
            self.wait_for_more(submitting)
            given = json.loads(self.sluice("db", "vacuum", self.folder / "runs.db", "--output", "json"))
            self.assertEqual(given["file"], str(self.folder / "runs.db"))
        self.wait_for_more(submitting)
        submitting.end()
        self.assertEqual(submitting.trouble, [])
        for run in submitting.acknowledged:
            self.wait_for(lambda run=run: self.status_of(run) == "succeeded", f"the end of {run}")
        self.assertTrue(self.get("/readyz")["ready"])
        self.sluice("db", "check", self.folder / "runs.db")


if __name__ == "__main__":
    server_scene.main(__doc__)
