"""Runs the sluice binary on a graph and reads its summary; with `trouble`, what is wrong with it by DESIGN 3 and 7."""

import json
import os
import pathlib
import select
import signal
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Every wait in these tests ends here; CTest's own limit is longer.
PATIENCE = 300

EDGE_FIELDS = ["capacity", "policy", "offered", "accepted", "delivered", "dropped", "refused", "replaced",
               "coalesced", "evicted", "discarded", "depth"]
NODE_FIELDS = ["in", "out", "errors", "held", "outbox", "discarded"]
# A crash says so in one of these ways.
CRASHES = ["terminate called", "AddressSanitizer", "ThreadSanitizer", "runtime error:", "Segmentation fault",
           "Assertion", "*** stack"]


class flow_run:
    """One finished run: exit status, the lines before the summary, the summary (or None), standard error."""

    def __init__(self, status, out, err):
        self.status, self.err, self.raw = status, err, out
        self.lines = out.decode(errors="replace").split("\n")[:-1] if out else []
        self.summary = None
        if self.lines and self.lines[-1].startswith('{"graph"'):
            self.summary = json.loads(self.lines.pop())

    def documents(self):
        return [json.loads(line) for line in self.lines]

    def edge(self, name):
        """Returns the counters of the only edge whose id begins with name (`from.port->` or `from.`)."""
        found = [counters for id, counters in self.summary["edges"].items() if id.startswith(name)]
        if len(found) != 1:
            raise AssertionError(f"{len(found)} edges begin with {name}: {list(self.summary['edges'])}")
        return found[0]

    def __str__(self):
        shown = self.lines if len(self.lines) <= 40 else [*self.lines[:20], f"… {len(self.lines) - 40} more …", *self.lines[-20:]]
        return "\n".join([
            f"exit status: {self.status}",
            "summary: " + json.dumps(self.summary, indent=1),
            f"standard output ({len(self.lines)} lines):", *shown,
            "standard error:", self.err.decode(errors="replace")[-4000:]])


def environment(extra=None):
    return {**os.environ, "NO_COLOR": "1", **(extra or {})}


def start(sluice, arguments, extra_environment=None, **popen):
    """Starts sluice from the project's root, as the examples expect; the caller ends it."""
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **popen}
    return subprocess.Popen([sluice, *map(str, arguments)], cwd=ROOT, env=environment(extra_environment), **options)


def finish(process, input=None, patience=PATIENCE):
    """Waits for the end, with a bound, and returns the flow_run. A process that does not end is killed and said to hang."""
    try:
        out, err = process.communicate(input, timeout=patience)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        out, err = process.communicate()
        raise AssertionError(f"did not end within {patience} s\n{flow_run('killed', out or b'', err or b'')}") from None
    return flow_run(process.returncode, out or b"", err or b"")


def read_lines(process, count, patience=PATIENCE):
    """Returns what a running process prints, as bytes, once there are `count` lines of it or more."""
    seen, deadline = b"", time.monotonic() + patience
    while seen.count(b"\n") < count:
        ready, _, _ = select.select([process.stdout], [], [], max(0, deadline - time.monotonic()))
        if not ready:
            raise AssertionError(f"printed only {seen!r} within {patience} s")
        read = os.read(process.stdout.fileno(), 65536)
        if not read:
            raise AssertionError(f"ended after it had printed {seen!r}; it said: {process.stderr.read().decode()[-2000:]}")
        seen += read
    return seen


def run(sluice, arguments, extra_environment=None, input=None):
    process = start(sluice, arguments, extra_environment, stdin=subprocess.PIPE if input is not None else subprocess.DEVNULL)
    return finish(process, input)


def edge_trouble(id, edge, ended=True):
    """Returns what is wrong with the counters of one edge: DESIGN 3's identities."""
    missing = [field for field in EDGE_FIELDS if field not in edge]
    if missing:
        return f"edge {id} lacks {missing}"
    if edge["offered"] != edge["accepted"] + edge["dropped"] + edge["refused"]:
        return f"edge {id}: offered != accepted + dropped + refused: {edge}"
    went = sum(edge[field] for field in ["delivered", "replaced", "coalesced", "evicted", "discarded", "depth"])
    if edge["accepted"] != went:
        return f"edge {id}: accepted {edge['accepted']} != {went} accounted for: {edge}"
    if edge["depth"] > edge["capacity"]:
        return f"edge {id}: depth above capacity: {edge}"
    if ended and edge["depth"] != 0:
        return f"edge {id}: the flow has ended and {edge['depth']} messages are still queued"
    return None


def trouble(result, status=0, outcome="finished"):
    """Returns everything that is wrong with how a run ended, as a list of sentences."""
    found = []
    if result.status != status:
        found.append(f"exit status {result.status}, expected {status}")
    text = result.err.decode(errors="replace")
    found += [f"standard error says '{sign}'" for sign in CRASHES if sign in text]
    if result.summary is None:
        return [*found, "the last line of standard output is no summary"]
    if result.summary.get("outcome") != outcome:
        found.append(f"outcome {result.summary.get('outcome')}, expected {outcome}")
    for field in ["graph", "outcome", "duration_s", "nodes", "edges"]:
        if field not in result.summary:
            found.append(f"the summary lacks {field}")
    for id, node in result.summary.get("nodes", {}).items():
        found += [f"node {id} lacks {field}" for field in NODE_FIELDS if field not in node]
    found += filter(None, (edge_trouble(*one) for one in result.summary.get("edges", {}).items()))
    return found
