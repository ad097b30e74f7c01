"""Tells the library between a server and libc (shim/) what to trouble it with."""

import mmap
import pathlib
import struct
import time

# As shim/orders.hpp says: disk_full, write_delay and sync_delay in microseconds, clock_ahead in nanoseconds.
FIELDS = ("disk_full", "write_delay", "sync_delay", "clock_ahead")


class wall_clock:
    """The clock of who is troubled, which is set now and then."""

    def __init__(self, now=time.time):
        self._now = now
        self._ahead = 0.0
        self._latest = now()

    def set_ahead(self, seconds):
        """By how much it is ahead of the true one."""
        self.latest()
        self._ahead = seconds
        self.latest()

    def latest(self):
        """Returns the latest time that it has ever shown."""
        self._latest = max(self._latest, self._now() + self._ahead)
        return self._latest


class trouble:
    """The orders to one server, in a file that it has mapped. Disks are troubled below `folder` only."""

    def __init__(self, shim, control, folder):
        self._file = pathlib.Path(control)
        self._file.write_bytes(bytes(8 * len(FIELDS)))
        with open(self._file, "r+b") as opened:
            self._mapped = mmap.mmap(opened.fileno(), 8 * len(FIELDS))
        self.clock = wall_clock()
        # What is given to the server.
        self.environment = {"LD_PRELOAD": str(pathlib.Path(shim).resolve()), "TROUBLE_CONTROL": str(self._file.resolve()),
                            "TROUBLE_FOLDER": str(pathlib.Path(folder).resolve())}

    def order(self, **values):
        """Sets these; the others stay as they are."""
        for name, value in values.items():
            if name == "clock_ahead":
                self.clock.set_ahead(value / 1e9)
            struct.pack_into("=q", self._mapped, 8 * FIELDS.index(name), int(value))

    def end(self):
        self.order(**dict.fromkeys(FIELDS, 0))
