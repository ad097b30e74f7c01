#!/usr/bin/env python3
"""The load of soak.py on a server under faults: killed, frozen, without room, on a slow disk, with a wrong clock, behind a bad line.

    soak/chaos.py --program build/release/sluice --shim build/release/soak/libtroubled_system.so --seconds 75 --seed 1

The same --seed brings the same faults in the same order. After each the server has to be ready again within a bound, and nothing
that was acknowledged may be missing. In the end everything has to be over, once. Exits with 1 when that is not so, and says where the
log and the database are kept.
"""

import argparse
import pathlib
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import gates
import report
import watching
from faults import DECK, faults
from ledger import attempts_of, judge_attempts, judge_events, judge_journal, ledger, repeated, run_ids
from other_worker import other_worker
from proxy import proxy
from rule_users import write_rules
from served import ADMIN, served
from trouble import trouble
from users import world
from workload import judge_ends, workload

# Seconds until a server is ready after a fault, and until everything is over in the end.
READY = 30
OVER = 180
# Short, so that leases are lost while a server stands still.
LEASE = "3s"
# Why a start may fail, to be made again by whoever manages the service: there is no room; and a child of the killed server, which it
# was about to make a command of, has the port for a moment longer.
EXCUSES = ("[store_full]", "[cannot_listen]")


class disaster(Exception):
    """It makes no sense to go on."""


class chaos:
    """One server, its users, and what happens to them."""

    def __init__(self, given, folder):
        self.given = given
        self.folder = folder
        chance = random.Random(given.seed)
        data = folder / "data"
        self.trouble = trouble(given.shim, folder / "orders", data)
        self.server = served(given.program, folder, lease_ttl=LEASE, environment=self.trouble.environment)
        self.worker = other_worker(given.program, folder, self.server.database, LEASE, self.trouble.environment)
        write_rules(self.server.rules)
        self.journal = folder / "journal"
        self.journal.touch()
        self.line = proxy(self.server.address, chance.getrandbits(64))
        self.notes = []
        self.began = time.monotonic()
        around = world(self.line.address, ADMIN, self.note, self.server.rules, self.journal, troubled=True)
        self.load = workload(around, random.Random(chance.getrandbits(64)), given.without)
        self.seen = watching.watch(around, self.server.database, lambda: self.load.chronicle.ended)
        self.faults = faults(self.server, self.worker, self.trouble, self.line, random.Random(chance.getrandbits(64)))
        self.chance = chance
        self.number = 0
        self.waits = []
        self.wrong = []

    def note(self, text):
        self.notes.append(f"{time.monotonic() - self.began:8.2f} {text}")

    def run(self):
        """Returns what was found in the end."""
        self.server.start()
        self.worker.launch()
        self.load.begin_chronicle()
        looking = threading.Thread(target=self.seen.run)
        looking.start()
        self.load.start()
        try:
            try:
                end = time.monotonic() + self.given.seconds
                while time.monotonic() < end:
                    time.sleep(self.chance.uniform(0.5, 2.5))
                    self.one_fault()
            finally:
                self.trouble.end()
                self.load.stop()
                looking.join(60)
            return self.settle()
        finally:
            self.load.end_chronicle()
            self.line.close()
            self.worker.put_away()
            self.server.put_away()

    def one_fault(self):
        self.number += 1
        name = self.faults.draw()
        before = self.load.runs.known()
        restarts = self.faults.restarts
        self.note(f"fault {self.number}: {name}")
        text = self.faults.make(name)
        self.worker.keep()
        waited = self.server.keep_until_ready(READY) if self.faults.restarts > restarts else self.server.await_ready(READY)
        self.note(f"fault {self.number}: {text}; ready after {waited if waited is None else round(waited, 2)} s")
        if waited is None:
            raise disaster(f"fault {self.number} ({name}: {text}): not ready within {READY} s; "
                           f"the process {'has ended' if self.server.process.poll() is not None else 'lives'}")
        self.waits.append(waited)
        self.look(f"after fault {self.number} ({name})", before, self.faults.restarts > restarts)

    def look(self, when, before, restarted):
        """What was acknowledged before a fault has to be there after it; and after a start the settings of operators."""
        missing = before - run_ids(self.server.database)
        self.wrong += [f"{when}: run {run} is not there" for run in missing]
        if not restarted:
            return
        for user, judge in ((self.load.rules, self.load.rules.look), (self.load.commander, self.load.commander.judge_lane)):
            with user.busy:
                self.wrong += [f"{when}: {each}" for each in judge()]

    def settle(self):
        """Brings everything to its end and looks at it."""
        if self.server.process.poll() is not None:
            raise disaster(f"after fault {self.number} the server is gone: exit status {self.server.process.returncode}")
        if self.server.await_ready(READY) is None:
            raise disaster(f"after the last fault, {self.number}: not ready within {READY} s")
        load = self.load
        load.commander.let_everything_go()
        load.chronicle.wait_for_ends(load.runs.acknowledged, OVER)
        found = {"rules": load.rules.settle(), "hits": [], "lane": load.commander.judge_lane()}
        load.flows.keep_steady()
        found["hits"] = load.rules.judge_hits()
        found["ends"] = judge_ends(load.runs.acknowledged, load.commander.touched, load.chronicle.how_they_ended())
        self.await_chronicle(load.chronicle)
        self.worker.keep()
        found["worker"] = self.worker.stop()
        found["status"] = self.server.stop()
        check = subprocess.run([self.given.program, "db", "check", str(self.server.database)], capture_output=True, text=True,
                               check=False)
        found["check"] = [] if check.returncode == 0 else (check.stdout + check.stderr).splitlines()
        return found

    def await_chronicle(self, chronicle, patience=30):
        """Until whoever follows all events has heard the last one."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            events = ledger(self.server.database).events
            if not events or events[-1][0] == chronicle.last:
                return
            time.sleep(0.2)


def judge(scene, found, ledger_now, lines):
    """Returns the verdicts: (passed, sentence)."""
    load = scene.load
    attempts = attempts_of(ledger_now.events)
    lost = [run for run in load.runs.acknowledged if run not in ledger_now.runs]
    followed = [] if load.chronicle.count == len(ledger_now.events) else [
        f"{load.chronicle.count} of {len(ledger_now.events)} events"]
    slowest = max(scene.waits, default=0)
    return [
        gates.none("acknowledged runs that are missing, looked for after each fault", scene.wrong + lost),
        gates.none("runs that are not over in the end", ledger_now.not_over()),
        gates.none("acknowledged runs that did not end as they were to", found["ends"]),
        gates.none("keys with two runs", ledger_now.doubled),
        gates.none("events with gaps, twice, or after an end", judge_events(ledger_now.events)),
        gates.none("events that did not reach who followed them all, once each", followed),
        gates.none("steps that succeeded twice, attempts without an end", judge_attempts(attempts)),
        gates.none("commands that were carried out otherwise than is noted", judge_journal(lines, attempts)),
        gates.none("rules that are not as their files and the operators say", found["rules"]),
        gates.none("rules that match though they are off, or do not though they are on", found["hits"]),
        gates.none("lanes that are not as they were set", found["lane"]),
        gates.none("answers and events that nobody expected", load.surprises()),
        gates.none("edges whose numbers do not add up, in any scrape", scene.seen.imbalances),
        gates.none("what `sluice db check` finds", found["check"]),
        gates.none("starts that failed for another reason than a full disk, or a port that was not free yet", [
            each for each in scene.server.failed_starts if not any(code in each[1] for code in EXCUSES)]),
        (scene.seen.internal_failures == 0, f"internal failures of the store: {scene.seen.internal_failures:.0f}"),
        (found["status"] == 0 and found["worker"] == 0,
         f"exit status after SIGTERM: server {found['status']}, worker {found['worker']}"),
        (slowest <= READY, f"ready again after {slowest:.2f} s at most, in {len(scene.waits)} faults; at most {READY} s"),
        (len(load.runs.acknowledged) > 2 * scene.given.seconds, f"acknowledged runs: {len(load.runs.acknowledged)}"),
    ]


def tell(scene, found):
    """Judges, writes the report and returns whether all is well."""
    ledger_now = ledger(scene.server.database)
    lines = scene.journal.read_text().splitlines()
    verdicts = judge(scene, found, ledger_now, lines)
    given = scene.given
    version = subprocess.run([given.program, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    facts = [
        f"{version}, seed {given.seed}, {given.seconds:.0f} s, {platform.system()} {platform.release()}",
        f"a server and a worker beside it; {scene.number} faults: " + ", ".join(f"{name} {scene.faults.made[name]}" for name in DECK)
        + f"; {scene.line.cuts} connections cut",
        f"{len(scene.load.runs.acknowledged)} runs acknowledged, {len(ledger_now.events)} events, {len(lines)} lines by commands; "
        f"{len(scene.server.failed_starts)} starts failed; {repeated(lines, attempts_of(ledger_now.events))} commands were done, lost with their worker before that was noted, and came again",
        scene.load.acts(),
    ]
    print(report.write(given.report / "REPORT.md", "Chaos", facts, verdicts, {}))
    return all(passed for passed, _ in verdicts)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="the sluice to trouble")
    parser.add_argument("--shim", required=True, help="libtroubled_system.so, of soak/shim")
    parser.add_argument("--seconds", type=float, default=75)
    parser.add_argument("--seed", type=int, default=None, help="default: by chance, and shown")
    parser.add_argument("--without", nargs="*", default=[], metavar="USER", help="users of workload.py to leave out")
    parser.add_argument("--report", type=pathlib.Path, default=pathlib.Path("build/chaos"), help="folder for the report")
    given = parser.parse_args()
    if given.seed is None:
        given.seed = random.SystemRandom().getrandbits(31)
    return given


def main():
    given = arguments()
    print(f"chaos: seed {given.seed}", file=sys.stderr)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="sluice-chaos-"))
    scene = chaos(given, folder)
    passed = False
    try:
        passed = tell(scene, scene.run())
    except disaster as trouble_found:
        print(f"chaos: {trouble_found}\n{scene.server.log_text()[-3000:]}", file=sys.stderr)
    finally:
        given.report.mkdir(parents=True, exist_ok=True)
        (given.report / "server.log").write_text(scene.server.log_text())
        (given.report / "notes.txt").write_text("\n".join(scene.notes))
        if passed:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            print(f"chaos: seed {given.seed}, fault {scene.number}: FAILED; log, database and journal are in {folder}, what happened "
                  f"when in {given.report / 'notes.txt'}", file=sys.stderr)
    print("chaos: passed" if passed else "chaos: FAILED", f"(report in {given.report})", file=sys.stderr)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
