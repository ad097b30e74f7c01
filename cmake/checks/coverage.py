#!/usr/bin/env python3
"""Fails when the tests that ran in an instrumented build reached fewer lines than promised.

    coverage.py --build build/coverage                 the gate: 90 % of the core, 80 % of everything
    coverage.py --build build/coverage --worst 40      with the 40 files that have the most lines nobody reached
    coverage.py --self-test

The core is model/, actors/ and persistence/. `make coverage` counts lines while it runs the tests; gcovr sums them up. What a
process counted is lost when it is killed, so lines that only killed processes reach do not count.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

import source_tree

CORE = ("model", "actors", "persistence")
ALL = (*CORE, "nodes", "steps", "metrics", "runtime")
LIMITS = {"core": 90.0, "overall": 80.0}


def summed_up(build, jobs):
    """Returns gcovr's summary of each file of the product, as {path: (lines reached, lines)}."""
    with tempfile.NamedTemporaryFile(suffix=".json") as answer:
        command = ["gcovr", "--root", str(source_tree.ROOT), "-j", str(jobs), "--json-summary", answer.name]
        # Threads lose counts (cmake/SluiceTargets.cmake): a line whose count came out below zero is left out.
        command.append("--gcov-ignore-parse-errors")
        command += [word for folder in ALL for word in ("--filter", f"{folder}/")]
        done = subprocess.run([*command, str(build)], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            sys.exit(f"coverage: gcovr ended with {done.returncode}:\n{done.stderr[-4000:]}")
        files = json.loads(pathlib.Path(answer.name).read_text())["files"]
    return {one["filename"]: (one["line_covered"], one["line_total"]) for one in files}


def share(parts):
    """Returns the percentage of lines reached, of pairs (reached, lines)."""
    reached, lines = (sum(column) for column in zip(*parts)) if parts else (0, 0)
    return 100.0 * reached / lines if lines else 0.0


def folders_of(files):
    """Returns {top folder: its pairs}, with `core` and `overall` last."""
    found = collections.defaultdict(list)
    for path, pair in sorted(files.items()):
        found[path.split("/")[0]].append(pair)
    found["core"] = [pair for folder in CORE for pair in found[folder]]
    found["overall"] = list(files.values())
    return found


def report(folders):
    """Returns the table, and what is below its limit."""
    lines, short = ["| folder | lines | reached |", "|---|---|---|"], []
    for name, pairs in folders.items():
        reached = share(pairs)
        lines.append(f"| {name} | {sum(total for _, total in pairs)} | {reached:.1f} % |")
        if reached < LIMITS.get(name, 0):
            short.append(f"{name} has {reached:.1f} %, promised are {LIMITS[name]:.0f} %")
    return lines, short


def worst_of(files, count):
    """Returns a line for each of the `count` files with the most lines that nobody reached."""
    missed = sorted(files.items(), key=lambda one: one[1][0] - one[1][1])[:count]
    return [f"{path}: {total - reached} of {total} lines not reached" for path, (reached, total) in missed]


def self_test():
    """Returns what the judgement got wrong about made-up files."""
    good = {"model/a.cpp": (9, 10), "actors/b.cpp": (95, 100), "persistence/c.cpp": (5, 5), "runtime/d.cpp": (60, 80)}
    wrong = []
    if report(folders_of(good))[1]:
        wrong.append("enough lines, and yet short")
    if len(report(folders_of({**good, "model/a.cpp": (1, 10)}))[1]) != 1:
        wrong.append("a core that is short was not found, or not alone")
    if len(report(folders_of({**good, "nodes/e.cpp": (0, 100)}))[1]) != 1:
        wrong.append("a whole that is short was not found, or not alone")
    if len(report(folders_of({}))[1]) != 2:
        wrong.append("nothing counted passes")
    if worst_of(good, 1) != ["runtime/d.cpp: 20 of 80 lines not reached"]:
        wrong.append("the worst file is another")
    return wrong


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--build", type=pathlib.Path, help="the folder of an instrumented build whose tests ran")
    arguments.add_argument("--worst", type=int, default=0, metavar="N", help="name the N files with most to reach")
    arguments.add_argument("--jobs", type=int, default=2)
    arguments.add_argument("--self-test", action="store_true")
    given = arguments.parse_args()
    if given.self_test:
        wrong = self_test()
        print("\n".join([*wrong, f"coverage: 5 made-up cases judged, {len(wrong)} wrongly"]))
        return 1 if wrong else 0
    if not given.build:
        arguments.error("--build is missing")
    files = summed_up(given.build, given.jobs)
    lines, short = report(folders_of(files))
    print("\n".join([*lines, *worst_of(files, given.worst)]))
    print(f"coverage: {'; '.join(short) if short else 'as promised'}")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
