#!/usr/bin/env python3
"""Tests of the judgement of chaos: what it lets pass, and each thing that it must not."""

import json
import unittest

from ledger import attempts_of, judge_attempts, judge_events, judge_journal, repeated

WHOLE = [(1, "r", 1, "RUN_CREATED", {}), (2, "r", 2, "STEP_STARTED", {"step": "a", "attempt": 1}),
         (4, "r", 3, "STEP_LOST", {"step": "a", "attempt": 1}), (5, "r", 4, "STEP_STARTED", {"step": "a", "attempt": 2}),
         (6, "r", 5, "STEP_SUCCEEDED", {"step": "a", "attempt": 2}), (7, "r", 6, "RUN_SUCCEEDED", {})]
JOURNAL = ["r a 1 begin", "r a 1 end", "r a 2 begin", "r a 2 end"]


def rows(events):
    return [(*each[:4], json.dumps(each[4])) for each in events]


class events_test(unittest.TestCase):
    def wrong(self, events):
        return judge_events(rows(events))

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
        return judge_attempts(attempts_of(rows(events)))

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
    attempts = attempts_of(rows(WHOLE))

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


if __name__ == "__main__":
    unittest.main()
