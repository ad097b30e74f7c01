#!/usr/bin/env python3
"""Debian's Prometheus scrapes a server under load: every panel of the dashboard and every rule has an answer that makes
sense, and the alerts that were provoked, and no others, go off."""

import json
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

import server_scene

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = [ROOT / "metrics/prometheus/recording.yaml", ROOT / "metrics/prometheus/alerts.yaml"]
DASHBOARD = ROOT / "metrics/grafana/sluice.json"
PATIENCE = 90

# A consumer that is too slow behind a lossy edge, a batch that is told to flush, and a flow that fails.
LOSING = """
version: 1
name: losing
nodes:
  numbers: { type: generate, rate: 2000 }
  slow: { type: throttle, rate: 100 }
  batches: { type: batch, count: 10 }
  done: { type: null }
edges:
  - { from: numbers, to: slow, capacity: 16, policy: drop }
  - slow -> batches
  - batches -> done
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
PROVOKED = {"SluiceEdgeFull", "SluiceEdgeLosing", "SluiceFlowFailed", "SluiceRunsFailing"}


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as any_port:
        return any_port.getsockname()[1]


class prometheus:
    """Prometheus as a child, on loopback, looking at one server every second."""

    def __init__(self, folder, address, token):
        self.port = free_port()
        config = folder / "prometheus.yml"
        rules = folder / "rules"
        rules.mkdir()
        for each in RULES:
            # Rules are looked at each second here, too.
            (rules / each.name).write_text(each.read_text().replace("interval: 30s", "interval: 1s"))
        config.write_text(json.dumps({
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(rules / "*.yaml")],
            "scrape_configs": [{"job_name": "sluice", "authorization": {"credentials": token},
                                "static_configs": [{"targets": [address]}]}],
        }))
        self.log = open(folder / "prometheus.log", "wb")
        self.process = subprocess.Popen(
            [shutil.which("prometheus"), f"--config.file={config}", f"--storage.tsdb.path={folder / 'tsdb'}",
             f"--web.listen-address=127.0.0.1:{self.port}"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def ask(self, path, **query):
        """Returns the data of an answer, None while it does not answer."""
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}?{urllib.parse.urlencode(query)}"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as refused:
            # It says so while it starts.
            if refused.code == 503:
                return None
            raise AssertionError(f"{query}: {refused.read().decode()}") from refused
        except OSError:
            return None

    def values(self, expression):
        """Returns the values of an instant vector."""
        found = self.ask("query", query=expression)
        return [float(each["value"][1]) for each in found["result"]] if found else []

    def put_away(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


def panels():
    """Returns (title, expression) of every query of the dashboard, its variables filled in."""
    found = []
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        for target in panel.get("targets", []):
            text = target["expr"].replace("$__rate_interval", "10s")
            found.append((panel["title"], re.sub(r"\$(job|instance|flow)\b", ".*", text)))
    return found


@unittest.skipUnless(shutil.which("prometheus") and shutil.which("promtool"), "prometheus is not installed: make monitoring")
class prometheus_test(server_scene.server_case):
    settings = server_scene.server_case.settings + "worker: { enabled: true }\n"

    def setUp(self):
        super().setUp()
        self.prometheus = prometheus(self.folder, self.server.address, server_scene.READ)
        self.addCleanup(self.prometheus.put_away)

    def load(self):
        for name, graph in (("losing", LOSING), ("failing", FAILING)):
            made = self.ask("POST", "/api/v1/flows", {"name": name, "graph": graph})
            self.assertEqual(made.status, 201, made)
            if name == "losing":
                self.losing = made.json["id"]
        self.stream = self.connect()
        self.stream.request("GET", "/api/v1/events/stream", headers={"Authorization": f"Bearer {server_scene.READ}"})
        self.stream.getresponse()

    def work(self):
        """A little of everything, so that each counter moves."""
        failing = {"version": 1, "steps": {"a": {"kind": "exec", "params": {"argv": ["false"]}}}}
        for graph in (server_scene.NOOP, server_scene.chain("noop", "noop"), failing):
            self.ask("POST", "/api/v1/runs", {"run_graph": graph})
        self.ask("POST", f"/api/v1/flows/{self.losing}/nodes/batches/control", {"command": "flush"})
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

    def test_every_panel_rule_and_alert_has_an_answer(self):
        self.load()
        missing = dict.fromkeys(panels())
        self.assertGreater(len(missing), 20)

        for title, expression in missing:

            def answer(expression=expression):
                # What is 0 by 0, such as a quantile of a flow without control messages, is no number.
                return [value for value in self.prometheus.values(expression) if value == value]

            missing[title, expression] = self.until(f"panel '{title}': {expression}", answer)
        for (title, expression), values in missing.items():
            for value in values:
                self.assertGreaterEqual(value, 0, f"{title}: {expression}")
        self.assertEqual(self.prometheus.values("sluice_ready"), [1])
        # Books balance in what Prometheus has stored, too.
        self.assertEqual(set(self.prometheus.values(
            "sluice_edge_accepted_total - sluice_edge_delivered_total - sluice_edge_replaced_total"
            " - sluice_edge_coalesced_total - sluice_edge_evicted_total - sluice_edge_discarded_total"
            " - sluice_edge_depth")), {0.0})
        self.rules_are_healthy()
        self.alerts_are_those_provoked()

    def rules_are_healthy(self):
        groups = self.prometheus.ask("rules")["groups"]
        rules = [rule for group in groups for rule in group["rules"]]
        self.assertGreater(len(rules), 20)
        for rule in rules:
            self.assertEqual(rule["health"], "ok", rule)
        for rule in rules:
            if rule["type"] == "recording":
                self.until(rule["name"], lambda name=rule["name"]: self.prometheus.values(name))
            else:
                # What it compares has to be there, else it could never go off.
                compared = re.split(r" (?:>|<|==) (?=[^)]*$)", rule["query"])[0]
                if rule["name"] != "SluiceMemoryGrowing":
                    self.until(rule["name"], lambda text=compared: self.prometheus.values(text))

    def alerts_are_those_provoked(self):
        def alarmed():
            return {each["labels"]["alertname"] for each in self.prometheus.ask("alerts")["alerts"]}

        self.until(f"alerts {PROVOKED}", lambda: PROVOKED <= alarmed())
        # A process that has just begun grows; the alert waits for six hours before it says so.
        self.assertEqual(alarmed() - PROVOKED - {"SluiceMemoryGrowing"}, set())

    def test_promtool_finds_nothing(self):
        self.load()
        self.work()
        text = self.ask("GET", "/metrics").raw
        checked = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, check=False)
        self.assertEqual((checked.returncode, checked.stderr.decode()), (0, ""))
        checked = subprocess.run(["promtool", "check", "rules", *map(str, RULES)], capture_output=True, check=False)
        self.assertEqual(checked.returncode, 0, checked.stderr.decode())


class shipped_test(unittest.TestCase):
    def test_every_alert_has_its_page_and_every_page_its_alert(self):
        text = RULES[1].read_text()
        alerts = set(re.findall(r"alert: (\w+)", text))
        self.assertEqual({page.stem for page in (ROOT / "docs/runbooks").glob("*.md")}, alerts)
        for name in alerts:
            self.assertIn(f"runbook_url: docs/runbooks/{name}.md", text)

    def test_the_dashboard_is_what_its_program_makes(self):
        subprocess.run([sys.executable, "-B", str(DASHBOARD.with_name("dashboard.py")), "--check"], check=True)

    def test_all_names_asked_for_are_documented(self):
        known = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/metrics.md").read_text(), re.M))
        asked = DASHBOARD.read_text() + "".join(each.read_text() for each in RULES)
        for name in set(re.findall(r"\b((?:sluice|process)_\w+)", asked)):
            self.assertTrue(name in known or name.removesuffix("_bucket") in known, name)


if __name__ == "__main__":
    server_scene.main(__doc__)
