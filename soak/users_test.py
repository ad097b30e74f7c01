#!/usr/bin/env python3
"""Tests of what users say is wrong, with answers that a server would not give."""

import json
import random
import types
import unittest

from flow_users import STEADY_FLOWS, flow_operator
from run_users import commander
from soak import warm_up
from stream_users import chronicler
from users import world

LANE = {"enabled": True, "concurrent_runs": None}


class answers:
    """Stands for a connection: `give` is asked (method, path, body) and returns (status, what it says)."""

    def __init__(self, give):
        self.asked = []
        self._give = give

    def ask(self, method, path, body=None):
        self.asked.append((method, path, body))
        status, said = self._give(method, path, body)
        return status, json.dumps(said)

    def close(self):
        pass


def around(give, troubled=False):
    made = world("nowhere", "token", lambda _: None, None, troubled=troubled)
    connection = answers(give)
    made.connect = lambda: connection
    return made


class commander_test(unittest.TestCase):
    def commander(self, give):
        runs = types.SimpleNamespace(some=lambda _: "r")
        return commander(around(give), random.Random(1), runs)

    def test_a_lane_that_cannot_be_read_is_not_as_it_was_set(self):
        one = self.commander(lambda *_: (404, {"error": {"code": "not_found"}}))
        one.lane = LANE
        self.assertEqual(one.judge_lane(patience=0), ["lane night cannot be read: 404"])

    def test_a_lane_is_as_it_was_set(self):
        one = self.commander(lambda *_: (200, LANE))
        self.assertEqual(one.judge_lane(), [])
        one.lane = LANE
        self.assertEqual(one.judge_lane(), [])
        one.lane = {**LANE, "concurrent_runs": 4}
        self.assertEqual(len(one.judge_lane()), 1)

    def paused(self, answer):
        """Returns what is said of a run that is paused after a resume was answered so."""
        def give(method, path, _):
            if method == "GET":
                return 200, {"runs": [{"id": "r"}]}
            return answer

        one = self.commander(give)
        one.tell("r", "resume")
        return one, one.judge_resumed(patience=0)

    def test_a_run_that_stays_paused_after_a_resume_is_found(self):
        one, wrong = self.paused((200, {"changed": True, "status": "running"}))
        self.assertEqual(len(wrong), 1)
        self.assertEqual([each[1:3] for each in one.told.changed], [("r", "resume")])
        self.assertEqual(len(self.paused((200, {"changed": False, "status": "running"}))[1]), 1)

    def test_a_resume_that_was_not_acknowledged_promises_nothing(self):
        for answer in ((409, {"error": {"code": "invalid_transition"}}), (503, {"error": {"code": "store_full"}})):
            self.assertEqual(self.paused(answer)[1], [])

    def test_a_pause_without_an_answer_may_have_come_after_the_resume(self):
        given = iter([(200, {"changed": True}), (503, {"error": {"code": "store_full"}}), (200, {"runs": [{"id": "r"}]})])
        one = self.commander(lambda *_: next(given))
        one.tell("r", "resume")
        one.tell("r", "pause")
        self.assertEqual(one.judge_resumed(patience=0), [])

    def test_paused_runs_that_cannot_be_listed_are_found(self):
        self.assertEqual(len(self.commander(lambda *_: (503, {})).judge_resumed(patience=0)), 1)


def flows(**status):
    return [{"name": name.replace("_", "-"), "id": name, "status": now} for name, now in status.items()]


class flow_operator_test(unittest.TestCase):
    def operator(self, listed, troubled=False):
        def give(method, path, _):
            return (200, {"flows": listed}) if method == "GET" else (201, {"id": "new"})

        one = flow_operator(around(give, troubled), random.Random(1))
        one.steady = {"steady-drop": "steady_drop"}
        return one

    def test_a_flow_that_had_to_be_started_again_is_a_surprise(self):
        for listed in ([], flows(steady_drop="failed"), flows(steady_drop="paused")):
            one = self.operator(listed)
            one.keep_steady()
            self.assertEqual(len(one.surprises), 1, listed)

    def test_while_faults_come_it_is_kept_going(self):
        one = self.operator(flows(steady_drop="paused"), troubled=True)
        one.keep_steady()
        self.assertEqual(one.surprises, [])
        self.assertIn(("POST", "/api/v1/flows/steady_drop/resume", {}), one.api.asked)

    def test_all_of_them_run_in_the_end(self):
        one = self.operator(flows(steady_drop="running"))
        self.assertEqual(len(one.judge_steady()), len(STEADY_FLOWS) - 1)
        one.steady = dict.fromkeys(STEADY_FLOWS, "steady_drop")
        self.assertEqual(one.judge_steady(), [])


class warm_up_test(unittest.TestCase):
    def test_one_that_is_refused_ends_the_soak(self):
        for path in ("/api/v1/runs", "/api/v1/flows"):
            with self.assertRaisesRegex(SystemExit, "503"):
                warm_up(around(lambda _, asked, __, path=path: (503 if asked == path else 201, {"id": "x"})), 1, 1)
        self.assertEqual(warm_up(around(lambda *_: (201, {"id": "x"})), 2, 1), ["x", "x"])


class chronicler_test(unittest.TestCase):
    def test_it_keeps_when_runs_ended_and_what_they_were_told(self):
        one = chronicler(around(None, troubled=True), random.Random(1))
        story = [("RUN_CREATED", {}), ("COMMAND_RECEIVED", {"reason": "soak 1"}), ("RUN_FAILED", {})]
        for i, (kind, payload) in enumerate(story, 1):
            one.take(i, kind, {"run": "r", "seq": i, "at": f"time {i}", "payload": payload})
        self.assertEqual((one.received, one.when_they_ended()), ({"soak 1"}, {"r": "time 3"}))
        self.assertEqual(one.events[1], (2, "r", 2, "COMMAND_RECEIVED", {"reason": "soak 1"}))
        one.take(4, "RUN_RESUMED", {"run": "r", "seq": 4, "at": "time 4", "payload": {}})
        self.assertEqual(one.when_they_ended(), {})


if __name__ == "__main__":
    unittest.main()
