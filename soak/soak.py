#!/usr/bin/env python3
"""Runs a server under a mixed load for a while, looks at it as an operator does, and says whether it may go on for ever.

    soak/soak.py --program build/release/sluice --seconds 180

Everything is drawn from --seed. Exits with 1 when a gate fails; then the database and the log are kept. chaos.py is the same load
under faults.
"""

import argparse
import datetime
import json
import os
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
from flow_users import STEADY_FLOWS, UNEVEN_NODE, short_flow
from ledger import judge_told, judge_undelivered, ledger, seconds
from process_log import STALLED, judge_log
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
# Seconds for one handler that took too long because the machine was busy.
STALLS = 10
# Seconds in which a run may end although its owner was told something: it had its end under way.
UNHEARD = 5
# Seconds from which on a soak is judged more sharply.
LONG = 600
# What may cost more without being dearer: processor time in a second, and the time of a transaction. Less is chance.
CPU_LEAST = 0.05
COMMIT_LEAST = 0.001
WARM_RUNS = 2500


def warm_up(around, runs=WARM_RUNS, flows=120):
    """Fills what is bounded, so that its filling is not taken for a leak: the window of events that are served without the
    store (8,192), and the flows that are remembered after their end (100). Returns the runs."""
    asker = around.connect()

    def make(path, order):
        status, text = asker.ask("POST", path, order)
        if status != 201:
            raise SystemExit(f"the warm-up was refused: POST {path} -> {status} {text[:300]}")
        return json.loads(text)["id"]

    graph, _ = run_graph("noop")
    made = [make("/api/v1/runs", {"job_type": "warm-up", "run_graph": graph}) for _ in range(runs)]
    for i in range(flows):
        make("/api/v1/flows", {"name": f"warm-{i}", "graph": short_flow(f"warm-{i}", 10)})
    asker.close()
    return made


def look_at(program, database):
    """Returns what is in a database that nobody has open."""
    stopped = time.time()
    check = subprocess.run([program, "db", "check", str(database)], capture_output=True, text=True, check=False)
    with sqlite3.connect(database) as opened:
        ask = lambda query: opened.execute(query).fetchone()[0]
        used = (ask("PRAGMA page_count") - ask("PRAGMA freelist_count")) * ask("PRAGMA page_size")
    now = ledger(database)
    return {"rows": len(now.runs), "used": used,
            "oldest_audit": stopped - seconds(now.oldest_audit) if now.oldest_audit else 0,
            "check": [] if check.returncode == 0 else (check.stdout + check.stderr).splitlines() or [f"exit {check.returncode}"]}


def judge(given, load, seen, server, found):
    """Returns the verdicts of all gates: (passed, sentence)."""
    window = given.keep * 1.1 + 10
    size, log = (max((value for _, value in seen.series[name]), default=0) for name in ("database", "log"))
    # The file does not shrink when the runs of the warm-up go.
    rows = max([WARM_RUNS, *(value for _, value in seen.series["rows"])])
    allowed = BYTES_AT_LEAST + rows * BYTES_PER_RUN
    complaints, provoked = judge_log(server.log.lines(), load.rules.were_broken)
    stalled = provoked.get(STALLED, 0)
    mega = lambda value: f"{value / 1e6:.1f} MB"
    even = {key: counter for key, counter in seen.edges.items() if not key[1].startswith(UNEVEN_NODE)}
    series = seen.series
    removed = max((value for _, value in series["audit"]), default=0)
    # A neighbour of some seconds weighs more in a quarter of a short soak.
    dearer, chance = (1.25, 1) if given.seconds >= LONG else (1.5, 2)
    return [
        gates.none("acknowledged runs that are lost, not over, or ended otherwise", found["ends"]),
        gates.none("answers and events that nobody expected", load.surprises()),
        gates.none("rules that are not as their files and the operators say", found["rules"]),
        gates.none("rules that match though they are off, or do not though they are on", found["hits"]),
        gates.none("flows that were to stay and do not run in the end", found["flows"]),
        gates.none("runs that stayed paused although a resume was acknowledged last", found["resumed"]),
        gates.none("acknowledged commands without an event or a row of the audit log", found["told"]),
        gates.none("commands that wait in runs that are over", found["undelivered"]),
        gates.none("edges whose numbers do not add up, in any scrape", seen.imbalances),
        gates.none("scrapes that cannot be read, or lack something", seen.unreadable),
        gates.none("warnings and errors in the log", complaints),
        (stalled <= max(3, given.seconds / STALLS),
         f"handlers that were held up: {stalled}; at most {max(3, given.seconds / STALLS):.0f}"),
        (found["status"] == 0, f"exit status after SIGTERM: {found['status']}"),
        gates.none("what `sluice db check` finds", found["check"]),
        gates.retained("runs that are over and kept", seen.kept, window, 100),
        (size <= allowed, f"database: {mega(size)} for {rows:.0f} runs at most; at most {mega(allowed)}"),
        (log <= BYTES_OF_LOG, f"its log: {mega(log)} at most; at most {mega(BYTES_OF_LOG)}"),
        (found["used"] <= BYTES_AT_LEAST + found["rows"] * BYTES_PER_RUN,
         f"pages in use in the end: {mega(found['used'])} for {found['rows']} runs; at most {mega(BYTES_AT_LEAST)} and "
         f"{BYTES_PER_RUN >> 10} KiB a run"),
        (found["oldest_audit"] <= window, f"oldest row of the audit log: {found['oldest_audit']:.0f} s; at most {window:.0f} s"),
        (removed > 0, f"rows of the audit log that retention removed: {removed:.0f}"),
        gates.flat("database", series["database"], 0.1, 4e6, mega),
        gates.flat("resident memory", series["memory"], 0.05, 8e6, mega),
        gates.flat("descriptors", series["descriptors"], 0.1, 10),
        gates.flat("threads", series["threads"], 0.1, 4),
        gates.each_steady("edges of the steady flows", STEADY_FLOWS, even),
        gates.steady("runs that ended", series["runs"]),
        gates.no_dearer("processor time in a second", series["cpu"], least=CPU_LEAST * chance, ceiling=dearer),
        gates.no_dearer("time of a transaction", series["committing"], series["commits"], COMMIT_LEAST * chance, dearer,
                        lambda value: f"{value * 1e3:.2f} ms"),
        gates.no_longer("length of a scrape in bytes", series["scrape"]),
        gates.watched("scrapes", seen.scrapes, given.seconds, 0.9),
        (seen.missed <= seen.scrapes // 50, f"scrapes that failed: {seen.missed} of {seen.scrapes + seen.missed}"),
        (server.ready_after <= 15, f"ready after {server.ready_after:.2f} s; at most 15 s"),
    ]


def settle(given, server, load):
    """Once nobody does anything any more: looks at what is left, and lets everything go. Returns what was found."""
    now = ledger(server.database)
    # Retention may have removed what is older than this, and nothing else.
    young = time.time() - given.keep
    changed = list(load.commander.told.changed)
    found = {"flows": load.flows.judge_steady(), "resumed": load.commander.judge_resumed(),
             "undelivered": judge_undelivered(now.undelivered, UNHEARD)}
    load.commander.let_everything_go()
    load.chronicle.wait_for_ends(load.runs.acknowledged, 120)
    return found | {"told": judge_told(changed, load.chronicle.received, now.audit, young)}


def work(given, around, server, load, seen):
    """Lets the load run for its time, then brings everything to its end. Returns what was found in the end."""
    load.begin_chronicle()
    warm = warm_up(around)
    if left := load.chronicle.wait_for_ends(warm, 60):
        raise SystemExit(f"{len(left)} of {len(warm)} runs of the warm-up are not over within a minute")
    looking = threading.Thread(target=seen.run)
    looking.start()
    load.start()
    end = time.monotonic() + given.seconds
    try:
        while time.monotonic() < end and server.process.poll() is None:
            time.sleep(min(1, max(0, end - time.monotonic())))
        died = server.process.poll()
        if died is not None:
            raise SystemExit(f"the server ended by itself with {died}:\n{server.log.text()[-3000:]}")
    finally:
        load.stop()
        looking.join(60)
        found = settle(given, server, load) if server.process.poll() is None else {}
        load.end_chronicle()
    found |= {"ends": judge_ends(load.runs.acknowledged, load.commander.touched, load.chronicle.how_they_ended()),
              "rules": load.rules.settle(), "hits": load.rules.judge_hits(), "status": server.stop()}
    return found | look_at(given.program, server.database)


def soak(given, folder):
    server = served(given.program, folder, keep_runs=given.keep, keep_audit=given.keep)
    write_rules(server.rules)
    notes = []
    server.start()
    around = world(server.address, ADMIN, notes.append, server.rules, retention=True)
    load = workload(around, random.Random(given.seed), given.without)
    seen = watching.watch(around, server.database, lambda: load.chronicle.ended, lambda: bool(load.flows.steady))
    try:
        found = work(given, around, server, load, seen)
    finally:
        given.report.mkdir(parents=True, exist_ok=True)
        (given.report / "server.log").write_text(server.log.text())
        (given.report / "notes.txt").write_text("\n".join(notes))
        server.put_away()
    verdicts = judge(given, load, seen, server, found)
    version = subprocess.run([given.program, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    facts = [
        f"`make soak SECONDS={given.seconds:.0f} SEED={given.seed}`, done {datetime.date.today()}",
        f"{version}, {os.cpu_count()} processors, {platform.system()} {platform.release()}",
        f"{len(load.runs.acknowledged)} runs acknowledged, each kept for {given.keep:.0f} s after its end; {load.chronicle.count} "
        f"events in order; {len(load.commander.told.changed)} commands to runs acknowledged; {seen.scrapes} scrapes",
        load.acts(),
        f"provoked in the log: {report.counts(judge_log(server.log.lines(), load.rules.were_broken)[1])}",
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
