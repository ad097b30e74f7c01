"""Prometheus as a child, and the dashboard and rules that it is asked about."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from free_port import free_port  # noqa: E402

RULES = [ROOT / "metrics/prometheus/recording.yaml", ROOT / "metrics/prometheus/alerts.yaml"]
DASHBOARD = ROOT / "metrics/grafana/sluice.json"


class prometheus:
    """Prometheus on loopback, looking at one server every second."""

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

    def series(self, expression):
        """Returns (labels, value) of an instant vector, but for what is 0 by 0, such as a quantile of a flow without control
        messages: that is no number."""
        found = self.ask("query", query=expression)
        pairs = [(each["metric"], float(each["value"][1])) for each in found["result"]] if found else []
        return [(labels, value) for labels, value in pairs if value == value]

    def values(self, expression):
        return [value for _, value in self.series(expression)]

    def label_values(self, selector, label):
        """What Grafana makes of `label_values(selector, label)`."""
        return self.ask(f"label/{label}/values", **{"match[]": selector}) or []

    def put_away(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


def with_everything(text):
    """Returns a query of the dashboard as it is when "All" is chosen everywhere."""
    return re.sub(r"\$(job|instance|flow)\b", ".*", text.replace("$__rate_interval", "10s"))


def panels():
    """Returns (title, unit, queries) of every panel; a query is (expression, labels that its legend names)."""
    found = []
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        queries = [(with_everything(target["expr"]), re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
                   for target in panel.get("targets", [])]
        if queries:
            found.append((panel["title"], panel["fieldConfig"]["defaults"]["unit"], queries))
    return found


def variables():
    """Returns {name: (selector, label)} of the choices at the top of the dashboard."""
    asked = {each["name"]: each["query"] for each in json.loads(DASHBOARD.read_text())["templating"]["list"]}
    del asked["source"]
    return {name: re.fullmatch(r"label_values\((.*), (\w+)\)", with_everything(query)).groups() for name, query in asked.items()}
