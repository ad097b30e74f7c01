#!/usr/bin/env python3
"""Breaks lines of the core, one at a time, and reports which of the breaks the tests notice.

    tests/mutation/mutate.py --count 25 --seed 1

Works in a copy of the last commit (a git worktree below build/mutation) with a build of its own. A mutant that the compiler
refuses does not count and another is drawn; a build that fails for another reason ends it all. A mutant is killed when a suite
fails, crashes or does not end, twice in a row. Suites are tried from the nearest to the farthest: first those of the file's
folder, then all of the core. Exits with 1 when fewer than --floor (80 %) are killed.

build/mutation/report.md says what killed each, in its last lines; build/mutation/NN.patch is the mutant, for `git apply`.
"""

import argparse
import contextlib
import pathlib
import random
import subprocess
import sys
import time

import mutants
import verdicts

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORE = ("model", "actors", "persistence")
# Seconds that a suite of the sound program may take.
SOUND_PATIENCE = 900


def candidates(tree):
    """Returns (path, line, what, new line) of every mutant of the core's source files."""
    found = []
    for room in CORE:
        for file in sorted((tree / room).rglob("*.cpp")):
            path = file.relative_to(tree).as_posix()
            found += [(path, *each) for each in mutants.of_text(file.read_text())]
    return found


class no_program(Exception):
    """The compiler refused the mutant."""


class laboratory:
    """A copy of the project in which mutants live and die."""

    def __init__(self, folder, jobs):
        self.tree = folder / "tree"
        self._build = folder / "build"
        self._jobs = jobs
        # How long each suite may take: as its sound run did, and more.
        self._patience = {}
        if not self.tree.exists():
            subprocess.run(["git", "worktree", "add", "--detach", "--force", str(self.tree), "HEAD"], cwd=ROOT, check=True)
        else:
            head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, check=True, capture_output=True, text=True)
            subprocess.run(["git", "checkout", "--quiet", "--force", "--detach", head.stdout.strip()], cwd=self.tree, check=True)
        subprocess.run(["cmake", "-S", str(self.tree), "-B", str(self._build), "-G", "Ninja", "-Wno-dev",
                        "-DCMAKE_BUILD_TYPE=Debug"], check=True, stdout=subprocess.DEVNULL)

    def build(self, suite):
        """Returns None, or what a build that failed printed."""
        done = subprocess.run(["ninja", "-C", str(self._build), f"-j{self._jobs}", suite], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
        return None if done.returncode == 0 else done.stdout

    def run(self, suite, patience):
        """Returns None when the suite passes, else what it printed and how it ended."""
        program = next(self._build.glob(f"tests/**/{suite}"))
        # A file: a child that outlives the suite may keep a pipe open for ever.
        with open(self._build / "last_suite.log", "w+", errors="replace") as log:
            try:
                status = subprocess.run([str(program)], cwd=self._build, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                        timeout=patience, check=False).returncode
                end = f"ended with {status}" if status >= 0 else f"ended by signal {-status}"
            except subprocess.TimeoutExpired:
                status, end = None, f"did not end within {patience:.0f} s"
            log.seek(0)
            return None if status == 0 else f"{log.read()}\n{suite} {end}"

    def know(self, suites):
        """Learns how long suites take; the sound program has to pass them."""
        for suite in suites:
            if suite not in self._patience:
                wrong = self.build(suite)
                begin = time.monotonic()
                if wrong is None:
                    wrong = self.run(suite, SOUND_PATIENCE)
                if wrong is not None:
                    sys.exit(f"mutate: {suite} does not pass as it is:\n{verdicts.last_of(wrong)}")
                self._patience[suite] = 30 + 5 * (time.monotonic() - begin)

    @contextlib.contextmanager
    def broken(self, mutant):
        path, number, _, new = mutant
        file = self.tree / path
        sound = file.read_text()
        try:
            file.write_text(mutants.apply(sound, number, new))
            yield
        finally:
            file.write_text(sound)

    def try_with(self, mutant, suites):
        """Returns the verdict of these suites, None when the mutant is no program."""
        self.know(suites)

        def run(suite):
            wrong = self.build(suite)
            if wrong is not None and verdicts.is_refused(wrong):
                raise no_program
            return self.run(suite, self._patience[suite])

        with self.broken(mutant):
            try:
                return verdicts.judge(suites, run)
            except no_program:
                return None

    def try_one(self, mutant):
        """Returns the verdict of all suites that may notice it, None when it is no program."""
        found = self.try_with(mutant, verdicts.near_suites(mutant[0]))
        if found is None or found.killer:
            return found
        further = self.try_with(mutant, verdicts.far_suites(mutant[0]))
        return further and further._replace(flaky=found.flaky + further.flaky)


def tell(folder, number, mutant, found, sound):
    """Prints what came of a mutant, and keeps it."""
    path, line, what, new = mutant
    print(f"{found.killer or 'SURVIVED':20} {path}:{line}: {what}: {new.strip() or ';'}", flush=True)
    (folder / f"{number:02}.patch").write_text(verdicts.as_patch(path, sound, line, new))
    with open(folder / "report.md", "a") as report:
        print(f"\n## {number:02}: {found.killer or 'SURVIVED'}\n\n`{path}:{line}`: {what}", file=report)
        if found.flaky:
            print(f"\nFailed once and then passed, so not counted: {', '.join(found.flaky)}", file=report)
        if found.killer:
            print(f"\n```\n{found.last_lines}\n```", file=report)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--floor", type=float, default=0.8)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "build/mutation")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    for old in given.folder.glob("[0-9]*.patch"):
        old.unlink()
    place = laboratory(given.folder, given.jobs)
    (given.folder / "report.md").write_text(f"# {given.count} mutants, seed {given.seed}\n")
    drawn = candidates(place.tree)
    random.Random(given.seed).shuffle(drawn)
    results = []
    for mutant in drawn:
        if len(results) == given.count:
            break
        try:
            found = place.try_one(mutant)
        except verdicts.build_failed as broken:
            sys.exit(f"mutate: the build failed, and not for what the compiler says of {mutant[0]}:{mutant[1]}:\n{broken}")
        if found is None:
            continue
        results.append(found)
        tell(given.folder, len(results), mutant, found, (place.tree / mutant[0]).read_text())
    killed = sum(1 for each in results if each.killer)
    print(f"mutate: {killed} of {len(results)} killed ({100 * killed / max(1, len(results)):.0f} %), seed {given.seed}; "
          f"by what: {given.folder / 'report.md'}")
    return 0 if killed >= given.floor * len(results) else 1


if __name__ == "__main__":
    sys.exit(main())
