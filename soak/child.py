"""A process of the soak's own, whose owner ends it."""

import signal
import subprocess


class child:
    """What the server and the second worker have in common; who inherits it starts `process`."""

    process = None

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
        """Leaves no process behind."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.kill()
