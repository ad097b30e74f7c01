"""The load of a soak: what flows, clients, operators and workers do to a server in a day, by seed and faster.

Each kind of user is a class with `act(chance)`: one thing at a time, at the pace of `every` seconds. Whatever a user
did not expect is kept in `surprises`.
"""

import json
import threading
import time

from api import unreachable

POLICIES = {
    "block": "policy: block",
    "drop": "policy: drop",
    "drop-oldest": "policy: drop_oldest",
    "latest": "policy: latest, key: .sensor",
    "coalesce": "policy: coalesce, coalesce: last",
}
# Messages a second of each of the flows that stay.
RATE = 5000


def steady_flow(name, settings, throttled):
    """Returns a graph that makes messages at an even pace, whose slow consumer gets so many a second."""
    return f"""
version: 1
name: {name}
nodes:
  numbers: {{ type: generate, rate: {RATE} }}
  readings: {{ type: map, jq: '{{sensor: (. % 100), reading: .}}' }}
  slow: {{ type: throttle, rate: {throttled} }}
  done: {{ type: null }}
edges:
  - numbers -> readings
  - {{ from: readings, to: slow, capacity: 256, {settings} }}
  - slow -> done
"""


def short_flow(name, count):
    return f"""
version: 1
name: {name}
nodes:
  numbers: {{ type: generate, count: {count}, rate: 2000 }}
  batches: {{ type: batch, count: 16, period: 100ms }}
  done: {{ type: null }}
edges: [numbers -> batches -> done]
"""


def run_graph(kind):
    """Returns the steps of a run, and the status it is to end in."""
    noop = {"kind": "noop"}
    graphs = {
        "noop": ({"only": noop}, "succeeded"),
        "chain": ({"a": noop, "b": {**noop, "deps": ["a"]}, "c": {**noop, "deps": ["a"]}}, "succeeded"),
        "sleep": ({"rest": {"kind": "sleep", "params": {"for": "200ms"}}}, "succeeded"),
        "exec": ({"run": {"kind": "exec", "params": {"argv": ["sh", "-c", "echo soaked"]}}}, "succeeded"),
        "failing": ({"run": {"kind": "exec", "params": {"argv": ["false"]}}}, "failed"),
        "flow": ({"flow": {"kind": "flow", "params": {"graph": json.loads(json.dumps({
            "version": 1,
            "name": "step",
            "nodes": {"n": {"type": "generate", "count": 500}, "d": {"type": "null"}},
            "edges": ["n -> d"],
        }))}}}, "succeeded"),
    }
    steps, ends = graphs[kind]
    return {"version": 1, "steps": steps}, ends


class user:
    """Does one thing after the other until it is told to stop."""

    every = 0.1

    def __init__(self, connect, chance, log):
        self.api = connect()
        self.chance = chance
        self.log = log
        self.acts = 0
        self.surprises = []
        # Answers that a user of this kind expects, besides success.
        self.expected = set()

    def ask(self, method, path, body=None):
        """Returns (status, parsed JSON or None). Nobody there is no surprise: the one who kills the server knows."""
        try:
            status, text = self.api.ask(method, path, body)
        except unreachable as trouble:
            self.log(str(trouble))
            return 0, None
        if status >= 400 and status not in self.expected:
            self.surprises.append(f"{method} {path} -> {status} {text[:200]}")
        try:
            return status, json.loads(text)
        except ValueError:
            return status, None

    def run(self, stop):
        """Until `stop` is set. What breaks a user is a surprise, too."""
        while not stop.wait(self.every * self.chance.uniform(0.5, 1.5)):
            try:
                self.act()
                self.acts += 1
            except Exception as trouble:  # The soak goes on, and fails in the end.
                self.surprises.append(f"{type(self).__name__}: {trouble!r}")
        self.api.close()


class flow_operator(user):
    """Keeps a flow of each policy, starts and stops short ones, changes edges, pauses and resumes."""

    every = 0.3

    def __init__(self, *given):
        super().__init__(*given)
        # Short ones end by themselves, between one order and the next.
        self.expected = {404, 409}
        self.steady = {}
        self.started = 0

    def keep_steady(self):
        status, listed = self.ask("GET", "/api/v1/flows")
        if status != 200:
            return
        running = {each["name"] for each in listed["flows"] if each["status"] in ("running", "paused")}
        for policy, settings in POLICIES.items():
            name = f"steady-{policy}"
            if name not in running:
                throttled = RATE * 2 if policy == "block" else RATE // 5
                status, made = self.ask("POST", "/api/v1/flows",
                                        {"name": name, "graph": steady_flow(name, settings, throttled)})
                if status == 201:
                    self.steady[policy] = made["id"]

    def act(self):
        if self.acts % 20 == 0:
            self.keep_steady()
        what = self.chance.choice(["short", "short", "edge", "pause", "control", "look"])
        if what == "short":
            self.started += 1
            name = f"short-{self.started}"
            status, made = self.ask("POST", "/api/v1/flows",
                                    {"name": name, "graph": short_flow(name, self.chance.randint(10, 2000))})
            if status == 201 and self.chance.random() < 0.5:
                self.ask("POST", f"/api/v1/flows/{made['id']}/control".replace("/control", "/nodes/batches/control"),
                         {"command": "flush"})
                self.ask("POST", f"/api/v1/flows/{made['id']}/stop", {"drain_timeout": "2s"})
        elif self.steady:
            flow = self.steady[self.chance.choice(list(self.steady))]
            if what == "edge":
                self.ask("PATCH", f"/api/v1/flows/{flow}/edges/readings.out-%3Eslow.in",
                         {"capacity": self.chance.choice([16, 256, 1024])})
            elif what == "pause":
                self.ask("POST", f"/api/v1/flows/{flow}/pause", {})
                self.ask("POST", f"/api/v1/flows/{flow}/resume", {})
            elif what == "control":
                self.ask("POST", f"/api/v1/flows/{flow}/nodes/slow/control", {"command": "flush"})
            else:
                self.ask("GET", f"/api/v1/flows/{flow}")


class submitter(user):
    """Submits runs of all kinds, and remembers what was acknowledged."""

    every = 0.05
    kinds = ["noop"] * 6 + ["chain"] * 4 + ["sleep", "exec", "failing", "flow"]

    def __init__(self, *given):
        super().__init__(*given)
        self.acknowledged = {}
        self.number = 0
        self.lock = threading.Lock()

    def act(self):
        kind = self.chance.choice(self.kinds)
        graph, ends = run_graph(kind)
        self.number += 1
        order = {"job_type": kind, "run_graph": graph, "idempotency_key": f"soak-{self.number}",
                 "lane": self.chance.choice(["default", "default", "night"])}
        status, made = self.ask("POST", "/api/v1/runs", order)
        if status == 0:
            # Whether it was taken is not known: the key makes asking again safe.
            status, made = self.ask("POST", "/api/v1/runs", order)
        if status in (200, 201):
            with self.lock:
                self.acknowledged[made["id"]] = ends

    def some(self, chance):
        with self.lock:
            return chance.choice(list(self.acknowledged)) if self.acknowledged else None


class commander(user):
    """Pauses, resumes and cancels runs, whatever they are doing; switches a lane; retries."""

    every = 0.2

    def __init__(self, connect, chance, log, runs):
        super().__init__(connect, chance, log)
        self.expected = {409}
        self.runs = runs
        self.touched = set()

    def act(self):
        if self.chance.random() < 0.1:
            enabled = self.chance.random() < 0.7
            self.ask("PUT", "/api/v1/lanes/default/night", {"enabled": enabled, "reason": "soak"})
            return
        run = self.runs.some(self.chance)
        if run is None:
            return
        command = self.chance.choice(["pause", "resume", "cancel", "resume"])
        self.touched.add(run)
        self.ask("POST", f"/api/v1/runs/{run}/commands", {"command": command, "reason": "soak"})
        if command == "pause":
            self.ask("POST", f"/api/v1/runs/{run}/commands", {"command": "resume", "reason": "soak"})

    def let_everything_go(self):
        """Leaves nothing paused behind."""
        self.ask("PUT", "/api/v1/lanes/default/night", {"enabled": True, "reason": "soak"})
        for run in self.touched:
            self.ask("POST", f"/api/v1/runs/{run}/commands", {"command": "resume", "reason": "soak"})


class reader(user):
    """Looks at everything, as dashboards do."""

    every = 0.02
    paths = ["/api/v1/runs?limit=20", "/api/v1/health", "/api/v1/lanes", "/api/v1/leases", "/api/v1/flows",
             "/api/v1/worker", "/api/v1/audit?limit=20", "/api/v1/events?limit=50", "/healthz", "/readyz",
             "/api/v1/runs?status=succeeded&limit=50"]

    def act(self):
        self.ask("GET", self.chance.choice(self.paths))


class watcher(user):
    """Opens streams of events, reads for a while, and goes without a word."""

    every = 0.5

    def act(self):
        try:
            stream = self.api.stream("/api/v1/events/stream")
        except unreachable as trouble:
            self.log(str(trouble))
            return
        end = time.monotonic() + self.chance.uniform(0.1, 3)
        try:
            while time.monotonic() < end and stream.readline():
                pass
        except OSError as trouble:
            self.log(f"stream: {trouble!r}")
        finally:
            stream.close()
