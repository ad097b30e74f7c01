"""Compares what a database says in the end with what was acknowledged, and with what commands of steps have said they did. Pure, but
for reading the two files.

What "at least once" means here: a step succeeds once. Its command may have been carried out before, but only in attempts that are
noted as not having succeeded (lost with their worker, cancelled, failed); never twice in one attempt, and never two attempts at a
time.
"""

import collections
import datetime
import json
import sqlite3

OVER = ("succeeded", "failed", "cancelled")
RUN_ENDS = ("RUN_SUCCEEDED", "RUN_FAILED", "RUN_CANCELLED")
ATTEMPT_ENDS = ("STEP_SUCCEEDED", "STEP_FAILED", "STEP_RETRY", "STEP_CANCELLED", "STEP_LOST")


class ledger:
    """The rows of a database. It may be open elsewhere: it is only read."""

    def __init__(self, database):
        with read(database) as opened:
            ask = opened.execute
            self.runs = dict(ask("SELECT id, status FROM runs"))
            # {run: when it ended}, of those that are over.
            self.finished = dict(ask("SELECT id, finished_at FROM runs WHERE finished_at IS NOT NULL"))
            # (id, run, seq, kind, payload)
            self.events = [(*row[:4], json.loads(row[4])) for row in ask(
                "SELECT e.id, r.id, seq, kind, payload FROM run_events AS e JOIN runs AS r USING (run_key) ORDER BY e.id")]
            self.doubled = [row[0] for row in ask(
                "SELECT idempotency_key FROM runs WHERE idempotency_key IS NOT NULL GROUP BY 1 HAVING count(*) > 1")]
            # (run, command, reason, when, when the run ended), of runs that are over.
            self.undelivered = ask("SELECT r.id, command, reason, at, finished_at FROM run_commands AS c JOIN runs AS r USING (run_key) "
                                   f"WHERE state = 'undelivered' AND status IN {OVER} ORDER BY c.id").fetchall()
            # {(action, subject): rows}, and when the oldest was written.
            self.audit = {row[:2]: row[2] for row in ask("SELECT action, subject, count(*) FROM audit_log GROUP BY 1, 2")}
            self.oldest_audit = ask("SELECT min(at) FROM audit_log").fetchone()[0]

    def not_over(self):
        return [f"{run} is {status}" for run, status in self.runs.items() if status not in OVER]


def read(database):
    return sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=60)


def run_ids(database):
    """Returns the runs that a database has now, also while it is in use."""
    with read(database) as opened:
        return {row[0] for row in opened.execute("SELECT id FROM runs")}


def last_event(database):
    """Returns the number of the newest event, 0 without any, also while the database is in use."""
    with read(database) as opened:
        return opened.execute("SELECT max(id) FROM run_events").fetchone()[0] or 0


def seconds(text):
    """Returns the seconds since 1970 of a time in the database."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def must_be_there(missing, ended_at, latest, keep):
    """Returns those of `missing` that nothing may have removed: runs that were not over, or not for `keep` seconds by any clock.
    `latest`: the latest time that a clock of theirs has shown."""
    return [run for run in missing if run not in ended_at or seconds(ended_at[run]) + keep > latest]


def judge_told(changed, received, audit, since):
    """Returns which acknowledged commands left no trace. `changed`: as of `told`; `received`: reasons of those that events tell of;
    `audit`: as of a ledger, which has what was told later than `since`."""
    wrong = [f"run {run} was told to {command} ({reason}): no event says so" for _, run, command, reason in changed
             if reason not in received]
    wanted = collections.Counter((f"run.{command}", run) for at, run, command, _ in changed if at > since)
    return wrong + [f"{action} of {run}: {audit.get((action, run), 0)} of {count} are in the audit log"
                    for (action, run), count in wanted.items() if audit.get((action, run), 0) < count]


def judge_undelivered(undelivered, patience):
    """Returns commands that wait in runs that are over, but for those that came too late: the run ended within `patience` seconds, in
    which its owner may have had its end under way and not heard of them (docs/durable-runs.md)."""
    return [f"run {run} ended {seconds(ended) - seconds(at):.1f} s after it was told to {command} ({reason}), which still waits"
            for run, command, reason, at, ended in undelivered if seconds(ended) - seconds(at) > patience]


def judge_chronicle(kept, told):
    """Returns where the events of a database are otherwise than what was told of them to somebody who followed them all. What retention
    has removed is only there."""
    known = {event[0]: event for event in told}
    wrong = [f"event {event[0]} of run {event[1]} was told as {known.get(event[0], 'nothing')}, and is {event}" for event in kept
             if known.get(event[0]) != event]
    left = {event[0] for event in kept}
    newest = collections.defaultdict(int)
    for event in told:
        if event[0] not in left:
            newest[event[1]] = max(newest[event[1]], event[2])
    # The oldest events of a run go first: none of those left may be older than one that is gone.
    return wrong + [f"event {event[2]} of run {event[1]} is left, and {newest[event[1]]} is gone" for event in kept
                    if event[2] < newest[event[1]]]


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
    attempts = collections.defaultdict(dict)
    for _, run, _, kind, payload in events:
        if kind == "STEP_STARTED" or kind in ATTEMPT_ENDS:
            attempts[run, payload["step"]][payload["attempt"]] = None if kind == "STEP_STARTED" else kind
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
