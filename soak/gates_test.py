#!/usr/bin/env python3
"""Tests of the soak's own judgement: what it lets pass, and what it must not."""

import random
import unittest

import gates
import scrape

MINUTE = 60


def line(seconds, base, rise_per_second, noise=0.0, seed=1):
    chance = random.Random(seed)
    return [(t, base + rise_per_second * t + chance.uniform(-noise, noise)) for t in range(seconds)]


class gates_test(unittest.TestCase):
    def test_noise_without_a_trend_is_flat(self):
        for seed in range(20):
            passed, text = gates.flat("memory", line(3 * MINUTE, 100e6, 0, 5e6, seed), 0.03, 2e6)
            self.assertTrue(passed, text)

    def test_a_slow_leak_in_noise_is_found(self):
        for seed in range(20):
            passed, text = gates.flat("memory", line(3 * MINUTE, 100e6, 1e5, 2e6, seed), 0.03, 2e6)
            self.assertFalse(passed, text)

    def test_growth_before_the_end_of_the_warm_up_does_not_count(self):
        series = [(t, 50e6 + min(t, 40) * 1e6) for t in range(180)]
        self.assertTrue(gates.flat("memory", series, 0.03, 2e6)[0])

    def test_one_step_up_and_down_again_is_no_growth(self):
        series = [(t, 100e6 + (50e6 if 100 < t < 110 else 0)) for t in range(180)]
        self.assertTrue(gates.flat("memory", series, 0.03, 2e6)[0])

    def test_too_few_samples_do_not_pass(self):
        self.assertFalse(gates.flat("memory", line(5, 1, 0), 0.03, 1)[0])

    def test_a_rate_that_falls_is_found(self):
        counter = [(t, 1000 * min(t, 120) + 500 * max(0, t - 120)) for t in range(180)]
        self.assertFalse(gates.steady("messages", counter)[0])
        self.assertTrue(gates.steady("messages", [(t, 1000 * t) for t in range(180)])[0])

    def test_a_counter_that_stands_still_does_not_pass(self):
        self.assertFalse(gates.steady("messages", [(t, 7) for t in range(180)])[0])

    def test_what_was_not_measured_is_not_flat(self):
        self.assertFalse(gates.flat("memory", line(180, 0, 0), 0.03, 2e6)[0])

    def test_a_counter_without_enough_samples_is_not_steady(self):
        self.assertFalse(gates.steady("runs", [])[0])
        self.assertFalse(gates.steady("runs", [(t, 100 * t) for t in range(20)])[0])

    def test_one_edge_of_many_that_stands_still_is_found(self):
        alive = [(t, 5000 * t) for t in range(60)]
        dead = [(t, 10 * min(t, 20)) for t in range(60)]
        edges = {("block", "a->b"): alive, ("drop", "a->b"): alive, ("drop", "b->c"): alive}
        self.assertTrue(gates.each_steady("edges", ["block", "drop"], edges)[0])
        self.assertFalse(gates.each_steady("edges", ["block", "drop"], {**edges, ("drop", "b->c"): dead})[0])
        self.assertFalse(gates.each_steady("edges", ["block", "drop", "latest"], edges)[0])

    def test_what_gets_dearer_at_the_same_pace_is_found(self):
        def cost(dearer):
            return [(t, 0.5 * t + dearer * max(0, t - 30)) for t in range(60)]

        pieces = [(t, 20 * t) for t in range(60)]
        for per in (None, pieces):
            self.assertTrue(gates.no_dearer("time", cost(0), per)[0])
            self.assertTrue(gates.no_dearer("time", cost(0.1), per)[0])
            self.assertFalse(gates.no_dearer("time", cost(0.2), per)[0])
            self.assertTrue(gates.no_dearer("time", cost(0.2), per, least=0.25)[0])
            self.assertFalse(gates.no_dearer("time", cost(0)[:20], per and per[:20])[0])
            self.assertFalse(gates.no_dearer("time", [(t, 0) for t in range(60)], per)[0])

    def test_more_of_what_costs_the_same_is_not_dearer(self):
        twice = [(t, t + max(0, t - 30)) for t in range(60)]
        self.assertFalse(gates.no_dearer("time", twice)[0])
        self.assertTrue(gates.no_dearer("time", twice, [(t, 7 * n) for t, n in twice])[0])

    def test_what_gets_longer_is_found(self):
        self.assertTrue(gates.no_longer("scrape", line(60, 1000, 0, 50))[0])
        self.assertFalse(gates.no_longer("scrape", line(60, 1000, 20))[0])
        self.assertFalse(gates.no_longer("scrape", line(60, 0, 0))[0])
        self.assertFalse(gates.no_longer("scrape", [])[0])

    def test_who_did_not_look_has_seen_nothing(self):
        self.assertTrue(gates.watched("scrapes", 55, 60, 0.9)[0])
        self.assertFalse(gates.watched("scrapes", 53, 60, 0.9)[0])

    def test_what_was_to_be_removed_by_now_is_found(self):
        # Ten a second end; each is removed 20 s later, or only 30 s later.
        def kept(after):
            return [(t, 10 * min(t, after), 10 * t) for t in range(180)]

        self.assertTrue(gates.retained("runs", kept(20), 25, 10)[0])
        self.assertFalse(gates.retained("runs", kept(30), 25, 10)[0])

    def test_retention_is_not_judged_by_what_is_not_old_enough(self):
        self.assertFalse(gates.retained("runs", [(t, 0, 0) for t in range(30)], 25, 10)[0])
        self.assertFalse(gates.retained("runs", [], 25, 10)[0])

    def test_anything_in_a_list_fails(self):
        self.assertTrue(gates.none("errors", [])[0])
        self.assertFalse(gates.none("errors", ["disk on fire"])[0])


EDGE = 'flow="f",edge="a.out->b.in"'


def edge_text(offered=10, accepted=7, dropped=2, refused=1, delivered=5, depth=2):
    return f"""# HELP sluice_edge_offered_total x
sluice_edge_offered_total{{{EDGE}}} {offered}
sluice_edge_accepted_total{{{EDGE}}} {accepted}
sluice_edge_dropped_total{{{EDGE}}} {dropped}
sluice_edge_refused_total{{{EDGE},reason="type"}} {refused}
sluice_edge_delivered_total{{{EDGE}}} {delivered}
sluice_edge_depth{{{EDGE}}} {depth}
"""


class scrape_test(unittest.TestCase):
    def test_samples_are_read_by_name_and_labels(self):
        found = scrape.scrape('a 1\nb{x="1",y="a \\"q\\" }"} 2.5\nb{x="2",y="z"} +Inf\n')
        self.assertEqual(found.value("a"), 1)
        self.assertEqual(found.value("b", x="1", y='a \\"q\\" }'), 2.5)
        self.assertIsNone(found.value("b", x="3"))
        self.assertEqual(scrape.scrape('c{k="1"} 1\nc{k="2"} 2').total("c"), 3)

    def test_what_is_no_sample_is_an_error(self):
        with self.assertRaises(ValueError):
            scrape.scrape("<html>")

    def test_edges_that_balance_are_fine(self):
        self.assertEqual(scrape.scrape(edge_text()).imbalances(), [])

    def test_each_number_that_is_off_by_one_is_found(self):
        for name in ("offered", "dropped", "refused", "delivered", "depth"):
            self.assertEqual(len(scrape.scrape(edge_text(**{name: 3})).imbalances()), 1, name)
        self.assertEqual(len(scrape.scrape(edge_text(accepted=8)).imbalances()), 2)


if __name__ == "__main__":
    unittest.main()
