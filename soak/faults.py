"""What happens to a server in chaos.py, one fault at a time, all by one seed. A fault ends by itself, but for the clock: that stays
wrong until it is set again."""

import signal
import time

from child import disaster

# How often each kind comes in a deck; a deck is shuffled and dealt before the next one.
DECK = {"kill": 4, "kill_worker": 2, "kill_both": 1, "freeze": 2, "fill": 2, "fill_and_kill": 1, "slow": 2, "clock": 3, "cut": 2,
        "bad_line": 1, "restart": 1}
# Warnings and errors that a kind of fault brings into the logs, from when it is made until after the next one; others are defects.
# A run is given up by who was held up for longer than its lease, and every write may fail while there is no room.
LATE = {"run_given_up", "run_returned", "node_stalled"}
NO_ROOM = {"run_write_failed", "claim_failed", "lease_renewal_failed", "retention_failed", "reclaim_failed", "rule_expiry_failed",
           "store_not_tidied", *LATE}
PROVOKES = {"kill": set(), "kill_worker": set(), "kill_both": set(), "freeze": LATE, "fill": NO_ROOM, "fill_and_kill": NO_ROOM,
            "slow": LATE, "clock": set(), "cut": set(), "bad_line": set(), "restart": set()}
# Seconds from SIGTERM to the end: `shutdown_timeout` is 30 s, and what is interrupted then has 5 more.
STOPPED = 40
# Seconds by which the wall clock is at most wrong. Runs that were submitted before it was set back are not due for as long.
CLOCK = 15


class faults:
    """Draws faults and makes them. `restarts` counts the starts of the server that they brought."""

    def __init__(self, server, worker, trouble, line, chance):
        self._server = server
        self._worker = worker
        self._trouble = trouble
        self._line = line
        self._chance = chance
        self._deck = []
        self.made = dict.fromkeys(DECK, 0)
        self.restarts = 0
        # What went wrong with a fault itself.
        self.wrong = []

    def draw(self):
        """Returns the name of the next fault."""
        if not self._deck:
            self._deck = [name for name, count in DECK.items() for _ in range(count)]
            self._chance.shuffle(self._deck)
        return self._deck.pop()

    def make(self, name):
        """Makes a fault and returns once it is over; the server may not be ready yet. Returns a sentence about it."""
        self.made[name] += 1
        for each in (self._server, self._worker):
            each.log.mark(name)
        return getattr(self, name)()

    def _wait(self, least, most):
        seconds = self._chance.uniform(least, most)
        time.sleep(seconds)
        return f"{seconds:.1f} s"

    def never_made(self):
        return [name for name, times in self.made.items() if times == 0]

    def _kill_server(self):
        """One that was dead before has died of something else, which the kill must not hide."""
        ended = self._server.kill()
        if ended is not None:
            raise disaster(f"the server had ended by itself, with {ended}, before it was killed")

    def _relaunch(self):
        self.restarts += 1
        self._server.launch()

    def kill(self):
        self._kill_server()
        self._relaunch()
        return "SIGKILL and a new start"

    def kill_worker(self):
        self._worker.kill()
        text = f"SIGKILL for the other worker, a new one after {self._wait(0, 2)}"
        self._worker.launch()
        return text

    def kill_both(self):
        self._worker.kill()
        self._kill_server()
        self._relaunch()
        self._worker.launch()
        return "SIGKILL for both, and a new start of both"

    def freeze(self):
        self._server.process.send_signal(signal.SIGSTOP)
        try:
            return f"SIGSTOP for {self._wait(0.2, 6)}"
        finally:
            self._server.process.send_signal(signal.SIGCONT)

    def fill(self):
        self._trouble.order(disk_full=1)
        try:
            return f"disk full for {self._wait(0.5, 4)}"
        finally:
            self._trouble.order(disk_full=0)

    def fill_and_kill(self):
        """A start on a full disk may fail; then there is another one when there is room."""
        self._trouble.order(disk_full=1)
        try:
            self._wait(0.2, 1.5)
            self._kill_server()
            self._relaunch()
            text = f"SIGKILL while the disk is full, a start while it still is, room after {self._wait(0.5, 2)}"
        finally:
            self._trouble.order(disk_full=0)
        return text

    def slow(self):
        sync, write = self._chance.uniform(20, 300), self._chance.uniform(0.1, 3)
        self._trouble.order(sync_delay=sync * 1000, write_delay=write * 1000)
        try:
            return f"each write {write:.1f} ms and each fsync {sync:.0f} ms longer for {self._wait(1, 5)}"
        finally:
            self._trouble.order(sync_delay=0, write_delay=0)

    def clock(self):
        ahead = self._chance.uniform(-CLOCK, CLOCK)
        self._trouble.order(clock_ahead=ahead * 1e9)
        return f"wall clock {ahead:+.1f} s from the true one"

    def cut(self):
        self._line.cut_all()
        return "all connections cut"

    def bad_line(self):
        self._line.be_bad(True)
        self._line.cut_all()
        try:
            return f"no connection lasts for {self._wait(0.5, 3)}"
        finally:
            self._line.be_bad(False)
            self._line.cut_all()

    def restart(self):
        ended = self._server.ended()
        if ended is not None:
            raise disaster(f"the server had ended by itself, with {ended}, before it was told to")
        status = self._server.stop(STOPPED)
        if status != 0:
            self.wrong.append(f"not within {STOPPED} s" if status is None else f"exit status {status}")
        self._relaunch()
        return f"SIGTERM, exit status {status}, and a new start"
