"""Compares what a database says in the end with what was acknowledged, and with what commands of steps have said they did. Pure, but
for reading the two files.

What "at least once" means here: a step succeeds once. Its command may have been carried out before, but only in attempts that are
noted as not having succeeded (lost with their worker, cancelled, failed); never twice in one attempt, and never two attempts at a
time.
"""

import json
import sqlite3
from collections import defaultdict

OVER = ("succeeded", "failed", "cancelled")
RUN_ENDS = ("RUN_SUCCEEDED", "RUN_FAILED", "RUN_CANCELLED")
ATTEMPT_ENDS = ("STEP_SUCCEEDED", "STEP_FAILED", "STEP_RETRY", "STEP_CANCELLED", "STEP_LOST")


class ledger:
    """The rows of a database. It may be open elsewhere: it is only read."""

    def __init__(self, database):
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=60) as opened:
            self.runs = dict(opened.execute("SELECT id, status FROM runs"))
            # (id, run, seq, kind, payload)
            self.events = opened.execute("SELECT e.id, r.id, seq, kind, payload FROM run_events AS e JOIN runs AS r USING (run_key) "
                                         "ORDER BY e.id").fetchall()
            self.doubled = [row[0] for row in opened.execute(
                "SELECT idempotency_key FROM runs WHERE idempotency_key IS NOT NULL GROUP BY 1 HAVING count(*) > 1")]

    def not_over(self):
        return [f"{run} is {status}" for run, status in self.runs.items() if status not in OVER]


def run_ids(database):
    """Returns the runs that a database has now, also while it is in use."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=60) as opened:
        return {row[0] for row in opened.execute("SELECT id FROM runs")}


def judge_events(events):
    """Returns what is wrong with the events of runs: numbers with gaps, ids that do not grow, ends that are none or come twice."""
    wrong = []
    last_seq = {}
    ended = {}
    last_id = 0
    for number, run, seq, kind, _ in events:
        if number <= last_id:
            wrong.append(f"event {number} comes after {last_id}")
        last_id = number
        if seq != last_seq.get(run, 0) + 1:
            wrong.append(f"run {run}: event {seq} comes after {last_seq.get(run, 0)}")
        last_seq[run] = seq
        if run in ended and kind in (*RUN_ENDS, "STEP_STARTED"):
            wrong.append(f"run {run}: {kind} after {ended[run]}")
        if kind in RUN_ENDS:
            ended[run] = kind
        elif kind == "RUN_RESUMED":
            ended.pop(run, None)
    return wrong + [f"run {run} has no end among its events" for run in last_seq if run not in ended]


def attempts_of(events):
    """Returns {(run, step): {attempt: how it ended, or None}}."""
    attempts = defaultdict(dict)
    for _, run, _, kind, payload in events:
        if kind == "STEP_STARTED" or kind in ATTEMPT_ENDS:
            said = json.loads(payload)
            attempts[run, said["step"]][said["attempt"]] = None if kind == "STEP_STARTED" else kind
    return attempts


def judge_attempts(attempts):
    """Returns what is wrong with attempts, once all is over: steps that succeeded twice, attempts that did not end."""
    wrong = []
    for (run, step), ends in attempts.items():
        if sum(end == "STEP_SUCCEEDED" for end in ends.values()) > 1:
            wrong.append(f"run {run}: step {step} has succeeded twice")
        wrong += [f"run {run}: attempt {number} at step {step} has no end" for number, end in ends.items() if end is None]
        if sorted(ends) != list(range(1, len(ends) + 1)):
            wrong.append(f"run {run}: attempts at step {step} are {sorted(ends)}")
    return wrong


def judge_journal(lines, attempts):
    """Returns what is wrong with what commands say they did. `lines`: "run step attempt what", in the order in which it happened."""
    wrong = []
    said = set()
    newest = {}
    for text in lines:
        words = text.split()
        if len(words) != 4 or not words[2].isdigit():
            wrong.append(f"journal: {text!r} is half a line")
            continue
        run, step, number, what = words[0], words[1], int(words[2]), words[3]
        if (run, step, number, what) in said:
            wrong.append(f"run {run}: attempt {number} at step {step} said {what} twice")
        said.add((run, step, number, what))
        if number < newest.get((run, step), 0):
            wrong.append(f"run {run}: attempt {number} at step {step} said {what} beside attempt {newest[run, step]}")
        newest[run, step] = max(number, newest.get((run, step), 0))
        if number not in attempts.get((run, step), {}):
            wrong.append(f"run {run}: attempt {number} at step {step} is noted nowhere, and said {what}")
    written = {(run, step) for run, step, _, _ in said}
    for run, step in written:
        for number, end in attempts.get((run, step), {}).items():
            if end == "STEP_SUCCEEDED" and not {(run, step, number, "begin"), (run, step, number, "end")} <= said:
                wrong.append(f"run {run}: attempt {number} at step {step} succeeded, and did not say so")
    return wrong


def repeated(lines, attempts):
    """Returns how many commands were carried out to their end and then lost with their worker, so that they came again."""
    done = {tuple(line.split()[:3]) for line in lines if line.endswith(" end")}
    return sum(attempts.get((run, step), {}).get(int(number)) == "STEP_LOST" for run, step, number in done)
