"""A `sluice runs work` beside the server, on the same database: when one of the two dies, the other takes up its runs."""

import os
import subprocess

from child import child


class other_worker(child):
    """Started, killed and stopped by whoever soaks it."""

    def __init__(self, program, folder, database, lease_ttl, environment):
        super().__init__(folder / "worker.log")
        self._command = [program, "runs", "work", "--db", str(database), "--lane", "default", "--lane", "night", "--parallel", "4",
                         "--lease-ttl", lease_ttl, "--log-format", "json"]
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")}
        self._environment = {**clean, **environment}

    def launch(self):
        with open(self.log.path, "ab") as log:
            self.process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log,
                                            env=self._environment)

    def kill(self):
        """As of any child; one that had ended before is noted."""
        ended = super().kill()
        if ended is not None:
            self.note_end()
        return ended

    def keep(self):
        """Starts it again when it has ended by itself, as it does when it cannot open the database; so would a service manager."""
        if self.ended() is not None:
            self.note_end()
            self.launch()
