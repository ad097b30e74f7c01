"""A process of the soak's own, whose owner ends it."""

import signal
import subprocess

from process_log import process_log


class disaster(Exception):
    """It makes no sense to go on."""


class child:
    """What the server and the second worker have in common; who inherits it starts `process`."""

    process = None

    def __init__(self, log):
        self.log = process_log(log)
        # (exit status, last line of the log) of those that ended by themselves; below 0: the signal that did it.
        self.ends = []

    def ended(self):
        """Returns the exit status of one that has ended, None while it lives."""
        return self.process.poll()

    def note_end(self):
        self.ends.append((self.process.returncode, (self.log.text().splitlines() or [""])[-1]))

    def kill(self):
        """Returns the exit status of one that had ended before anybody killed it, None of one that lived."""
        before = self.process.poll()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        if before is None and self.process.returncode == -signal.SIGKILL:
            self.log.note_kill()
            return None
        return self.process.returncode

    def stop(self, patience=60):
        """Returns its exit status after SIGTERM; None when it had to be killed."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def put_away(self):
        """Leaves no process behind."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.kill()
