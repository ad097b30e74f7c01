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

import report
import watching
from chaos_verdicts import EXCUSES, KEEP, NO_ROOM, READY, judge, logged
from child import disaster
from faults import DECK, faults
from ledger import attempts_of, last_event, ledger, must_be_there, repeated, run_ids
from other_worker import other_worker
from proxy import proxy
from rule_users import write_rules
from served import ADMIN, served
from trouble import trouble
from users import world
from workload import judge_ends, workload

# Seconds until everything is over in the end.
OVER = 180
# Short, so that leases are lost while a server stands still.
LEASE = "3s"


class chaos:
    """One server, its users, and what happens to them."""

    def __init__(self, given, folder):
        self.given = given
        self.folder = folder
        chance = random.Random(given.seed)
        data = folder / "data"
        self.trouble = trouble(given.shim, folder / "orders", data)
        self.server = served(given.program, folder, keep_runs=KEEP, lease_ttl=LEASE, environment=self.trouble.environment)
        self.worker = other_worker(given.program, folder, self.server.database, LEASE, self.trouble.environment)
        write_rules(self.server.rules)
        self.journal = folder / "journal"
        self.journal.touch()
        self.line = proxy(self.server.address, chance.getrandbits(64))
        self.notes = []
        self.began = time.monotonic()
        around = world(self.line.address, ADMIN, self.note, self.server.rules, self.journal, troubled=True,
                       retention=True)
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
                           f"the process {'lives' if (ended := self.server.ended()) is None else f'has ended with {ended}'}")
        self.waits.append(waited)
        self.look(f"after fault {self.number} ({name})", before, self.faults.restarts > restarts)

    def missing(self, runs, patience=20):
        """Returns those that nothing may have removed and that are not there. How they ended may be told a little later."""
        end = time.monotonic() + patience
        while True:
            gone = runs - run_ids(self.server.database)
            wrong = must_be_there(gone, self.load.chronicle.when_they_ended(), self.trouble.clock.latest(), KEEP)
            if not wrong or time.monotonic() > end:
                return wrong
            time.sleep(0.2)

    def look(self, when, before, restarted):
        """What was acknowledged before a fault has to be there after it; and after a start the settings of operators."""
        self.wrong += [f"{when}: run {run} is not there" for run in self.missing(before)]
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
        found = {"resumed": load.commander.judge_resumed()}
        load.commander.let_everything_go()
        load.chronicle.wait_for_ends(load.runs.acknowledged, OVER)
        found |= {"rules": load.rules.settle(), "lane": load.commander.judge_lane()}
        load.flows.keep_steady()
        found["hits"] = load.rules.judge_hits()
        found["ends"] = judge_ends(load.runs.acknowledged, load.commander.touched, load.chronicle.how_they_ended())
        self.await_chronicle(load.chronicle)
        found["missing"] = self.missing(load.runs.known())
        self.worker.keep()
        found["worker"] = self.worker.stop()
        found["status"] = self.server.stop()
        found["stopped"] = time.time()
        check = subprocess.run([self.given.program, "db", "check", str(self.server.database)], capture_output=True, text=True,
                               check=False)
        found["check"] = [] if check.returncode == 0 else (check.stdout + check.stderr).splitlines()
        return found

    def await_chronicle(self, chronicle, patience=30):
        """Until whoever follows all events has heard the last one."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if last_event(self.server.database) <= chronicle.last:
                return
            time.sleep(0.2)


def tell(scene, found):
    """Judges, writes the report and returns whether all is well."""
    now = ledger(scene.server.database)
    lines = scene.journal.read_text().splitlines()
    broken = scene.load.rules.were_broken
    log, worker_log = logged(scene.server, EXCUSES, broken), logged(scene.worker, NO_ROOM, broken)
    verdicts = judge(scene, found, now, lines, log, worker_log)
    given = scene.given
    told = scene.load.chronicle.events
    never = scene.faults.never_made()
    version = subprocess.run([given.program, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    facts = [
        f"{version}, seed {given.seed}, {given.seconds:.0f} s, {platform.system()} {platform.release()}",
        f"a server and a worker beside it; {scene.number} faults: " + ", ".join(f"{name} {scene.faults.made[name]}" for name in DECK)
        + f"; {scene.line.cuts} connections cut",
        f"faults that were never made: {', '.join(never) or 'none'}",
        f"{len(scene.load.runs.acknowledged)} runs acknowledged, each kept for {KEEP} s after its end; {len(told)} events, "
        f"{len(lines)} lines by commands; {len(scene.load.commander.told.changed)} commands to runs acknowledged, "
        f"{len(now.undelivered)} of them came too late; {len(scene.server.ends)} starts failed; the other worker gave up "
        f"{len(scene.worker.ends)} times; {repeated(lines, attempts_of(told))} commands were done, lost with their worker before "
        "that was noted, and came again",
        f"provoked in the log of the server: {report.counts(log[1])}; of the other worker: {report.counts(worker_log[1])}",
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
        print(f"chaos: {trouble_found}\n{scene.server.log.text()[-3000:]}", file=sys.stderr)
    finally:
        given.report.mkdir(parents=True, exist_ok=True)
        for process in (scene.server, scene.worker):
            (given.report / process.log.path.name).write_text(process.log.text())
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
