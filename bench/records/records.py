#!/usr/bin/env python3
"""Times whole processes that read JSON lines: `sluice run` against jq, sort, uniq, grep and awk. See README.md."""

import argparse
import filecmp
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SEED = 20250624
BYTES_AT_SCALE_1 = 100_000_000
MEGABYTE = 1_000_000
HOSTS = 40
# About one record in twelve is one that the filter keeps.
STATUSES = [200] * 70 + [204] * 6 + [301] * 6 + [404] * 10 + [500] * 5 + [503] * 3

FILTER = """\
version: 1
name: filter
nodes:
  read: {{ type: file, path: {input} }}
  parse: {{ type: json_parse }}
  failed: {{ type: filter, where: .status >= 500 }}
  write: {{ type: file, path: {output} }}
edges:
  - read -> parse -> failed -> write
"""

AGGREGATE = """\
version: 1
name: aggregate
nodes:
  read: {{ type: file, path: {input} }}
  parse: {{ type: json_parse }}
  failed: {{ type: filter, where: .status >= 500 }}
  count: {{ type: aggregate, key: .host, op: count }}
  write: {{ type: file, path: {output} }}
edges:
  - read -> parse -> failed -> count -> write
"""


def write_input(path, size):
    """Writes at least `size` bytes of access log as JSON lines, the same ones every time."""
    chosen = random.Random(SEED)
    written = 0
    with open(path, "w", encoding="ascii") as file:
        number = 0
        while written < size:
            number += 1
            written += file.write(
                f'{{"time":"2025-06-24T14:{number // 60 % 60:02}:{number % 60:02}Z","id":{number},'
                f'"host":"web-{chosen.randrange(HOSTS)}","path":"/api/orders/{chosen.randrange(100000)}",'
                f'"status":{chosen.choice(STATUSES)},"ms":{chosen.randrange(2000)},'
                f'"agent":"Mozilla/5.0 (X11; Linux x86_64)"}}\n'
            )
    return written, number


class Contestant:
    """One way to do the work: a shell command that writes `output`."""

    def __init__(self, name, command, output):
        self.name = name
        self.command = command
        self.output = output
        self.seconds = []
        self.rates = []
        self.processor_seconds = []

    def forget(self):
        """Drops what was measured so far."""
        for figures in (self.seconds, self.rates, self.processor_seconds):
            figures.clear()

    def run(self, size):
        """Runs it once; returns megabytes of input a second."""
        if self.output.exists():
            self.output.unlink()
        begin = time.monotonic()
        process = subprocess.Popen(
            ["bash", "-o", "pipefail", "-c", self.command], env={**os.environ, "LC_ALL": "C"}
        )
        _, status, used = os.wait4(process.pid, 0)
        took = time.monotonic() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"records: '{self.name}' ended with status {process.returncode}: {self.command}")
        self.processor_seconds.append(used.ru_utime + used.ru_stime)
        self.seconds.append(took)
        self.rates.append(size / MEGABYTE / took)


def same_bytes(reference, other):
    return filecmp.cmp(reference, other, shallow=False)


def counts_in(path):
    """Reads `{"key": …, "count": …}` lines or `count key` lines."""
    counts = {}
    for line in path.read_text().splitlines():
        if line.startswith("{"):
            record = json.loads(line)
            counts[record["key"]] = record["count"]
        else:
            count, key = re.fullmatch(r"\s*(\d+) (.*)", line).groups()
            counts[key] = int(count)
    return counts


def same_counts(reference, other):
    counts = counts_in(reference)
    return bool(counts) and counts == counts_in(other)


def compete(contestants, reference, same, size, rounds):
    """Runs all, interleaved, each round starting with another one; the first round is to warm up."""
    for turn in range(rounds + 1):
        for place in range(len(contestants)):
            contestants[(turn + place) % len(contestants)].run(size)
        for each in contestants:
            if turn == 0:
                each.forget()
            if not same(reference.output, each.output):
                sys.exit(f"records: {each.output} differs from {reference.output}")


def spread(figures):
    return {"least": min(figures), "median": statistics.median(figures), "most": max(figures)}


class Report:
    """Prints tables as Markdown and keeps them in the shape of bench/support/report.hpp."""

    def __init__(self, rounds):
        self.all = {"question": "records", "rounds": rounds, "tables": [], "figures": []}

    def add(self, title, contestants, reference):
        rows = []
        for each in contestants:
            ratios = [ours / theirs for ours, theirs in zip(each.rates, reference.rates)]
            rows.append({"name": each.name, "rate": spread(each.rates), "ratio": spread(ratios)})
        self.all["tables"].append({"title": title, "unit": "MB/s", "rows": rows})
        print(f"\n**{title}** ({self.all['rounds']} rounds)\n")
        print("| | MB/s | least–most | ratio | least–most |\n|---|---|---|---|---|")
        for row in rows:
            rate, ratio = row["rate"], row["ratio"]
            print(
                f"| {row['name']} | {rate['median']:.3g} | {rate['least']:.3g}–{rate['most']:.3g} "
                f"| {ratio['median']:.2f} | {ratio['least']:.2f}–{ratio['most']:.2f} |"
            )
        self.add_costs(f"{title}: what it takes", contestants)

    def add_costs(self, title, contestants):
        columns = ("processor_s", "processors")
        rows = []
        for each in contestants:
            used = statistics.median(each.processor_seconds)
            busy = statistics.median(map(float.__truediv__, each.processor_seconds, each.seconds))
            rows.append({"name": each.name, "processor_s": used, "processors": busy})
        self.all["figures"].append({"title": title, "rows": rows})
        print(f"\n**{title}**\n\n| | {' | '.join(columns)} |\n|---|---|---|")
        for row in rows:
            print(f"| {row['name']} | {row['processor_s']:.4g} | {row['processors']:.2f} |", flush=True)

    def finish(self, path):
        if path:
            Path(path).write_text(json.dumps(self.all, indent=2) + "\n")


def sluice_contestant(binary, folder, name, graph):
    output = folder / f"{name}.sluice"
    file = folder / f"{name}.yaml"
    file.write_text(graph.format(input=folder / "in.jsonl", output=output))
    return Contestant("sluice run", f"{binary} run -q {file}", output)


def shell_contestant(folder, name, short, pipeline):
    output = folder / f"{short}.out"
    return Contestant(name, pipeline.format(input=folder / "in.jsonl") + f" > {output}", output)


def filters(binary, folder):
    rival = shell_contestant(
        folder, "jq -c 'select(…)'", "filter_jq", "jq -c 'select(.status >= 500)' {input}"
    )
    grep = shell_contestant(
        folder, "grep (knows the layout)", "filter_grep", "grep -E '\"status\":5[0-9][0-9],' {input}"
    )
    return [rival, sluice_contestant(binary, folder, "filter", FILTER), grep], rival


def aggregates(binary, folder):
    rival = shell_contestant(
        folder,
        "jq, sort, uniq -c",
        "count_jq",
        "jq -r 'select(.status >= 500) | .host' {input} | sort | uniq -c",
    )
    grep = shell_contestant(
        folder,
        "grep, awk (know the layout)",
        "count_grep",
        "grep -E '\"status\":5[0-9][0-9],' {input} | "
        "awk -F'\"' '{{ ++n[$10] }} END {{ for (host in n) print n[host], host }}'",
    )
    awk = shell_contestant(
        folder,
        "awk (knows the layout)",
        "count_awk",
        "awk -F'\"' 'substr($17, 2) + 0 >= 500 {{ ++n[$10] }} "
        "END {{ for (host in n) print n[host], host }}' {input}",
    )
    return [rival, sluice_contestant(binary, folder, "count", AGGREGATE), grep, awk], rival


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds that count, one more to warm up")
    parser.add_argument("--scale", type=float, default=1, help="multiplies the 100 MB of input")
    parser.add_argument("--json", default="", help="writes the figures to this file, too")
    parser.add_argument("--sluice", type=Path, default=ROOT / "build/release/sluice", help="the binary")
    parser.add_argument("--folder", help="where the temporary folder is made; the default is the system's")
    given = parser.parse_args()
    if given.rounds < 1 or given.scale <= 0:
        parser.error("--rounds and --scale must be positive")
    if not os.access(given.sluice, os.X_OK):
        parser.error(f"no program '{given.sluice}': build it with 'make build' or name it with --sluice")
    return given


def main():
    given = arguments()
    report = Report(given.rounds)
    with tempfile.TemporaryDirectory(prefix="sluice-records-", dir=given.folder) as name:
        folder = Path(name)
        size, records = write_input(folder / "in.jsonl", int(BYTES_AT_SCALE_1 * given.scale))
        print(f"{records} records, {size / MEGABYTE:.1f} MB")
        for title, (contestants, rival), same in (
            ("Filter JSON lines", filters(given.sluice, folder), same_bytes),
            ("Filter and count by key", aggregates(given.sluice, folder), same_counts),
        ):
            compete(contestants, rival, same, size, given.rounds)
            report.add(title, contestants, rival)
    report.finish(given.json)


if __name__ == "__main__":
    main()
