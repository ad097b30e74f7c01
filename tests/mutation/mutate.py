#!/usr/bin/env python3
"""Breaks lines of the core, one at a time, and reports which of the breaks the tests notice.

    tests/mutation/mutate.py --count 25 --seed 1

Works in a copy of the last commit (a git worktree below build/mutation) with a build of its own. A mutant that does not
compile does not count and another is drawn. One is killed when a suite fails, crashes or does not end; suites are tried from
the nearest to the farthest. Exits with 1 when fewer than --floor (80 %) are killed.
"""

import argparse
import pathlib
import random
import subprocess
import sys
import time

import mutants

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORE = ("model", "actors", "persistence")
# Suites from near to far: the first that fails ends it. Names of targets, which are names of tests.
SUITES = {
    "model/run": ["test_model", "test_persistence", "test_run_actors"],
    "model": ["test_model", "test_nodes", "test_actors", "test_runtime"],
    "persistence": ["test_persistence", "test_store_actors", "test_run_actors"],
    "actors/flow": ["test_actors", "test_stress"],
    "actors/messaging": ["test_actors"],
    "actors/store": ["test_store_actors", "test_run_actors"],
    "actors/runs": ["test_run_actors", "test_run_exclusion"],
    "actors/rules": ["test_rule_actors"],
    "actors": ["test_actors", "test_run_actors"],
}


def suites_of(path):
    return SUITES[max((room for room in SUITES if path.startswith(room + "/")), key=len)]


def candidates(tree):
    """Returns (path, line, what, new line) of every mutant of the core's source files."""
    found = []
    for room in CORE:
        for file in sorted((tree / room).rglob("*.cpp")):
            path = file.relative_to(tree).as_posix()
            found += [(path, *each) for each in mutants.of_text(file.read_text())]
    return found


class laboratory:
    """A copy of the project in which mutants live and die."""

    def __init__(self, folder, jobs):
        self.tree = folder / "tree"
        self._build = folder / "build"
        self._jobs = jobs
        if not self.tree.exists():
            subprocess.run(["git", "worktree", "add", "--detach", "--force", str(self.tree), "HEAD"], cwd=ROOT, check=True)
        else:
            head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, check=True, capture_output=True, text=True)
            subprocess.run(["git", "checkout", "--quiet", "--force", "--detach", head.stdout.strip()], cwd=self.tree, check=True)
        subprocess.run(["cmake", "-S", str(self.tree), "-B", str(self._build), "-G", "Ninja", "-Wno-dev",
                        "-DCMAKE_BUILD_TYPE=Debug"], check=True, stdout=subprocess.DEVNULL)

    def build(self, suite):
        return subprocess.run(["ninja", "-C", str(self._build), f"-j{self._jobs}", suite],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0

    def survives(self, suite, patience):
        program = next(self._build.glob(f"tests/**/{suite}"))
        try:
            return subprocess.run([str(program)], cwd=self._build, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, timeout=patience, check=False).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def try_one(self, mutant, patience):
        """Returns who killed it, "" when nobody did, None when it is no program."""
        path, number, _, new = mutant
        file = self.tree / path
        sound = file.read_text()
        try:
            file.write_text(mutants.apply(sound, number, new))
            for suite in suites_of(path):
                if not self.build(suite):
                    return None
                if not self.survives(suite, patience[suite]):
                    return suite
            return ""
        finally:
            file.write_text(sound)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--floor", type=float, default=0.8)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "build/mutation")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    place = laboratory(given.folder, given.jobs)
    drawn = candidates(place.tree)
    random.Random(given.seed).shuffle(drawn)
    patience = {}

    def ready(suite):
        """The sound program passes, and says how long it takes."""
        if suite not in patience:
            begin = time.monotonic()
            if not place.build(suite) or not place.survives(suite, 900):
                sys.exit(f"mutate: {suite} does not pass as it is")
            patience[suite] = 30 + 5 * (time.monotonic() - begin)

    results = []
    for mutant in drawn:
        if len(results) == given.count:
            break
        for suite in suites_of(mutant[0]):
            ready(suite)
        killer = place.try_one(mutant, patience)
        if killer is None:
            continue
        path, number, what, new = mutant
        results.append(killer)
        print(f"{killer or 'SURVIVED':20} {path}:{number}: {what}: {new.strip() or ';'}", flush=True)
    killed = sum(1 for killer in results if killer)
    print(f"mutate: {killed} of {len(results)} killed ({100 * killed / max(1, len(results)):.0f} %), seed {given.seed}")
    return 0 if killed >= given.floor * len(results) else 1


if __name__ == "__main__":
    sys.exit(main())
