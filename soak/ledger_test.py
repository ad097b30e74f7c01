#!/usr/bin/env python3
"""Tests of the judgement of chaos: what it lets pass, and each thing that it must not."""

import pathlib
import sqlite3
import tempfile
import unittest

from ledger import (attempts_of, judge_attempts, judge_chronicle, judge_events, judge_journal, judge_told, judge_undelivered, ledger,
                    must_be_there, repeated)
from told import told
from trouble import wall_clock

WHOLE = [(1, "r", 1, "RUN_CREATED", {}), (2, "r", 2, "STEP_STARTED", {"step": "a", "attempt": 1}),
         (4, "r", 3, "STEP_LOST", {"step": "a", "attempt": 1}), (5, "r", 4, "STEP_STARTED", {"step": "a", "attempt": 2}),
         (6, "r", 5, "STEP_SUCCEEDED", {"step": "a", "attempt": 2}), (7, "r", 6, "RUN_SUCCEEDED", {})]
JOURNAL = ["r a 1 begin", "r a 1 end", "r a 2 begin", "r a 2 end"]


class events_test(unittest.TestCase):
    def wrong(self, events):
        return judge_events(events)

    def test_a_whole_story_is_fine(self):
        self.assertEqual(self.wrong(WHOLE), [])

    def test_a_resumed_run_may_end_again(self):
        more = [(8, "r", 7, "RUN_RESUMED", {}), (9, "r", 8, "RUN_CANCELLED", {})]
        self.assertEqual(self.wrong(WHOLE + more), [])

    def test_each_mistake_is_found(self):
        for mistake, events in {
            "gap": WHOLE[:2] + WHOLE[3:],
            "repeat": WHOLE[:1] + WHOLE[:1] + WHOLE[1:],
            "order": [WHOLE[0], (1, *WHOLE[1][1:]), *WHOLE[2:]],
            "no end": WHOLE[:-1],
            "two ends": [*WHOLE, (8, "r", 7, "RUN_FAILED", {})],
            "work after the end": [*WHOLE, (8, "r", 7, "STEP_STARTED", {"step": "b", "attempt": 1})],
        }.items():
            with self.subTest(mistake):
                self.assertNotEqual(self.wrong(events), [])


class attempts_test(unittest.TestCase):
    def wrong(self, events):
        return judge_attempts(attempts_of(events))

    def test_a_lost_attempt_is_followed_by_another(self):
        self.assertEqual(self.wrong(WHOLE), [])

    def test_each_mistake_is_found(self):
        succeeded = (0, "r", 0, "STEP_SUCCEEDED", {"step": "a", "attempt": 1})
        for mistake, events in {
            "done twice": [WHOLE[1], succeeded, *WHOLE[3:]],
            "not ended": WHOLE[:4],
            "a number left out": [WHOLE[1], WHOLE[2], (0, "r", 0, "STEP_STARTED", {"step": "a", "attempt": 3}),
                                  (0, "r", 0, "STEP_SUCCEEDED", {"step": "a", "attempt": 3})],
        }.items():
            with self.subTest(mistake):
                self.assertNotEqual(self.wrong(events), [])


class journal_test(unittest.TestCase):
    attempts = attempts_of(WHOLE)

    def wrong(self, lines):
        return judge_journal(lines, self.attempts)

    def test_what_was_lost_may_have_been_done(self):
        self.assertEqual(self.wrong(JOURNAL), [])
        self.assertEqual(self.wrong(JOURNAL[:1] + JOURNAL[2:]), [])
        self.assertEqual(self.wrong(JOURNAL[2:]), [])
        self.assertEqual(repeated(JOURNAL, self.attempts), 1)
        self.assertEqual(repeated(JOURNAL[2:], self.attempts), 0)

    def test_each_mistake_is_found(self):
        for mistake, lines in {
            "twice in one attempt": [*JOURNAL, "r a 2 end"],
            "two at a time": ["r a 1 begin", "r a 2 begin", "r a 1 end", "r a 2 end"],
            "not noted": [*JOURNAL, "r a 3 begin"],
            "a step that nobody knows": [*JOURNAL, "r b 1 begin"],
            "succeeded without being done": JOURNAL[:3],
            "half a line": [*JOURNAL, "r a"],
        }.items():
            with self.subTest(mistake):
                self.assertNotEqual(self.wrong(lines), [])


class retention_test(unittest.TestCase):
    ended = {"r": "1970-01-01T00:01:40.000Z"}

    def test_only_what_is_over_for_long_enough_may_be_gone(self):
        self.assertEqual(must_be_there({"r"}, self.ended, latest=140, keep=40), [])
        self.assertEqual(must_be_there({"r"}, self.ended, latest=139, keep=40), ["r"])
        self.assertEqual(must_be_there({"q"}, self.ended, latest=1000, keep=40), ["q"])

    def test_the_latest_time_counts_though_the_clock_was_set_back(self):
        now = [100.0]
        clock = wall_clock(lambda: now[0])
        clock.set_ahead(15)
        now[0] = 110.0
        clock.set_ahead(-15)
        self.assertEqual(clock.latest(), 125)
        now[0] = 160.0
        self.assertEqual(clock.latest(), 145)

    def test_what_is_left_is_as_it_was_told(self):
        self.assertEqual(judge_chronicle(WHOLE, WHOLE), [])
        # The oldest events of a run go first.
        self.assertEqual(judge_chronicle(WHOLE[3:], WHOLE), [])
        self.assertEqual(judge_chronicle([], WHOLE), [])

    def test_each_difference_to_what_was_told_is_found(self):
        for mistake, kept in {
            "not told": [*WHOLE, (8, "r", 7, "RUN_RESUMED", {})],
            "otherwise": [*WHOLE[:5], (7, "r", 6, "RUN_FAILED", {})],
            "one is gone from the middle": WHOLE[:2] + WHOLE[3:],
            "the last is gone": WHOLE[:-1],
        }.items():
            with self.subTest(mistake):
                self.assertNotEqual(judge_chronicle(kept, WHOLE), [])


class told_test(unittest.TestCase):
    def setUp(self):
        self.told = told(lambda: 100.0)
        for command in ("pause", "resume"):
            self.told.acknowledge("r", command, self.told.begin("r"), True)

    def wrong(self, received, audit, since=0):
        return judge_told(self.told.changed, received, audit, since)

    def test_an_acknowledged_command_leaves_an_event_and_a_row(self):
        both = {("run.pause", "r"): 1, ("run.resume", "r"): 2}
        self.assertEqual(self.wrong({"soak 1", "soak 2"}, both), [])
        self.assertEqual(len(self.wrong({"soak 1"}, both)), 1)
        self.assertEqual(len(self.wrong({"soak 1", "soak 2"}, {("run.pause", "r"): 1})), 1)
        self.assertEqual(self.wrong({"soak 1", "soak 2"}, {}, since=100), [])

    def test_one_that_changed_nothing_leaves_none(self):
        quiet = told()
        quiet.acknowledge("r", "resume", quiet.begin("r"), False)
        self.assertEqual(quiet.changed, [])
        self.assertEqual(quiet.last("r"), "resume")

    def test_what_was_told_last_is_known_only_with_every_answer(self):
        self.assertEqual(self.told.last("r"), "resume")
        self.told.begin("r")
        self.told.refuse("r")
        self.assertEqual(self.told.last("r"), "resume")
        self.told.begin("r")
        self.assertIsNone(self.told.last("r"))
        self.told.acknowledge("r", "resume", self.told.begin("r"), True)
        self.assertIsNone(self.told.last("r"))

    def test_a_command_that_waits_though_its_run_went_on_is_found(self):
        def waits(ended):
            return judge_undelivered([("r", "pause", "soak 1", "2026-11-22T08:00:00.000Z", ended)], patience=5)

        self.assertEqual(waits("2026-11-22T08:00:01.000Z"), [])
        self.assertEqual(len(waits("2026-11-22T08:00:06.000Z")), 1)


SCHEMA = """
CREATE TABLE runs (run_key INTEGER PRIMARY KEY, id TEXT, status TEXT, finished_at TEXT, idempotency_key TEXT);
CREATE TABLE run_events (id INTEGER PRIMARY KEY, run_key INTEGER, seq INTEGER, kind TEXT, payload TEXT);
CREATE TABLE run_commands (id INTEGER PRIMARY KEY, run_key INTEGER, command TEXT, reason TEXT, at TEXT, state TEXT);
CREATE TABLE audit_log (id INTEGER PRIMARY KEY, at TEXT, action TEXT, subject TEXT);
INSERT INTO runs VALUES (1, 'r', 'succeeded', '1970-01-01T00:00:02.000Z', 'k'), (2, 's', 'running', NULL, 'k');
INSERT INTO run_events VALUES (1, 1, 1, 'RUN_CREATED', '{"lane":"default"}');
INSERT INTO run_commands VALUES (1, 1, 'pause', 'soak 1', '1970-01-01T00:00:01.000Z', 'undelivered'),
  (2, 2, 'pause', 'soak 2', '1970-01-01T00:00:01.000Z', 'undelivered'), (3, 1, 'cancel', 'soak 3', '1970-01-01T00:00:01.000Z', 'replaced');
INSERT INTO audit_log VALUES (1, '1970-01-01T00:00:03.000Z', 'run.pause', 'r'), (2, '1970-01-01T00:00:01.000Z', 'run.pause', 'r');
"""


class rows_test(unittest.TestCase):
    def test_rows_are_read(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "runs.db"
            opened = sqlite3.connect(file)
            opened.executescript(SCHEMA)
            opened.close()
            found = ledger(file)
        self.assertEqual(found.not_over(), ["s is running"])
        self.assertEqual(found.doubled, ["k"])
        self.assertEqual(found.finished, {"r": "1970-01-01T00:00:02.000Z"})
        self.assertEqual(found.events, [(1, "r", 1, "RUN_CREATED", {"lane": "default"})])
        self.assertEqual(found.undelivered, [("r", "pause", "soak 1", "1970-01-01T00:00:01.000Z", "1970-01-01T00:00:02.000Z")])
        self.assertEqual(found.audit, {("run.pause", "r"): 2})
        self.assertEqual(found.oldest_audit, "1970-01-01T00:00:01.000Z")


if __name__ == "__main__":
    unittest.main()
