"""Users who submit runs of all kinds, tell them things, and look at them."""

import json
import threading
import time

from told import told
from users import user

# A command that says what it does, in a file where each line is appended whole: run, step, attempt, what.
SAYING = ('say() { echo "$SLUICE_RUN_ID $SLUICE_STEP $SLUICE_ATTEMPT $1" >> "$0"; }; say begin; sleep 0.05; say end')
NOOP = {"kind": "noop"}
FLOW = {"version": 1, "name": "step", "nodes": {"n": {"type": "generate", "count": 500}, "d": {"type": "null"}},
        "edges": ["n -> d"]}


def saying(journal):
    return {"kind": "exec", "params": {"argv": ["sh", "-c", SAYING, str(journal)]}}


def run_graph(kind, journal=None):
    """Returns the steps of a run, and the status it is to end in."""
    say = saying(journal) if journal else {"kind": "exec", "params": {"argv": ["sh", "-c", "echo soaked"]}}
    graphs = {
        "noop": ({"only": NOOP}, "succeeded"),
        "chain": ({"a": NOOP, "b": {**NOOP, "deps": ["a"]}, "c": {**NOOP, "deps": ["a"]}}, "succeeded"),
        "sleep": ({"rest": {"kind": "sleep", "params": {"for": "200ms"}}}, "succeeded"),
        "exec": ({"run": say}, "succeeded"),
        "chain of commands": ({"a": say, "b": {**say, "deps": ["a"]}, "c": {**say, "deps": ["a"]}}, "succeeded"),
        "failing": ({"run": {"kind": "exec", "params": {"argv": ["false"]}}}, "failed"),
        "flow": ({"flow": {"kind": "flow", "params": {"graph": json.loads(json.dumps(FLOW))}}}, "succeeded"),
    }
    steps, ends = graphs[kind]
    return {"version": 1, "steps": steps}, ends


class submitter(user):
    """Submits runs of all kinds, and remembers what was acknowledged."""

    every = 0.05
    kinds = ["noop"] * 6 + ["chain"] * 4 + ["sleep", "exec", "failing", "flow"]
    # Those of a world with a journal: most of them leave traces.
    saying = ["noop", "chain", "sleep", "flow", "failing", "exec", "exec", "chain of commands"]
    # Of the runs that others do something with, so many of the newest are chosen from.
    lately = 200

    def __init__(self, *given):
        super().__init__(*given)
        self.acknowledged = {}
        self._newest = []
        self._orders = []
        self._number = 0
        self._lock = threading.Lock()

    def act(self):
        if self._orders and self.chance.random() < 0.05:
            return self.ask_again()
        kind = self.chance.choice(self.saying if self.world.journal else self.kinds)
        graph, ends = run_graph(kind, self.world.journal)
        self._number += 1
        order = {"job_type": kind, "run_graph": graph, "idempotency_key": f"soak-{self._number}",
                 "lane": self.chance.choice(["default", "default", "night"])}
        made = self.submit(order)
        if made is None:
            return
        with self._lock:
            self.acknowledged[made["id"]] = ends
            self._newest = [*self._newest[-self.lately:], made["id"]]
        self._orders = [*self._orders[-20:], (order, made["id"])]

    def submit(self, order, patience=5):
        """Whether an order without an answer was taken is not known: its key makes asking again safe."""
        for _ in range(patience):
            status, made = self.ask("POST", "/api/v1/runs", order)
            if status in (200, 201):
                return made
        return None

    def ask_again(self):
        """The same key and body is the same run, however often it is sent."""
        order, run = self.chance.choice(self._orders)
        status, made = self.ask("POST", "/api/v1/runs", order)
        if status == 200 and made["id"] != run:
            self.surprises.append(f"key {order['idempotency_key']} is run {run} and {made['id']}")
        elif status == 201 and not self.world.retention:
            self.surprises.append(f"key {order['idempotency_key']} made run {made['id']} beside {run}")
        elif status == 201:
            # The first was over for so long that it was removed, and its key with it.
            with self._lock:
                self.acknowledged[made["id"]] = self.acknowledged[run]

    def known(self):
        """Returns the runs that are acknowledged by now."""
        with self._lock:
            return set(self.acknowledged)

    def some(self, chance):
        with self._lock:
            return chance.choice(self._newest) if self._newest else None

    def newest(self):
        with self._lock:
            return self._newest[-1] if self._newest else None


class commander(user):
    """Pauses, resumes and cancels runs, whatever they are doing; switches a lane."""

    every = 0.2

    def __init__(self, around, chance, runs):
        super().__init__(around, chance)
        self.expected |= {409, 404} if around.retention else {409}
        self.runs = runs
        self.touched = set()
        self.told = told()
        # How the lane was set, as far as that is known: an order without an answer may have been followed.
        self.lane = None

    def act(self):
        if self.chance.random() < 0.1:
            return self.switch_lane(self.chance.random() < 0.7, self.chance.choice([None, 4, 50]))
        # Most of the newest are over: what comes in while a run is on its way is told to the last one.
        run = self.runs.newest() if self.chance.random() < 0.5 else self.runs.some(self.chance)
        if run is None:
            return
        command = self.chance.choice(["pause", "resume", "cancel", "resume"])
        self.touched.add(run)
        self.tell(run, command)
        if command == "pause":
            self.tell(run, "resume")

    def tell(self, run, command):
        reason = self.told.begin(run)
        status, said = self.ask("POST", f"/api/v1/runs/{run}/commands", {"command": command, "reason": reason})
        if status == 200:
            self.told.acknowledge(run, command, reason, said["changed"])
        elif status in (404, 409):
            self.told.refuse(run)

    def switch_lane(self, enabled, concurrent_runs=None):
        wanted = {"enabled": enabled, "concurrent_runs": concurrent_runs}
        self.lane = None
        status, _ = self.ask("PUT", "/api/v1/lanes/default/night", {**wanted, "reason": "soak"})
        if status == 200:
            self.lane = wanted

    def judge_lane(self, patience=20):
        """Returns what is wrong with how the lane is set; that it cannot be read for so long is, too."""
        end = time.monotonic() + patience
        while True:
            expected = self.lane
            status, found = self.ask("GET", "/api/v1/lanes/default/night")
            # Somebody may have set it meanwhile.
            if expected is None or expected is not self.lane:
                return []
            if status == 200:
                return [f"lane night: {name} is {found[name]}, and {value} was acknowledged"
                        for name, value in expected.items() if found[name] != value]
            if time.monotonic() > end:
                return [f"lane night cannot be read: {status}"]
            time.sleep(0.1)

    def paused(self):
        """Returns the runs that are, None when they cannot be listed."""
        status, page = self.ask("GET", "/api/v1/runs?status=paused&limit=1000")
        return [run["id"] for run in page["runs"]] if status == 200 else None

    def judge_resumed(self, patience=30):
        """Before everything is let go, and while nobody tells runs anything: returns those that are paused although a resume was
        the last they were told. One that is on its way has some time."""
        end = time.monotonic() + patience
        while True:
            paused = self.paused()
            left = ["paused runs cannot be listed"] if paused is None else [
                f"{run} is paused, and was told to resume" for run in paused if self.told.last(run) == "resume"]
            if not left or time.monotonic() > end:
                return left
            time.sleep(0.2)

    def let_everything_go(self):
        """Leaves nothing paused behind, and no lane off."""
        self.switch_lane(True)
        for _ in range(100):
            runs = self.paused()
            if not runs:
                return
            for run in runs:
                self.tell(run, "resume")


class reader(user):
    """Looks at everything, as dashboards do."""

    every = 0.02
    paths = ["/api/v1/runs?limit=20", "/api/v1/health", "/api/v1/lanes", "/api/v1/leases", "/api/v1/flows",
             "/api/v1/worker", "/api/v1/audit?limit=20", "/api/v1/events?limit=50", "/healthz", "/readyz",
             "/api/v1/runs?status=succeeded&limit=50", "/api/v1/rules"]

    def act(self):
        self.ask("GET", self.chance.choice(self.paths))
