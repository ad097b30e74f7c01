#!/usr/bin/env python3
"""A server under a steady load of reads beside a worker at a steady pace. See README.md.

    bench/server/server.py --build build/release [--minutes 1] [--reads 2000] [--runs 1000]

Exit status 1 when a claim does not hold.
"""

import argparse
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
NOOP = {"run_graph": {"version": 1, "steps": {"only": {"kind": "noop"}}}}
SETTINGS = """\
http: {{ listen: '127.0.0.1:0' }}
store: {{ database: '{folder}/runs.db' }}
worker: {{ enabled: true, parallel_runs: 1000 }}
log: {{ format: json }}
"""
PATHS = ["/api/v1/runs?limit=10", "/api/v1/health", "/api/v1/lanes", "/api/v1/worker"]
# With reads, the worker keeps this part of its pace.
KEPT = 0.8
# What memory may grow by from the second quarter to the last: allocators and SQLite's caches fill up slowly.
GROWTH, SLACK_BYTES = 0.05, 16 << 20
# A count of descriptors or threads that moves by so few is not one that grows.
SLACK_COUNT = 4
SAMPLE_SECONDS = 2.0


class server:
    """`sluice serve` with a worker and an empty database."""

    def __init__(self, program, folder):
        config = folder / "server.yaml"
        config.write_text(SETTINGS.format(folder=folder))
        self.log = folder / "server.log"
        self.process = subprocess.Popen([program, "serve", "--config", config], stderr=self.log.open("w"))
        self.port = self.wait_for_port()

    def wait_for_port(self):
        end = time.monotonic() + 30
        while time.monotonic() < end and self.process.poll() is None:
            found = re.search(r"serving at http://127\.0\.0\.1:(\d+)", self.log.read_text())
            if found:
                return int(found.group(1))
            time.sleep(0.05)
        raise SystemExit(f"the server did not begin to serve: {self.log.read_text()}")

    def metrics(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=30) as answer:
            text = answer.read().decode()
        found = {}
        for line in text.splitlines():
            if line and not line.startswith("#"):
                name, _, value = line.rpartition(" ")
                found[name] = float(value)
        return found

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def finished(metrics):
    return sum(value for name, value in metrics.items() if name.startswith("sluice_run_ends_total") and "succeeded" in name)


def start_client(given, port, seconds, rate, connections, *more):
    command = [given.build / "bench" / "bench_server", "--port", port, "--seconds", seconds, "--rate", rate]
    command += ["--connections", connections, *more]
    return subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True)


def result_of(client):
    out, _ = client.communicate()
    if client.returncode != 0:
        raise SystemExit(f"a client ended with status {client.returncode}")
    return json.loads(out)


def spell(given, under_load, seconds, reads):
    """Submits at the pace for `seconds`, with reads beside it or without; returns what came of it and samples."""
    before, began = finished(under_load.metrics()), time.monotonic()
    submitting = start_client(given, under_load.port, seconds, given.runs, 64, "--path", "/api/v1/runs", "--body", json.dumps(NOOP))
    reading = None
    if reads:
        paths = [word for path in PATHS for word in ("--path", path)]
        reading = start_client(given, under_load.port, seconds, given.reads, 32, *paths)
    samples = []
    while time.monotonic() - began < seconds:
        time.sleep(min(SAMPLE_SECONDS, max(0.0, seconds - (time.monotonic() - began))))
        samples.append(under_load.metrics())
    took = time.monotonic() - began
    rate = (finished(samples[-1]) - before) / took
    return rate, result_of(submitting), result_of(reading) if reading else None, samples


def growth(samples, name):
    """Returns the medians of the second quarter and of the last."""
    values = [sample[name] for sample in samples]
    quarter = max(1, len(values) // 4)
    return statistics.median(values[quarter : 2 * quarter] or values[:1]), statistics.median(values[-quarter:])


def judge_growth(samples):
    """Yields (what, from, to, whether it stays)."""
    for name, slack in [("process_resident_memory_bytes", SLACK_BYTES), ("process_open_fds", SLACK_COUNT), ("process_threads", SLACK_COUNT)]:
        early, late = growth(samples, name)
        yield name, early, late, late <= early * (1 + GROWTH) + slack


def measure(given, under_load):
    claims = []
    spell(given, under_load, 5, True)  # connections, caches and the database's first pages
    alone, kept, samples = [], [], []
    for number in range(given.rounds):
        for reads in (False, True):
            rate, submitted, read, _ = spell(given, under_load, given.seconds, reads)
            (kept if reads else alone).append(rate)
            said = f"reads {read['answered'] / read['seconds']:.0f}/s, p50 {read['p50_ms']:.2f} ms, p99 {read['p99_ms']:.2f} ms, " \
                   f"{read['refused']} refused, {read['missed']} missed" if read else "no reads"
            print(f"round {number + 1}: {rate:7.1f} runs/s of {given.runs:.0f} ({said}; submissions p99 {submitted['p99_ms']:.1f} ms)", flush=True)
            if read:
                claims.append((read["answered"] / read["seconds"] >= 0.95 * given.reads and read["refused"] == 0, f"{given.reads:.0f} reads a second are answered"))
    ratio = statistics.median(kept) / statistics.median(alone)
    print(f"with reads / without: {ratio:.2f}; with reads / pace: {statistics.median(kept) / given.runs:.2f}")
    claims.append((statistics.median(kept) >= KEPT * given.runs, f"the worker keeps {KEPT:.0%} of its pace of {given.runs:.0f} runs a second beside the reads"))
    _, _, read, samples = spell(given, under_load, 60 * given.minutes, True)
    print(f"{given.minutes:g} minutes: {read['answered'] / read['seconds']:.0f} reads/s, p99 {read['p99_ms']:.2f} ms, longest {read['longest_ms']:.1f} ms")
    for name, early, late, stays in judge_growth(samples):
        print(f"  {name}: {early:.0f} → {late:.0f}")
        claims.append((stays, f"{name} does not grow"))
    return claims


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release")
    parser.add_argument("--minutes", type=float, default=1, help="of the watch for growth (the claim: 10)")
    parser.add_argument("--seconds", type=float, default=15, help="of each spell with and without reads")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--reads", type=float, default=2000, help="a second")
    parser.add_argument("--runs", type=float, default=1000, help="a second")
    given = parser.parse_args()
    # Beside the program: /tmp may be memory.
    with tempfile.TemporaryDirectory(dir=given.build, prefix="bench-server-") as folder:
        under_load = server(given.build / "sluice", pathlib.Path(folder))
        try:
            claims = measure(given, under_load)
        finally:
            under_load.stop()
    for holds, claim in claims:
        print(f"{'holds ' if holds else 'FAILS '} {claim}")
    return 0 if all(holds for holds, _ in claims) else 1


if __name__ == "__main__":
    sys.exit(main())
