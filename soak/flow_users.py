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
STEADY_FLOWS = [f"steady-{policy}" for policy in (*POLICIES, "rules")]
# How many messages leave here depends on which rules are on.
UNEVEN_NODE = "tag."


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
        # {flow: id} of those that stay.
        self.steady = {}
        self.started = 0

    def keep_steady(self):
        """Starts what does not run. While nobody troubles the server, one that ran does not end, and none is left paused."""
        flows = self.listed()
        if flows is None:
            return
        if not self.world.troubled:
            self.surprises += self.steady_but_not_running(flows)
        there = {each["name"]: each for each in flows if each["status"] in ("starting", "running", "paused")}
        for policy, settings in POLICIES.items():
            throttled = RATE * 2 if policy == "block" else RATE // 5
            self.keep(f"steady-{policy}", there, steady_flow(f"steady-{policy}", settings, throttled))
        self.keep("steady-rules", there, rules_flow(self.world.rules))

    def keep(self, name, there, graph):
        if name not in there:
            made = self.start(name, graph)
            if made:
                self.steady[name] = made
        elif there[name]["status"] == "paused":
            # The answer to its resume, or the order itself, was cut off.
            self.ask("POST", f"/api/v1/flows/{there[name]['id']}/resume", {})

    def listed(self):
        """Returns the flows, None when they cannot be listed."""
        status, listed = self.ask("GET", "/api/v1/flows")
        return listed["flows"] if status == 200 else None

    def steady_but_not_running(self, flows):
        """Returns one line for each flow that was to stay and does not run now."""
        now = {each["id"]: each["status"] for each in flows}
        return [f"{name} is {now.get(flow, 'gone')}, and ran before" for name, flow in self.steady.items()
                if now.get(flow) not in ("starting", "running")]

    def judge_steady(self):
        """Once nobody changes flows any more: returns what is wrong with those that were to stay."""
        flows = self.listed()
        if flows is None:
            return ["flows cannot be listed"]
        return [f"{name} was never started" for name in STEADY_FLOWS if name not in self.steady] + self.steady_but_not_running(flows)

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
        elif changing := [name for name in self.steady if name != "steady-rules"]:
            self.change(what, self.steady[self.chance.choice(changing)])

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
