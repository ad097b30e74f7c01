"""A `sluice serve` of its own, started, killed and stopped by whoever soaks it."""

import os
import pathlib
import subprocess
import sys
import time
import urllib.error
import urllib.request

from child import child

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "support"))

from free_port import free_port  # noqa: E402

ADMIN = "admin-token-of-the-soak-0123456789"


class served(child):
    """The server of one soak; `folder` has its log and configuration, and in `data` its database and rules. Seconds for which runs
    and rows of the audit log are kept; 0: for ever."""

    def __init__(self, program, folder, keep_runs=0, keep_audit=0, lease_ttl="15s", environment=None):
        super().__init__(folder / "server.log")
        self._program = program
        self._folder = folder
        self._environment = environment or {}
        self.data = folder / "data"
        self.data.mkdir()
        self.database = self.data / "runs.db"
        self.rules = self.data / "rules"
        self.address = f"127.0.0.1:{free_port()}"
        self.ready_after = 0.0
        kept = (f", keep_runs: {keep_runs:.0f}s" if keep_runs else "") + (f", keep_audit: {keep_audit:.0f}s" if keep_audit else "")
        (folder / "sluice.yaml").write_text(
            "version: 1\n"
            f"http: {{ listen: '{self.address}' }}\n"
            f"security: {{ admin_token: '{ADMIN}' }}\n"
            f"store: {{ database: '{self.database}'{kept} }}\n"
            f"rules: {{ directory: '{self.rules}' }}\n"
            f"worker: {{ enabled: true, lanes: [default, default/night], parallel_runs: 16, lease_ttl: {lease_ttl} }}\n"
            "log: { level: warning, format: json }\n"
        )

    def launch(self):
        """Starts it, and does not wait."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")}
        with open(self.log.path, "ab") as log:
            self.process = subprocess.Popen(
                [self._program, "serve", "--config", str(self._folder / "sluice.yaml")],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log,
                env={**environment, **self._environment},
            )

    def start(self, patience=60):
        """Returns how many seconds it took until it was ready."""
        begin = time.monotonic()
        self.launch()
        if not self.await_ready(patience):
            raise SystemExit(f"the server did not become ready:\n{self.log.text()[-2000:]}")
        self.ready_after = time.monotonic() - begin
        return self.ready_after

    def await_ready(self, patience):
        """Returns how many seconds it took until /readyz said 200; None: longer than `patience`, or it has ended."""
        begin = time.monotonic()
        while time.monotonic() < begin + patience:
            if self.process.poll() is not None:
                return None
            try:
                with urllib.request.urlopen(f"http://{self.address}/readyz", timeout=5) as answer:
                    if answer.status == 200:
                        return max(time.monotonic() - begin, 1e-6)
            except (urllib.error.URLError, OSError):
                time.sleep(0.02)
        return None

    def keep_until_ready(self, patience, pause=0.2):
        """As `await_ready`, but starts it again when it gives up, as a service manager does; `ends` has how it did."""
        begin = time.monotonic()
        while (left := begin + patience - time.monotonic()) > 0:
            if self.await_ready(left) is not None:
                return time.monotonic() - begin
            if self.process.poll() is None:
                return None
            self.note_end()
            time.sleep(pause)
            self.launch()
        return None
