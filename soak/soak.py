#!/usr/bin/env python3
"""Runs a server under a mixed load for a while, looks at it as an operator does, and says whether it may go on for ever.

    soak/soak.py --program build/release/sluice --seconds 180

Everything is drawn from --seed. With --kill-every N the server is killed with SIGKILL about every N seconds and started
anew on the same database: then nothing that was acknowledged may be missing. Exits with 1 when a gate fails.
"""

import argparse
import json
import pathlib
import platform
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

import gates
import report
import scrape
import workload
from api import api, unreachable
from served import ADMIN, served

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
]
# Bytes of database that one run may take, with its steps and events, indexes included.
BYTES_PER_RUN = 16 << 10


class watch:
    """Scrapes once a second, in a thread of its own."""

    def __init__(self, connect):
        self._connect = connect
        self.series = {name: [] for name, *_ in SERIES}
        self.series["messages"] = []
        self.imbalances = []
        self.scrapes = 0
        self.missed = 0
        # Counters of flows that are gone are gone with them; of each, what it had.
        self._flows = {}

    def run(self, stop):
        asker = self._connect()
        begin = time.monotonic()
        while not stop.wait(1):
            try:
                status, text = asker.ask("GET", "/metrics")
            except unreachable:
                self.missed += 1
                continue
            if status == 200:
                self.take(time.monotonic() - begin, scrape.scrape(text))
        asker.close()

    def take(self, now, found):
        self.scrapes += 1
        for name, _, metric, labels in SERIES:
            self.series[name].append((now, found.total(metric, **labels)))
        for labels, value in found.family("sluice_edge_delivered_total").items():
            self._flows[labels] = max(value, self._flows.get(labels, 0))
        steady = sum(v for k, v in self._flows.items() if any(n == "flow" and f.startswith("steady") for n, f in k))
        self.series["messages"].append((now, steady))
        self.imbalances += [f"at {now:.0f} s: {each}" for each in found.imbalances()]


def warm_up(connect, runs=2500, flows=120):
    """Fills what is bounded, so that its filling is not taken for a leak: the window of events that are served without the
    store (8,192), and the flows that are remembered after their end (100)."""
    asker = connect()
    graph, _ = workload.run_graph("noop")
    made = []
    for _ in range(runs):
        status, text = asker.ask("POST", "/api/v1/runs", {"job_type": "warm-up", "run_graph": graph})
        if status == 201:
            made.append(json.loads(text)["id"])
    for i in range(flows):
        name = f"warm-{i}"
        asker.ask("POST", "/api/v1/flows", {"name": name, "graph": workload.short_flow(name, 10)})
    asker.close()
    wait_for_ends(connect, made[-1:])
    return len(made)


def wait_for_ends(connect, runs, patience=120):
    """Returns {run: status} once all are over, or what they are when patience is."""
    asker = connect()
    end = time.monotonic() + patience
    left = dict.fromkeys(runs, "not asked")
    found = {}
    while left and time.monotonic() < end:
        for run in list(left):
            status, text = asker.ask("GET", f"/api/v1/runs/{run}")
            now = "not found" if status == 404 else scrape_status(text)
            left[run] = now
            if now in ("succeeded", "failed", "cancelled", "not found"):
                found[run] = left.pop(run)
        if left:
            time.sleep(0.5)
    asker.close()
    return {**found, **left}


def scrape_status(text):
    view = json.loads(text)
    return view.get("run", view)["status"]


def judge_runs(submitted, touched, found):
    """Returns what is wrong with the ends of runs: lost ones, ones that are not over, ones that ended otherwise."""
    wrong = []
    for run, ends in submitted.items():
        now = found.get(run, "never asked")
        if now not in ("succeeded", "failed", "cancelled"):
            wrong.append(f"{run} is {now}")
        elif now == "cancelled" and run in touched:
            continue
        elif now != ends:
            wrong.append(f"{run} is {now} instead of {ends}")
    return wrong


def soak(given, folder):
    chance = random.Random(given.seed)
    server = served(given.program, folder)
    restarts = [server.start()]
    notes = []

    def connect():
        return api(server.address, ADMIN)

    warm_up(connect)
    stop = threading.Event()
    seen = watch(connect)

    def seed():
        return random.Random(chance.getrandbits(64))

    runs = workload.submitter(connect, seed(), notes.append)
    commander = workload.commander(connect, seed(), notes.append, runs)
    users = [runs, commander, workload.flow_operator(connect, seed(), notes.append),
             workload.reader(connect, seed(), notes.append), workload.reader(connect, seed(), notes.append),
             workload.watcher(connect, seed(), notes.append), workload.watcher(connect, seed(), notes.append)]
    users = [each for each in users if type(each).__name__ not in given.without]
    threads = [threading.Thread(target=each.run, args=(stop,)) for each in [*users, seen]]
    begin = time.monotonic()
    for each in threads:
        each.start()
    kills = 0
    try:
        while time.monotonic() < begin + given.seconds:
            if not given.kill_every:
                time.sleep(min(1, max(0, begin + given.seconds - time.monotonic())))
                if server.process.poll() is not None:
                    break
                continue
            time.sleep(given.kill_every * chance.uniform(0.5, 1.5))
            server.kill()
            kills += 1
            restarts.append(server.start())
    finally:
        stop.set()
        for each in threads:
            each.join(60)
    died = server.process.poll()
    if died is not None:
        raise SystemExit(f"the server ended by itself with {died}:\n{server.log_text()[-3000:]}")
    commander.let_everything_go()
    found = wait_for_ends(connect, runs.acknowledged)
    wrong = judge_runs(runs.acknowledged, commander.touched, found)
    status = server.stop()
    size = (folder / "runs.db").stat().st_size
    with sqlite3.connect(folder / "runs.db") as database:
        rows = database.execute("SELECT count(*) FROM runs").fetchone()[0]
        sound = database.execute("PRAGMA integrity_check").fetchone()[0]
        doubled = database.execute(
            "SELECT count(*) FROM (SELECT idempotency_key FROM runs WHERE idempotency_key IS NOT NULL "
            "GROUP BY 1 HAVING count(*) > 1)").fetchone()[0]
    surprises = [each for one in users for each in one.surprises]
    provoked = ("worker_stalled",)
    complaints = [each for each in server.complaints() if each[0] not in provoked]
    verdicts = [
        gates.none("acknowledged runs that are lost, not over, or ended otherwise", wrong),
        gates.none("answers that nobody expected", surprises),
        gates.none("edges whose numbers do not add up, in any scrape", seen.imbalances),
        (status == 0, f"exit status after SIGTERM: {status}"),
        (sound == "ok", f"integrity of the database: {sound}"),
        (doubled == 0, f"runs that one order made twice: {doubled}"),
        (size <= 4e6 + rows * BYTES_PER_RUN,
         f"database: {size / 1e6:.1f} MB for {rows} runs; at most 4 MB and {BYTES_PER_RUN >> 10} KiB a run"),
        (max(restarts) <= 15, f"longest wait until ready: {max(restarts):.2f} s in {len(restarts)} starts; at most 15 s"),
    ]
    if given.kill_every:
        verdicts.append((kills > 0, f"kills: {kills}"))
    else:
        verdicts += [
            gates.none("warnings and errors in the log", complaints),
            gates.flat("resident memory", seen.series["memory"], 0.05, 8e6, lambda value: f"{value / 1e6:.1f} MB"),
            gates.flat("descriptors", seen.series["descriptors"], 0.1, 10),
            gates.flat("threads", seen.series["threads"], 0.1, 4),
            gates.steady("messages through the steady flows", seen.series["messages"]),
            gates.steady("runs that ended", seen.series["runs"]),
            (seen.missed <= seen.scrapes // 50, f"scrapes that failed: {seen.missed} of {seen.scrapes + seen.missed}"),
        ]
    version = subprocess.run([given.program, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    facts = [
        f"{version}, seed {given.seed}, {given.seconds} s, {platform.system()} {platform.release()}",
        f"{len(runs.acknowledged)} runs acknowledged, {seen.scrapes} scrapes, "
        + ", ".join(f"{type(one).__name__} {one.acts}" for one in users),
        f"SIGKILL {kills} times" if given.kill_every else "no faults",
    ]
    titles = {name: title for name, title, *_ in SERIES}
    titles["messages"] = "Messages through the steady flows"
    text = report.write(given.report, facts, verdicts, {n: (titles[n], points) for n, points in seen.series.items()})
    (given.report / "series.json").write_text(json.dumps(seen.series))
    (given.report / "server.log").write_text(server.log_text())
    (given.report / "notes.txt").write_text("\n".join(notes))
    print(text)
    return all(passed for passed, _ in verdicts)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="the sluice to soak")
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--seed", type=int, default=None, help="default: by chance, and shown")
    parser.add_argument("--kill-every", type=float, default=0, metavar="SECONDS", help="SIGKILL and start anew; 0: never")
    parser.add_argument("--without", nargs="*", default=[], metavar="USER", help="users of workload.py to leave out")
    parser.add_argument("--report", type=pathlib.Path, default=pathlib.Path("build/soak"))
    given = parser.parse_args()
    if given.seed is None:
        given.seed = random.SystemRandom().getrandbits(31)
    print(f"soak: seed {given.seed}", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="sluice-soak-") as folder:
        passed = soak(given, pathlib.Path(folder))
    print("soak: passed" if passed else "soak: FAILED", f"(report in {given.report})", file=sys.stderr)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
