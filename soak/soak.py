#!/usr/bin/env python3
"""Runs a server under a mixed load for a while, looks at it as an operator does, and says whether it may go on for ever.

    soak/soak.py --program build/release/sluice --seconds 180

Everything is drawn from --seed. Exits with 1 when a gate fails; then the database and the log are kept. chaos.py is the same load
under faults.
"""

import argparse
import json
import pathlib
import platform
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

import gates
import report
import watching
from flow_users import short_flow
from rule_users import write_rules
from run_users import run_graph
from served import ADMIN, served
from users import world
from workload import judge_ends, workload

# Bytes of database that one run may take, with its steps, events and audit rows, indexes included; what there is without any; and the
# log that is written into before it is copied back.
BYTES_PER_RUN = 4 << 10
BYTES_AT_LEAST = 1 << 20
BYTES_OF_LOG = 24 << 20
# What the load provokes: handlers that a busy machine held up, and rules that were broken on purpose.
PROVOKED = {"worker_stalled", "node_stalled", "rule_finding"}
WARM_RUNS = 2500


def warm_up(around, runs=WARM_RUNS, flows=120):
    """Fills what is bounded, so that its filling is not taken for a leak: the window of events that are served without the
    store (8,192), and the flows that are remembered after their end (100)."""
    asker = around.connect()
    graph, _ = run_graph("noop")
    made = []
    for _ in range(runs):
        status, text = asker.ask("POST", "/api/v1/runs", {"job_type": "warm-up", "run_graph": graph})
        if status == 201:
            made.append(json.loads(text)["id"])
    for i in range(flows):
        name = f"warm-{i}"
        asker.ask("POST", "/api/v1/flows", {"name": name, "graph": short_flow(name, 10)})
    asker.close()
    return made


def look_at(database):
    """Returns (runs, whether it is sound, pages in use by size) of a database that nobody has open."""
    with sqlite3.connect(database) as opened:
        ask = lambda query: opened.execute(query).fetchone()[0]
        pages = ask("PRAGMA page_count") - ask("PRAGMA freelist_count")
        return ask("SELECT count(*) FROM runs"), ask("PRAGMA integrity_check"), pages * ask("PRAGMA page_size")


def judge(given, load, seen, server, found):
    """Returns the verdicts of all gates: (passed, sentence)."""
    window = given.keep * 1.1 + 10
    size, log = (max((value for _, value in seen.series[name]), default=0) for name in ("database", "log"))
    # The file does not shrink when the runs of the warm-up go.
    rows = max([WARM_RUNS, *(value for _, value in seen.series["rows"])])
    allowed = BYTES_AT_LEAST + rows * BYTES_PER_RUN
    complaints = [each for each in server.complaints() if each[0] not in PROVOKED]
    mega = lambda value: f"{value / 1e6:.1f} MB"
    return [
        gates.none("acknowledged runs that are lost, not over, or ended otherwise", found["ends"]),
        gates.none("answers and events that nobody expected", load.surprises()),
        gates.none("rules that are not as their files and the operators say", found["rules"]),
        gates.none("rules that match though they are off, or do not though they are on", found["hits"]),
        gates.none("edges whose numbers do not add up, in any scrape", seen.imbalances),
        gates.none("warnings and errors in the log", complaints),
        (found["status"] == 0, f"exit status after SIGTERM: {found['status']}"),
        (found["sound"] == "ok", f"integrity of the database: {found['sound']}"),
        gates.retained("runs that are over and kept", seen.kept, window, 100),
        (size <= allowed, f"database: {mega(size)} for {rows:.0f} runs at most; at most {mega(allowed)}"),
        (log <= BYTES_OF_LOG, f"its log: {mega(log)} at most; at most {mega(BYTES_OF_LOG)}"),
        (found["used"] <= BYTES_AT_LEAST + found["rows"] * BYTES_PER_RUN,
         f"pages in use in the end: {mega(found['used'])} for {found['rows']} runs; at most {mega(BYTES_AT_LEAST)} and "
         f"{BYTES_PER_RUN >> 10} KiB a run"),
        gates.flat("database", seen.series["database"], 0.1, 4e6, mega),
        gates.flat("resident memory", seen.series["memory"], 0.05, 8e6, mega),
        gates.flat("descriptors", seen.series["descriptors"], 0.1, 10),
        gates.flat("threads", seen.series["threads"], 0.1, 4),
        gates.steady("messages through the steady flows", seen.series["messages"]),
        gates.steady("runs that ended", seen.series["runs"]),
        (seen.missed <= seen.scrapes // 50, f"scrapes that failed: {seen.missed} of {seen.scrapes + seen.missed}"),
        (server.ready_after <= 15, f"ready after {server.ready_after:.2f} s; at most 15 s"),
    ]


def work(given, around, server, load, seen):
    """Lets the load run for its time, then brings everything to its end. Returns what was found in the end."""
    load.begin_chronicle()
    warm = warm_up(around)
    load.chronicle.wait_for_ends(warm[-1:], 60)
    looking = threading.Thread(target=seen.run)
    looking.start()
    load.start()
    end = time.monotonic() + given.seconds
    try:
        while time.monotonic() < end and server.process.poll() is None:
            time.sleep(min(1, max(0, end - time.monotonic())))
        died = server.process.poll()
        if died is not None:
            raise SystemExit(f"the server ended by itself with {died}:\n{server.log_text()[-3000:]}")
    finally:
        load.stop()
        looking.join(60)
        if server.process.poll() is None:
            load.commander.let_everything_go()
            load.chronicle.wait_for_ends(load.runs.acknowledged, 120)
        load.end_chronicle()
    found = {"ends": judge_ends(load.runs.acknowledged, load.commander.touched, load.chronicle.how_they_ended()),
             "rules": load.rules.settle(), "hits": load.rules.judge_hits(), "status": server.stop()}
    found["rows"], found["sound"], found["used"] = look_at(server.database)
    return found


def soak(given, folder):
    server = served(given.program, folder, keep=given.keep)
    write_rules(server.rules)
    notes = []
    server.start()
    around = world(server.address, ADMIN, notes.append, server.rules, retention=True)
    load = workload(around, random.Random(given.seed), given.without)
    seen = watching.watch(around, server.database, lambda: load.chronicle.ended)
    try:
        found = work(given, around, server, load, seen)
    finally:
        given.report.mkdir(parents=True, exist_ok=True)
        (given.report / "server.log").write_text(server.log_text())
        (given.report / "notes.txt").write_text("\n".join(notes))
        server.put_away()
    verdicts = judge(given, load, seen, server, found)
    version = subprocess.run([given.program, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    facts = [
        f"{version}, seed {given.seed}, {given.seconds:.0f} s, {platform.system()} {platform.release()}",
        f"{len(load.runs.acknowledged)} runs acknowledged, each kept for {given.keep:.0f} s after its end; {load.chronicle.count} "
        f"events in order; {seen.scrapes} scrapes",
        load.acts(),
    ]
    plots = {name: (watching.TITLES[name], points) for name, points in seen.series.items()}
    (given.report / "series.json").write_text(json.dumps(seen.series))
    print(report.write(given.report / "REPORT.md", "Soak", facts, verdicts, plots))
    if given.page:
        report.write(given.page, "Soak", facts, verdicts, {name: plots[name] for name in report.PAGE}, prefix="soak-")
    return all(passed for passed, _ in verdicts)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="the sluice to soak")
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--seed", type=int, default=None, help="default: by chance, and shown")
    parser.add_argument("--keep", type=float, default=None, metavar="SECONDS",
                        help="store.keep_runs and store.keep_audit; default: a ninth of the time, at most a minute")
    parser.add_argument("--without", nargs="*", default=[], metavar="USER", help="users of workload.py to leave out")
    parser.add_argument("--report", type=pathlib.Path, default=pathlib.Path("build/soak"), help="folder for report and series")
    parser.add_argument("--page", type=pathlib.Path, default=None, metavar="FILE.md",
                        help="write the report there, too, with small plots beside it")
    given = parser.parse_args()
    if given.seed is None:
        given.seed = random.SystemRandom().getrandbits(31)
    if given.keep is None:
        given.keep = max(2, min(60, given.seconds // 9))
    return given


def main():
    given = arguments()
    print(f"soak: seed {given.seed}", file=sys.stderr)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="sluice-soak-"))
    passed = False
    try:
        passed = soak(given, folder)
    finally:
        if passed:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            print(f"soak: seed {given.seed} FAILED: log and database are in {folder}", file=sys.stderr)
    print("soak: passed" if passed else "soak: FAILED", f"(report in {given.report})", file=sys.stderr)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
