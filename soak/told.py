"""What runs were told, and what was acknowledged of it."""

import collections
import time


class told:
    """The commands of one user, one at a time: which were acknowledged, and what a run was told last."""

    def __init__(self, now=time.time):
        self._now = now
        self._number = 0
        self._begun = 0.0
        self._last = {}
        # {run: how many commands had no answer}. Such a one may have been followed, and late.
        self._open = collections.Counter()
        # Of commands that changed something: (seconds since 1970 when it was told, run, command, reason).
        self.changed = []

    def begin(self, run):
        """Returns a reason that no other command has."""
        self._number += 1
        self._begun = self._now()
        self._open[run] += 1
        return f"soak {self._number}"

    def acknowledge(self, run, command, reason, changed):
        self._open[run] -= 1
        self._last[run] = command
        if changed:
            self.changed.append((self._begun, run, command, reason))

    def refuse(self, run):
        self._open[run] -= 1

    def last(self, run):
        """Returns what a run was told last, None when that is not known for sure."""
        return None if self._open[run] else self._last.get(run)
