"""Looks at a server once a second, as Prometheus and `du` do, and keeps what gates are asked about."""

import os
import time

import scrape
from api import unreachable

# Series of the report: name, title, metric, labels.
SERIES = [
    ("memory", "Resident memory, bytes", "process_resident_memory_bytes", {}),
    ("descriptors", "Open descriptors", "process_open_fds", {}),
    ("threads", "Threads", "process_threads", {}),
    ("cpu", "Processor time, seconds", "process_cpu_seconds_total", {}),
    ("runs", "Runs that ended", "sluice_run_ends_total", {}),
    ("answers", "HTTP answers", "sluice_http_answers_total", {}),
    ("commits", "Transactions", "sluice_store_commits_total", {}),
    ("subscribers", "Streams of events", "sluice_event_subscribers", {}),
    ("rows", "Runs in the store", "sluice_runs", {}),
]
TITLES = {name: title for name, title, *_ in SERIES} | {
    "messages": "Messages through the steady flows",
    "database": "Size of the database, bytes",
    "log": "Size of its log, bytes",
    "scrape": "Length of a scrape, bytes",
}
OVER = ("succeeded", "failed", "cancelled")


class watch:
    """Scrapes until told to stop, in a thread of its own. `ended`: returns how many runs have ended, as far as somebody knows."""

    def __init__(self, around, database, ended):
        self._world = around
        self._database = database
        self._ended = ended
        self.series = {name: [] for name in TITLES}
        # (seconds, runs in the store that are over, runs that had ended by then).
        self.kept = []
        self.imbalances = []
        self.scrapes = 0
        self.missed = 0
        self.internal_failures = 0
        # Counters of flows that are gone are gone with them; of each, what it had.
        self._flows = {}

    def run(self):
        asker = self._world.connect()
        begin = time.monotonic()
        while not self._world.stopping.wait(1):
            try:
                status, text = asker.ask("GET", "/metrics")
            except unreachable:
                self.missed += 1
                continue
            if status == 200:
                self.take(time.monotonic() - begin, text)
        asker.close()

    def take(self, now, text):
        found = scrape.scrape(text)
        self.scrapes += 1
        for name, _, metric, labels in SERIES:
            self.series[name].append((now, found.total(metric, **labels)))
        for labels, value in found.family("sluice_edge_delivered_total").items():
            self._flows[labels] = max(value, self._flows.get(labels, 0))
        steady = sum(v for k, v in self._flows.items() if any(n == "flow" and f.startswith("steady") for n, f in k))
        self.series["messages"].append((now, steady))
        self.series["database"].append((now, self.size("")))
        self.series["log"].append((now, self.size("-wal")))
        self.series["scrape"].append((now, len(text)))
        self.kept.append((now, sum(found.total("sluice_runs", status=each) for each in OVER), self._ended()))
        self.internal_failures += found.total("sluice_store_failures_total", reason="internal")
        self.imbalances += [f"at {now:.0f} s: {each}" for each in found.imbalances()]

    def size(self, suffix):
        try:
            return os.path.getsize(f"{self._database}{suffix}")
        except FileNotFoundError:
            return 0
