#!/usr/bin/env python3
"""Tests of who looks at a server once a second: what it is told must not blind it, nor what it is not told."""

import threading
import types
import unittest

import watching
from api import unreachable

EDGE = 'flow="{flow}",edge="a.out->b.in"'


def scrape_text(flows=(), without=()):
    """Returns a scrape with all families but `without`, and an edge for each of `flows`: (name, delivered)."""
    lines = [f"{name} 1" for name in watching.FAMILIES if name not in without]
    for name, delivered in flows:
        labels = EDGE.format(flow=name)
        lines += [f"sluice_edge_{kind}_total{{{labels}}} {delivered}" for kind in ("offered", "accepted", "delivered")]
    return "\n".join(lines)


class asker:
    """Gives one answer after the other, and ends the world with the last."""

    def __init__(self, answers, stopping):
        self._answers = iter(answers)
        self._stopping = stopping

    def ask(self, *_):
        try:
            answer = next(self._answers)
        except StopIteration:
            self._stopping.set()
            return 200, scrape_text()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self):
        pass


class impatient(threading.Event):
    """Nobody waits a second in a test."""

    def wait(self, timeout=None):
        return self.is_set()


def watch(troubled=False, flows_run=False, answers=()):
    stopping = impatient()
    around = types.SimpleNamespace(troubled=troubled, stopping=stopping, connect=lambda: asker(answers, stopping))
    return watching.watch(around, "nowhere.db", lambda: 0, lambda: flows_run)


class watching_test(unittest.TestCase):
    def test_what_cannot_be_read_is_noted_and_does_not_end_the_looking(self):
        seen = watch(answers=[(200, "<html>"), (200, scrape_text())])
        seen.run()
        self.assertEqual(len(seen.unreadable), 1)
        self.assertEqual(seen.scrapes, 2)

    def test_other_answers_and_none_are_missed(self):
        seen = watch(answers=[(503, "not now"), unreachable("cut"), (401, "")])
        seen.run()
        self.assertEqual((seen.missed, seen.scrapes, seen.unreadable), (3, 1, []))

    def test_a_family_that_is_not_there_is_noted_and_is_not_zero(self):
        for name in ("process_resident_memory_bytes", "sluice_run_ends_total", watching.FAILURES, "sluice_runs"):
            with self.subTest(name):
                seen = watch()
                seen.answered(1, 200, scrape_text(without=[name]))
                self.assertEqual(len(seen.unreadable), 1)
        self.assertEqual(seen.series["rows"], [])

    def test_a_store_in_trouble_counts_no_runs(self):
        seen = watch(troubled=True)
        seen.answered(1, 200, scrape_text(without=["sluice_runs"]))
        self.assertEqual(seen.unreadable, [])
        self.assertEqual(seen.kept, [])

    def test_where_flows_run_there_are_edges(self):
        seen = watch(flows_run=True)
        seen.answered(1, 200, scrape_text([("steady-drop", 5)]))
        self.assertEqual((seen.unreadable, seen.with_edges), ([], 1))
        seen.answered(2, 200, scrape_text())
        self.assertEqual((len(seen.unreadable), seen.with_edges), (1, 1))

    def test_an_edge_stands_still_when_its_flow_is_gone(self):
        seen = watch()
        for now, flows in enumerate([[("steady-drop", 5), ("short-1", 1)], [("steady-drop", 9), ("steady-latest", 3)], []]):
            seen.answered(now, 200, scrape_text(flows))
        self.assertEqual(seen.edges, {("steady-drop", "a.out->b.in"): [(0, 5), (1, 9), (2, 9)],
                                      ("steady-latest", "a.out->b.in"): [(0, 0), (1, 3), (2, 3)]})
        self.assertEqual([value for _, value in seen.series["messages"]], [5, 12, 12])

    def test_edges_that_do_not_balance_are_noted(self):
        seen = watch()
        seen.answered(1, 200, scrape_text([("steady-drop", 5)]) + "\nsluice_edge_depth{" + EDGE.format(flow="steady-drop") + "} 1")
        self.assertEqual(len(seen.imbalances), 1)


if __name__ == "__main__":
    unittest.main()
