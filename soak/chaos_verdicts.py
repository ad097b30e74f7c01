"""What chaos.py says in the end: gates on what users were told, what the database has, and what processes did and logged."""

import gates
from faults import CLOCK, PROVOKES
from ledger import (attempts_of, judge_attempts, judge_chronicle, judge_events, judge_journal, judge_told, judge_undelivered,
                    must_be_there, seconds)
from process_log import STALLED, judge_log

# Seconds until a server is ready after a fault.
READY = 30
# Seconds for which runs are kept after their end. The clock may be set forth by twice CLOCK at once, so none is old enough by any clock
# before it has been over for 15 true seconds, in which those who follow events hear of its end.
KEEP = 2 * CLOCK + 15
# Seconds until what is old enough is gone: a sweep begins each tenth of KEEP.
GONE = 1.1 * KEEP + 10
# Seconds that a run may go on after a command that its owner has not heard of, with what happens to owners and clocks in that time.
UNHEARD = 2 * CLOCK + 20
# Scrapes for each second: a server that stands still, starts or is cut off does not answer.
WATCHED = 0.3
# Why a start may fail, to be made again by whoever manages the service: there is no room; and a child of the killed server, which it
# was about to make a command of, has the port for a moment longer. A worker has no port.
NO_ROOM = ("[store_full]",)
EXCUSES = (*NO_ROOM, "[cannot_listen]")
# Seconds for one handler that took too long because the machine was busy.
STALLS = 10


def is_excused(end, excuses):
    """Whether a process that ended by itself may have, by (exit status, last line of its log): it said why and left. One that died of
    a signal has a status below 0, whatever it said before."""
    status, last_line = end
    return status > 0 and last_line.endswith(excuses)


def judge_ledger(scene, found, now, lines):
    """Returns the verdicts on what is in the database, against what was acknowledged, told and done."""
    load = scene.load
    told = load.chronicle.events
    attempts = attempts_of(told)
    kept_long = [f"run {run} ended {found['stopped'] - seconds(at):.0f} s ago" for run, at in now.finished.items()
                 if found["stopped"] - seconds(at) > GONE]
    there = {event[0] for event in now.events}
    shortened = {event[1] for event in told if event[0] not in there}
    early = must_be_there(shortened, load.chronicle.when_they_ended(), scene.trouble.clock.latest(), KEEP)
    removed = len({run for _, run, *_ in told} - now.runs.keys())
    long_enough = scene.given.seconds >= KEEP + 15
    return [
        gates.none("acknowledged runs that are missing, looked for after each fault", scene.wrong + found["missing"]),
        gates.none("runs that are not over in the end", now.not_over()),
        gates.none("acknowledged runs that did not end as they were to", found["ends"]),
        gates.none("keys with two runs", now.doubled),
        gates.none("events with gaps, twice, or after an end", judge_events(told)),
        gates.none("events that are otherwise than they were told to who followed them all", judge_chronicle(now.events, told)),
        gates.none("runs whose events are gone too early", early),
        gates.none("steps that succeeded twice, attempts without an end", judge_attempts(attempts)),
        gates.none("commands of steps that were carried out otherwise than is noted", judge_journal(lines, attempts)),
        gates.none("acknowledged commands to runs without an event or a row of the audit log",
                   judge_told(load.commander.told.changed, load.chronicle.received, now.audit, 0)),
        gates.none("commands that wait in runs that are over", judge_undelivered(now.undelivered, UNHEARD)),
        gates.none("runs that stayed paused although a resume was acknowledged last", found["resumed"]),
        gates.none(f"runs that are there though over for more than {GONE:.0f} s", kept_long),
        (removed > 0 or not long_enough, f"runs that retention removed: {removed}"),
    ]


def judge_processes(scene, found, log, worker_log):
    """`log`, `worker_log`: what `logged` returns. Returns the verdicts on how the processes ended, and on what they logged."""
    server, worker = scene.server, scene.worker
    stalled = log[1].get(STALLED, 0) + worker_log[1].get(STALLED, 0)
    allowed = max(3, scene.given.seconds / STALLS)
    slowest = max(scene.waits, default=0)
    return [
        gates.none("starts that failed for another reason than a full disk, or a port that was not free yet",
                   [each for each in server.ends if not is_excused(each, EXCUSES)]),
        gates.none("ends of the other worker but for want of room", [each for each in worker.ends if not is_excused(each, NO_ROOM)]),
        gates.none("ends at SIGTERM, in a fault", scene.faults.wrong),
        (found["status"] == 0 and found["worker"] == 0,
         f"exit status after SIGTERM: server {found['status']}, worker {found['worker']}"),
        gates.none("what the server logged and no fault provokes", log[0]),
        gates.none("what the other worker logged and no fault provokes", worker_log[0]),
        (stalled <= allowed, f"handlers that were held up without a fault: {stalled}; at most {allowed:.0f}"),
        (slowest <= READY, f"ready again after {slowest:.2f} s at most, in {len(scene.waits)} faults; at most {READY} s"),
    ]


def judge(scene, found, now, lines, log, worker_log):
    """Returns the verdicts: (passed, sentence)."""
    load, seen = scene.load, scene.seen
    return [
        *judge_ledger(scene, found, now, lines),
        gates.none("rules that are not as their files and the operators say", found["rules"]),
        gates.none("rules that match though they are off, or do not though they are on", found["hits"]),
        gates.none("lanes that are not as they were set", found["lane"]),
        gates.none("answers and events that nobody expected", load.surprises()),
        gates.watched("scrapes", seen.scrapes, scene.given.seconds, WATCHED),
        gates.watched("scrapes that tell of edges", seen.with_edges, scene.given.seconds, WATCHED),
        gates.none("scrapes that cannot be read, or lack something", seen.unreadable),
        gates.none("edges whose numbers do not add up, in any scrape", seen.imbalances),
        (seen.internal_failures == 0, f"internal failures of the store: {seen.internal_failures:.0f}"),
        gates.none("what `sluice db check` finds", found["check"]),
        *judge_processes(scene, found, log, worker_log),
        (len(load.runs.acknowledged) > 2 * scene.given.seconds, f"acknowledged runs: {len(load.runs.acknowledged)}"),
    ]


def logged(process, excuses, broken_rules):
    """Returns what a process logged: what nobody provoked, and how often what was provoked."""
    return judge_log(process.log.lines(), broken_rules, PROVOKES, [end[1] for end in process.ends if is_excused(end, excuses)])
