"""Tells the library between a server and libc (shim/) what to trouble it with."""

import mmap
import pathlib
import struct

# As shim/orders.hpp says: disk_full, write_delay and sync_delay in microseconds, clock_ahead in nanoseconds.
FIELDS = ("disk_full", "write_delay", "sync_delay", "clock_ahead")


class trouble:
    """The orders to one server, in a file that it has mapped. Disks are troubled below `folder` only."""

    def __init__(self, shim, control, folder):
        self._file = pathlib.Path(control)
        self._file.write_bytes(bytes(8 * len(FIELDS)))
        with open(self._file, "r+b") as opened:
            self._mapped = mmap.mmap(opened.fileno(), 8 * len(FIELDS))
        # What is given to the server.
        self.environment = {"LD_PRELOAD": str(pathlib.Path(shim).resolve()), "TROUBLE_CONTROL": str(self._file.resolve()),
                            "TROUBLE_FOLDER": str(pathlib.Path(folder).resolve())}

    def order(self, **values):
        """Sets these; the others stay as they are."""
        for name, value in values.items():
            struct.pack_into("=q", self._mapped, 8 * FIELDS.index(name), int(value))

    def end(self):
        self.order(**dict.fromkeys(FIELDS, 0))
