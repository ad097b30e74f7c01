#!/usr/bin/env python3
"""Debian's Prometheus scrapes a server under load: every panel of the dashboard, every choice at its top and every rule has an answer
that makes sense, and the alerts that were provoked, and no others, go off. What takes longer has its scene in alert_scenes.yaml."""

import pathlib
import re
import shutil
import subprocess
import sys
import time
import unittest

import prometheus_scene
import server_scene
from prometheus_bounds import ALL_TIME, PANELS, RECORDED
from prometheus_scene import DASHBOARD, ROOT, RULES

PATIENCE = 90
SCENES = pathlib.Path(__file__).with_name("alert_scenes.yaml")

# A consumer that is too slow behind a lossy edge, and one behind a lossless edge; a node that fails at a third of what it gets; a
# batch that is told to flush; and a flow that fails.
CROWDED = """
version: 1
name: crowded
nodes:
  numbers: { type: generate, rate: 2000 }
  slow: { type: throttle, rate: 100 }
  picky: { type: map, jq: 'if . % 3 == 0 then error("no") else . end' }
  batches: { type: batch, count: 10 }
  more: { type: generate }
  strait: { type: throttle, rate: 50 }
  done: { type: null }
edges:
  - { from: numbers, to: slow, capacity: 16, policy: drop }
  - slow -> picky -> batches -> done
  - { from: more, to: strait, capacity: 16 }
  - strait -> done
"""
FAILING = """
version: 1
name: failing
nodes:
  numbers: { type: generate, count: 10 }
  broken: { type: map, jq: 'error("no")', on_error: fail }
  done: { type: null }
edges: [numbers -> broken -> done]
"""
# What the load provokes; everything else would be a false alarm.
PROVOKED = {"SluiceEdgeFull", "SluiceEdgeLosing", "SluiceFlowFailed", "SluiceNodeErrors", "SluiceRunsFailing"}
# What a slow machine brings about by itself; and a process that has just begun grows. Each has its scene in alert_scenes.yaml.
OF_THE_MACHINE = {"SluiceControlSlow", "SluiceCommitsSlow", "SluiceNodeStalls", "SluiceMemoryGrowing"}


def compared(query):
    """Returns both sides of each comparison of an alert, but for numbers: what is not there can never set it off."""
    sides = [side.strip() for part in re.split(r"\band on ?\(\w+\)", query) for side in re.split(r" (?:>|<|==) (?=[^)]*$)", part.strip())]
    return [side for side in sides if not re.fullmatch(r"[\d.]+", side)]


@unittest.skipUnless(shutil.which("prometheus") and shutil.which("promtool"), "prometheus is not installed: make monitoring")
class prometheus_test(server_scene.server_case):
    settings = server_scene.server_case.settings + "worker: { enabled: true }\n"

    def setUp(self):
        super().setUp()
        self.prometheus = prometheus_scene.prometheus(self.folder, self.server.address, server_scene.READ)
        self.addCleanup(self.prometheus.put_away)

    def load(self):
        for name, graph in (("crowded", CROWDED), ("failing", FAILING)):
            made = self.ask("POST", "/api/v1/flows", {"name": name, "graph": graph})
            self.assertEqual(made.status, 201, made)
            if name == "crowded":
                self.crowded = made.json["id"]
        self.submit(server_scene.sleepy("1h"))
        self.stream = self.connect()
        self.stream.request("GET", "/api/v1/events/stream", headers={"Authorization": f"Bearer {server_scene.READ}"})
        # Whoever lets go of the answer lets go of the stream.
        self.events = self.stream.getresponse()

    def work(self):
        """A little of everything, so that each counter moves."""
        failing = {"version": 1, "steps": {"a": {"kind": "exec", "params": {"argv": ["false"]}}}}
        for graph in (server_scene.NOOP, server_scene.chain("noop", "noop"), failing):
            self.ask("POST", "/api/v1/runs", {"run_graph": graph})
        self.ask("POST", f"/api/v1/flows/{self.crowded}/nodes/batches/control", {"command": "flush"})
        self.ask("GET", "/api/v1/runs")

    def until(self, what, test):
        """Works until `test()` returns something true; returns that."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.work()
            found = test()
            if found:
                return found
            time.sleep(0.3)
        self.fail(f"{what}: not within {PATIENCE} s")

    def assert_bounded(self, what, expression, bounds):
        """Waits until the largest answer is as large as it must be; returns all of them, none of which may be too large."""
        least, most = bounds
        seen = []

        def answer():
            seen[:] = self.prometheus.series(expression)
            return bool(seen) and max(value for _, value in seen) >= least

        try:
            self.until(what, answer)
        except self.failureException as late:
            self.fail(f"{late}: the largest of {seen} has to be {least} or more: {expression}")
        for labels, value in seen:
            self.assertTrue(0 <= value <= most, f"{what}: {value} of {labels} is not from 0 to {most}: {expression}")
        return seen

    def test_every_panel_rule_and_alert_has_an_answer(self):
        self.load()
        for title, _, queries in prometheus_scene.panels():
            for (expression, legend), bounds in zip(queries, PANELS[title]):
                for labels, _ in self.assert_bounded(f"panel '{title}'", expression, bounds):
                    # A label that is not there leaves a hole in the legend, and lines that look the same.
                    self.assertLessEqual(set(legend), labels.keys(), f"legend of '{title}': {labels}")
        self.choices_are_there()
        # Books balance in what Prometheus has stored, too.
        self.assertEqual(set(self.prometheus.values(
            "sluice_edge_accepted_total - sluice_edge_delivered_total - sluice_edge_replaced_total"
            " - sluice_edge_coalesced_total - sluice_edge_evicted_total - sluice_edge_discarded_total"
            " - sluice_edge_depth")), {0.0})
        self.rules_are_healthy()
        self.alerts_are_those_provoked()

    def choices_are_there(self):
        offered = {name: set(self.prometheus.label_values(*asked)) for name, asked in prometheus_scene.variables().items()}
        self.assertEqual(offered, {"job": {"sluice"}, "instance": {self.server.address}, "flow": {"crowded", "failing"}})

    def rules_are_healthy(self):
        groups = self.prometheus.ask("rules")["groups"]
        rules = [rule for group in groups for rule in group["rules"]]
        self.assertGreater(len(rules), 20)
        for rule in rules:
            self.assertEqual(rule["health"], "ok", rule)
            if rule["type"] == "recording":
                self.assert_bounded(rule["name"], rule["name"], RECORDED[rule["name"]])
            else:
                for side in compared(rule["query"]):
                    self.until(f"{rule['name']}: {side}", lambda text=side: self.prometheus.values(text))

    def alerts_are_those_provoked(self):
        def alarmed():
            return {each["labels"]["alertname"] for each in self.prometheus.ask("alerts")["alerts"]}

        self.until(f"alerts {PROVOKED}", lambda: PROVOKED <= alarmed())
        self.assertEqual(alarmed() - PROVOKED - OF_THE_MACHINE, set())

    def test_promtool_finds_nothing(self):
        self.load()
        self.work()
        text = self.ask("GET", "/metrics").raw
        checked = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, check=False)
        self.assertEqual((checked.returncode, checked.stderr.decode()), (0, ""))


@unittest.skipUnless(shutil.which("promtool"), "prometheus is not installed: make monitoring")
class rules_test(unittest.TestCase):
    def promtool(self, *arguments):
        said = subprocess.run(["promtool", *map(str, arguments)], capture_output=True, check=False)
        self.assertEqual(said.returncode, 0, (said.stdout + said.stderr).decode())

    def test_rules_are_well_formed(self):
        self.promtool("check", "rules", *RULES)

    def test_alerts_go_off_for_what_they_say_and_for_nothing_near_it(self):
        self.promtool("test", "rules", SCENES)


class shipped_test(unittest.TestCase):
    def test_every_alert_has_its_page_and_its_scene_and_they_their_alert(self):
        text = RULES[1].read_text()
        alerts = set(re.findall(r"alert: (\w+)", text))
        self.assertEqual({page.stem for page in (ROOT / "docs/runbooks").glob("*.md")}, alerts)
        for name in alerts:
            self.assertIn(f"runbook_url: docs/runbooks/{name}.md", text)
        self.assertEqual(set(re.findall(r'alertname="(\w+)", alertstate="firing"', SCENES.read_text())), alerts)

    def test_every_page_shows_the_alert_s_own_expression(self):
        for name, expression in re.findall(r"alert: (\w+)\n(?: +#.*\n)*        expr: ((?:.*\n)(?:          .*\n)*)", RULES[1].read_text()):
            page = re.search(r"```\n(.*?)```", (ROOT / f"docs/runbooks/{name}.md").read_text(), re.S)[1]
            self.assertEqual(page.split(), re.sub(r"^>-|^'|'$", "", expression.strip()).split(), name)

    def test_the_dashboard_is_what_its_program_makes(self):
        subprocess.run([sys.executable, "-B", str(DASHBOARD.with_name("dashboard.py")), "--check"], check=True)

    def test_every_query_and_rule_has_bounds_and_no_share_is_above_1(self):
        panels = prometheus_scene.panels()
        self.assertEqual({title: len(queries) for title, _, queries in panels}, {title: len(bounds) for title, bounds in PANELS.items()})
        self.assertEqual(set(re.findall(r"record: (\S+)", RULES[0].read_text())), set(RECORDED))
        shares = [bounds for title, unit, _ in panels if unit == "percentunit" for bounds in PANELS[title]]
        shares += [bounds for name, bounds in RECORDED.items() if re.search("ratio|share", name)]
        self.assertGreater(len(shares), 5)
        for bounds in shares:
            self.assertTrue(bounds[1] <= 1 or bounds[1] == ALL_TIME, bounds)

    def test_all_names_asked_for_are_documented(self):
        known = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/metrics.md").read_text(), re.M))
        asked = DASHBOARD.read_text() + "".join(each.read_text() for each in RULES)
        for name in set(re.findall(r"\b((?:sluice|process)_\w+)", asked)):
            self.assertTrue(name in known or name.removesuffix("_bucket") in known, name)


if __name__ == "__main__":
    server_scene.main(__doc__)
