"""Looks at a server once a second, as Prometheus and `du` do, and keeps what gates are asked about."""

import os
import time

import scrape
from api import unreachable

# Series of the report: name, title, metric.
SERIES = [
    ("memory", "Resident memory, bytes", "process_resident_memory_bytes"),
    ("descriptors", "Open descriptors", "process_open_fds"),
    ("threads", "Threads", "process_threads"),
    ("cpu", "Processor time, seconds", "process_cpu_seconds_total"),
    ("runs", "Runs that ended", "sluice_run_ends_total"),
    ("answers", "HTTP answers", "sluice_http_answers_total"),
    ("commits", "Transactions", "sluice_store_commits_total"),
    ("committing", "Time in commits, seconds", "sluice_store_commit_seconds_total"),
    ("subscribers", "Streams of events", "sluice_event_subscribers"),
    ("rows", "Runs in the store", "sluice_runs"),
    ("audit", "Rows of the audit log that were removed", "sluice_retention_audit_rows_total"),
]
TITLES = {name: title for name, title, _ in SERIES} | {
    "messages": "Messages through the steady flows",
    "database": "Size of the database, bytes",
    "log": "Size of its log, bytes",
    "scrape": "Length of a scrape, bytes",
}
# What a scrape must have, whatever the load does.
FAILURES = "sluice_store_failures_total"
FAMILIES = [*(metric for _, _, metric in SERIES), FAILURES]
# What is not there while the store cannot be read.
OF_THE_STORE = {"sluice_runs"}
OVER = ("succeeded", "failed", "cancelled")
OFFERED = "sluice_edge_offered_total"


class watch:
    """Scrapes until told to stop, in a thread of its own. `ended`: returns how many runs have ended, as far as somebody knows;
    `flows_run`: whether there are flows, so that a scrape has to tell of edges."""

    def __init__(self, around, database, ended, flows_run=lambda: False):
        self._world = around
        self._database = database
        self._ended = ended
        self._flows_run = flows_run
        self.series = {name: [] for name in TITLES}
        # (seconds, runs in the store that are over, runs that had ended by then).
        self.kept = []
        # {(flow, edge): series of the messages delivered}, of the flows that stay.
        self.edges = {}
        self.imbalances = []
        # What was answered and could not be used: scrapes that are none, and families that are not there.
        self.unreadable = []
        self.scrapes = 0
        self.with_edges = 0
        # Questions without an answer, or with another than 200.
        self.missed = 0
        self.internal_failures = 0
        self._times = []

    def run(self):
        asker = self._world.connect()
        begin = due = time.monotonic()
        while True:
            due = max(due + 1, time.monotonic() - 1)
            if self._world.stopping.wait(max(0.0, due - time.monotonic())):
                break
            try:
                status, text = asker.ask("GET", "/metrics")
            except unreachable:
                self.missed += 1
                continue
            self.answered(time.monotonic() - begin, status, text)
        asker.close()

    def answered(self, now, status, text):
        """Takes an answer, whatever it says: who looks does not die of what is seen."""
        if status != 200:
            self.missed += 1
            return
        try:
            self.take(now, text)
        except Exception as trouble:  # One that cannot be read fails the soak; those after it are looked at, too.
            self.unreadable.append(f"at {now:.0f} s: {trouble!r}")

    def take(self, now, text):
        found = scrape.scrape(text)
        missing = self.missing(found)
        if missing:
            self.unreadable.append(f"at {now:.0f} s: no {', '.join(missing)}")
        self.scrapes += 1
        for name, _, metric in SERIES:
            if found.has(metric):
                self.series[name].append((now, found.total(metric)))
        self.take_edges(now, found)
        self.series["database"].append((now, self.size("")))
        self.series["log"].append((now, self.size("-wal")))
        self.series["scrape"].append((now, len(text)))
        if found.has("sluice_runs"):
            self.kept.append((now, sum(found.total("sluice_runs", status=each) for each in OVER), self._ended()))
        self.internal_failures = max(self.internal_failures, found.total(FAILURES, reason="internal"))
        self.imbalances += [f"at {now:.0f} s: {each}" for each in found.imbalances()]

    def missing(self, found):
        """Returns the families that ought to be there and are not."""
        wanted = [*FAMILIES, *([OFFERED] if self._flows_run() else [])]
        return [each for each in wanted if not found.has(each) and not (self._world.troubled and each in OF_THE_STORE)]

    def take_edges(self, now, found):
        """Counters of flows that are gone are gone with them; what they had by then stands still."""
        self.with_edges += found.has(OFFERED)
        seen = {}
        for labels, value in found.family("sluice_edge_delivered_total").items():
            told = dict(labels)
            if told["flow"].startswith("steady"):
                seen[told["flow"], told["edge"]] = value
        for key in seen.keys() - self.edges.keys():
            # One that comes late has done nothing until now.
            self.edges[key] = [(at, 0.0) for at in self._times]
        self._times.append(now)
        for key, series in self.edges.items():
            series.append((now, max(seen.get(key, 0), series[-1][1] if series else 0)))
        self.series["messages"].append((now, sum(series[-1][1] for series in self.edges.values())))

    def size(self, suffix):
        try:
            return os.path.getsize(f"{self._database}{suffix}")
        except FileNotFoundError:
            return 0
