"""What a process logs, and those that take its place; and what in it nobody has provoked."""

import bisect
import collections
import json
import re

# A handler that a busy machine held up; how often that is no defect is for a gate to say.
STALLED = "node_stalled"
FINDING = "rule_finding"
QUIET = ("trace", "debug", "info")


class process_log:
    """A file that one process after the other appends to. Knows where each was killed, and what was done to it when."""

    def __init__(self, path):
        self.path = path
        self._kills = set()
        # (place, what began there).
        self._marks = []

    def text(self):
        return self._raw().decode(errors="replace")

    def _raw(self):
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return b""

    def size(self):
        return self.path.stat().st_size if self.path.exists() else 0

    def note_kill(self):
        """A process was killed: the line that it was writing may be half of one."""
        self._kills.add(self.size())

    def mark(self, what):
        self._marks.append((self.size(), what))

    def lines(self):
        """Returns (line, what was done last before it, and before that) of all lines, but for those that a kill cut off."""
        raw = self._raw()
        found = []
        places = [place for place, _ in self._marks]
        begin = 0
        for end in sorted({*self._kills, len(raw)}):
            place = begin
            for line in raw[begin:end].splitlines(keepends=True):
                newest = bisect.bisect_right(places, place)
                if line.endswith(b"\n") or end not in self._kills:
                    found.append((line.decode(errors="replace").rstrip("\n"),
                                  [what for _, what in self._marks[max(0, newest - 2):newest]]))
                place += len(line)
            begin = end
        return found


def parsed(line):
    """Returns what a line of the log says, None when it is none."""
    try:
        said = json.loads(line)
    except ValueError:
        return None
    return said if isinstance(said, dict) and {"level", "event", "message"} <= said.keys() else None


def is_about(message, rules):
    """Whether a finding names files of rules, and of no others than `rules`."""
    named = set(re.findall(r"([\w-]+)\.yaml", message))
    return bool(named) and named <= set(rules)


def judge_log(lines, broken_rules, provokes=None, last_words=()):
    """Returns (what nobody has provoked, {event, and after what: how often}). `lines`: as of a `process_log`; `provokes`: {what was
    done: events that it brings}; `last_words`: lines with which processes gave up that were allowed to."""
    wrong = []
    counted = collections.Counter()
    left = collections.Counter(last_words)
    for line, done in lines:
        said = parsed(line)
        if said is None:
            left[line] -= 1
            if left[line] < 0:
                wrong.append(f"no line of a log: {line}")
            continue
        event, message = said["event"], said["message"]
        by = [each for each in done if event in (provokes or {}).get(each, ())]
        if "[internal]" in message or "internal" in event:
            wrong.append(f"{event}: {message}")
        elif said["level"] in QUIET:
            continue
        elif by:
            counted[f"{event} after {by[-1]}"] += 1
        elif event == STALLED or (event == FINDING and is_about(message, broken_rules)):
            counted[event] += 1
        else:
            wrong.append(f"{event}: {message}" + (f" (after {' and '.join(done)})" if done else ""))
    return wrong, dict(counted)
