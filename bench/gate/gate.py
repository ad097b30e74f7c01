#!/usr/bin/env python3
"""Fails when Sluice has become slower: counts instructions, and races the rivals.

    gate.py --programs build/release/bench                     checks everything
    gate.py --programs … --only instructions                   or ratios
    gate.py --programs … --accept queue.drop --reason "…"      takes what is measured now as the new baseline

Instructions: each hot path runs under callgrind with two numbers of messages; the difference of the counts, divided by
the difference of the numbers, is what one message costs, start and end not counted. It may not be more than 10 % above
bench/gate/baseline.json. Neither the speed of the machine nor what else it does changes the count.

Ratios: a rival and Sluice do the same work in the same run, interleaved; the median of the ratios may not be below the
floor in bench/gate/floors.json.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BASELINE = HERE / "baseline.json"
FLOORS = HERE / "floors.json"
TOLERANCE = 0.10
# Messages of the two runs. The difference is a whole number of batches.
FEW, MANY = 20_480, 61_440


def compiler_of(programs):
    """Returns what compiled the programs: another compiler counts otherwise, so each has its baseline."""
    cache = (programs.parent / "CMakeCache.txt").read_text()
    path = re.search(r"^CMAKE_CXX_COMPILER:\w+=(.*)$", cache, re.M).group(1)
    macros = subprocess.run([path, "-dM", "-E", "-x", "c++", "/dev/null"], capture_output=True, text=True, check=True).stdout
    defined = dict(line.split(" ", 2)[1:] for line in macros.splitlines() if line.count(" ") >= 2)
    name = "clang" if "__clang_major__" in defined else "gcc"
    return f"{name}-{defined['__clang_major__' if name == 'clang' else '__GNUC__']}"


def instructions(program, path, count):
    """Returns the instructions of one run of `path` with `count` messages."""
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", str(program), path, str(count)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    found = re.search(r"Collected : (\d+)", result.stderr)
    if result.returncode != 0 or not found:
        raise SystemExit(f"gate: {path}: {' '.join(command)} ended with {result.returncode}\n{result.stderr}")
    return int(found.group(1))


def cost_of(program, path):
    """Returns the instructions per message: the least of three, as threads that wait only add to them."""
    return min((instructions(program, path, MANY) - instructions(program, path, FEW)) / (MANY - FEW) for _ in range(3))


def paths_of(program):
    listed = subprocess.run([str(program)], capture_output=True, text=True, check=True).stdout
    return dict(line.split("\t", 1) for line in listed.splitlines())


def check_instructions(program, baselines, compiler):
    """Returns the names of the paths that cost too much, or are not known."""
    known = baselines.get(compiler)
    if known is None:
        print(f"gate: no baseline for {compiler}; instructions are not compared (there are: {', '.join(baselines)})")
        return []
    print(f"\n| path | instructions per message | baseline of {compiler} | change |\n|---|---|---|---|")
    failed = []
    for path in paths_of(program):
        cost = cost_of(program, path)
        if path not in known:
            print(f"| {path} | {cost:.1f} | none | **not accepted yet** |")
            failed.append(path)
            continue
        change = cost / known[path]["instructions"] - 1
        verdict = "" if change <= TOLERANCE else f" **above +{TOLERANCE:.0%}**"
        print(f"| {path} | {cost:.1f} | {known[path]['instructions']:.1f} | {change:+.1%}{verdict} |", flush=True)
        if change > TOLERANCE:
            failed.append(path)
    for path in known.keys() - paths_of(program).keys():
        print(f"| {path} | gone | {known[path]['instructions']:.1f} | **remove it from the baseline** |")
        failed.append(path)
    return failed


def check_ratios(program, floors):
    """Returns the names of the contests whose ratio is below its floor. One that is gets two more chances: another
    process may have held a core for the whole of a run."""
    failed = set(floors)
    for _ in range(3):
        with tempfile.NamedTemporaryFile(suffix=".json") as answer:
            subprocess.run([str(program), "--json", answer.name], check=True, timeout=240, stdout=subprocess.DEVNULL)
            tables = json.load(answer)["tables"]
        print("\n| contest | Sluice / rival | least–most | floor |\n|---|---|---|---|")
        for table in tables:
            ratio = next(row["ratio"] for row in table["rows"] if row["name"] == "Sluice")
            floor = floors[table["title"]]
            print(f"| {table['title']} | {ratio['median']:.2f} | {ratio['least']:.2f}–{ratio['most']:.2f} | {floor} |", flush=True)
            if ratio["median"] >= floor:
                failed.discard(table["title"])
        if not failed:
            break
    return sorted(failed)


def accept(program, baselines, compiler, paths, reason):
    known = baselines.setdefault(compiler, {})
    for path in paths_of(program) if paths == ["all"] else paths:
        known[path] = {"instructions": round(cost_of(program, path), 1), "reason": reason}
        print(f"{path}: {known[path]['instructions']} instructions per message accepted")
    BASELINE.write_text(json.dumps(baselines, indent=2, sort_keys=True) + "\n")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--programs", type=pathlib.Path, required=True, help="the folder of bench_gate")
    arguments.add_argument("--only", choices=["instructions", "ratios"])
    arguments.add_argument("--accept", action="append", metavar="PATH", help="a hot path, or 'all'")
    arguments.add_argument("--reason", help="why the new baseline is right; goes into the file")
    given = arguments.parse_args()
    program = given.programs / "bench_gate"
    baselines = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    compiler = compiler_of(given.programs)

    if given.accept:
        if not given.reason:
            arguments.error("--accept needs --reason: say why the path may cost that much")
        accept(program, baselines, compiler, given.accept, given.reason)
        return 0
    failed = []
    if given.only != "ratios":
        failed += check_instructions(program, baselines, compiler)
    if given.only != "instructions":
        failed += check_ratios(given.programs / "bench_gate_ratios", json.loads(FLOORS.read_text()))
    print(f"\ngate: {'failed: ' + ', '.join(failed) if failed else 'passed'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
