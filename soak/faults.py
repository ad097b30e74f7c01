"""What happens to a server in chaos.py, one fault at a time, all by one seed. A fault ends by itself, but for the clock: that stays
wrong until it is set again."""

import signal
import time

# How often each kind comes in a deck; a deck is shuffled and dealt before the next one.
DECK = {"kill": 4, "kill_worker": 2, "kill_both": 1, "freeze": 2, "fill": 2, "fill_and_kill": 1, "slow": 2, "clock": 3, "cut": 2,
        "bad_line": 1, "restart": 1}
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

    def draw(self):
        """Returns the name of the next fault."""
        if not self._deck:
            self._deck = [name for name, count in DECK.items() for _ in range(count)]
            self._chance.shuffle(self._deck)
        return self._deck.pop()

    def make(self, name):
        """Makes a fault and returns once it is over; the server may not be ready yet. Returns a sentence about it."""
        self.made[name] += 1
        return getattr(self, name)()

    def _wait(self, least, most):
        seconds = self._chance.uniform(least, most)
        time.sleep(seconds)
        return f"{seconds:.1f} s"

    def _relaunch(self):
        self.restarts += 1
        self._server.launch()

    def kill(self):
        self._server.kill()
        self._relaunch()
        return "SIGKILL and a new start"

    def kill_worker(self):
        self._worker.kill()
        text = f"SIGKILL for the other worker, a new one after {self._wait(0, 2)}"
        self._worker.launch()
        return text

    def kill_both(self):
        self._worker.kill()
        self._server.kill()
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
            self._server.kill()
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
        status = self._server.stop()
        self._relaunch()
        return f"SIGTERM, exit status {status}, and a new start"
