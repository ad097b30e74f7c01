"""A user who keeps flows running, starts short ones, and changes them while they run."""

from users import user

POLICIES = {
    "block": "policy: block",
    "drop": "policy: drop",
    "drop-oldest": "policy: drop_oldest",
    "latest": "policy: latest, key: .sensor",
    "coalesce": "policy: coalesce, coalesce: last",
}
# Messages a second of each of the flows that stay.
RATE = 5000
# And of the one that matches rules: one message in twenty for each rule.
RULES_RATE = 1000
RULE_COUNT = 20


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


def rules_flow(rules):
    """Returns a graph whose records are matched by the rules of a folder."""
    return f"""
version: 1
name: steady-rules
nodes:
  numbers: {{ type: generate, rate: {RULES_RATE} }}
  records: {{ type: map, jq: '{{id: tostring, kind: "ssh", command: "try word\\(. % {RULE_COUNT}) now"}}' }}
  tag: {{ type: rules, path: '{rules}' }}
  tagged: {{ type: null }}
  others: {{ type: null }}
edges:
  - numbers -> records -> tag
  - tag.matched -> tagged
  - tag.unmatched -> others
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


class flow_operator(user):
    """Keeps a flow of each policy and one with rules, starts and stops short ones, changes edges, pauses and resumes."""

    every = 0.3

    def __init__(self, *given):
        super().__init__(*given)
        # Short ones end by themselves, between one order and the next.
        self.expected |= {404, 409}
        self.steady = {}
        self.started = 0

    def keep_steady(self):
        status, listed = self.ask("GET", "/api/v1/flows")
        if status != 200:
            return
        running = {each["name"] for each in listed["flows"] if each["status"] in ("starting", "running", "paused")}
        for policy, settings in POLICIES.items():
            name = f"steady-{policy}"
            if name not in running:
                throttled = RATE * 2 if policy == "block" else RATE // 5
                made = self.start(name, steady_flow(name, settings, throttled))
                if made:
                    self.steady[policy] = made
        if "steady-rules" not in running:
            self.start("steady-rules", rules_flow(self.world.rules))

    def start(self, name, graph):
        """Returns the flow's id, None when it was not started, or when that is not known."""
        status, made = self.ask("POST", "/api/v1/flows", {"name": name, "graph": graph})
        return made["id"] if status == 201 else None

    def act(self):
        if self.acts % 20 == 0:
            self.keep_steady()
        what = self.chance.choice(["short", "short", "edge", "pause", "control", "look"])
        if what == "short":
            self.start_short()
        elif self.steady:
            self.change(what, self.steady[self.chance.choice(list(self.steady))])

    def start_short(self):
        self.started += 1
        name = f"short-{self.started}"
        flow = self.start(name, short_flow(name, self.chance.randint(10, 2000)))
        if flow and self.chance.random() < 0.5:
            self.ask("POST", f"/api/v1/flows/{flow}/nodes/batches/control", {"command": "flush"})
            self.ask("POST", f"/api/v1/flows/{flow}/stop", {"drain_timeout": "2s"})

    def change(self, what, flow):
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
