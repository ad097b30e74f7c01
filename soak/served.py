"""A `sluice serve` of its own, started, killed and stopped by whoever soaks it."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

ADMIN = "admin-token-of-the-soak-0123456789"


def free_port():
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return any_port.getsockname()[1]


class served:
    """The server of one soak; `folder` has its database, configuration and log."""

    def __init__(self, program, folder):
        self._program = program
        self._folder = folder
        self.address = f"127.0.0.1:{free_port()}"
        self.process = None
        (folder / "sluice.yaml").write_text(
            "version: 1\n"
            f"http: {{ listen: '{self.address}' }}\n"
            f"security: {{ admin_token: '{ADMIN}' }}\n"
            f"store: {{ database: '{folder / 'runs.db'}' }}\n"
            "worker: { enabled: true, lanes: [default, default/night], parallel_runs: 16 }\n"
            "log: { level: warning, format: json }\n"
        )

    def start(self, patience=60):
        """Returns how many seconds it took until it was ready."""
        begin = time.monotonic()
        with open(self._folder / "server.log", "ab") as log:
            self.process = subprocess.Popen(
                [self._program, "serve", "--config", str(self._folder / "sluice.yaml")],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log,
                env={name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")},
            )
        while time.monotonic() < begin + patience:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"http://{self.address}/readyz", timeout=5) as answer:
                    if answer.status == 200:
                        return time.monotonic() - begin
            except (urllib.error.URLError, OSError):
                time.sleep(0.02)
        raise SystemExit(f"the server did not become ready:\n{self.log_text()[-2000:]}")

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

    def log_text(self):
        return (self._folder / "server.log").read_text(errors="replace")

    def complaints(self):
        """Returns what it logged as warnings and errors: (event, message)."""
        found = []
        for line in self.log_text().splitlines():
            try:
                said = json.loads(line)
            except ValueError:
                found.append(("not JSON", line))
                continue
            if said.get("level") in ("warning", "error", "critical"):
                found.append((said.get("event", ""), said.get("message", "")))
        return found
