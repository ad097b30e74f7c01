"""A `sluice runs work` beside the server, on the same database: when one of the two dies, the other takes up its runs."""

import os
import signal
import subprocess


class other_worker:
    """Started, killed and stopped by whoever soaks it."""

    def __init__(self, program, folder, database, lease_ttl, environment):
        self._command = [program, "runs", "work", "--db", str(database), "--lane", "default", "--lane", "night", "--parallel", "4",
                         "--lease-ttl", lease_ttl, "--log-format", "json"]
        self._log = folder / "worker.log"
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")}
        self._environment = {**clean, **environment}
        self.process = None
        self.gave_up = 0

    def launch(self):
        with open(self._log, "ab") as log:
            self.process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log,
                                            env=self._environment)

    def keep(self):
        """Starts it again when it has ended by itself, as it does when it cannot open the database; so would a service manager."""
        if self.process.poll() is not None:
            self.gave_up += 1
            self.launch()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, patience=60):
        """Returns its exit status after SIGTERM; None when it had to be killed."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def put_away(self):
        if self.process is not None and self.process.poll() is None:
            self.kill()
